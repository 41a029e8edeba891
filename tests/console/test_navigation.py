"""The way back leads to where a person came from."""

from hypothesis import given
from hypothesis import strategies as st

from console.navigation import MOST, Navigation, Place

TASKS, TASK, RUN = Place("tasks"), Place("task", {"task": 7}), Place("run", {"run": 9})
PLACES = st.builds(Place, st.sampled_from(["tasks", "runs", "task"]), st.just({}) | st.just({"task": 1}))


def test_back_and_forward_lead_through_the_places_that_were_visited() -> None:
    navigation = Navigation()
    for place in (TASKS, TASK, RUN):
        navigation.visit(place)
    assert navigation.before == TASK
    assert [navigation.back(), navigation.back(), navigation.back()] == [TASK, TASKS, None]
    assert navigation.before is None
    assert [navigation.forward(), navigation.forward(), navigation.forward()] == [TASK, RUN, None]


def test_another_place_forgets_what_was_forward() -> None:
    navigation = Navigation()
    for place in (TASKS, TASK):
        navigation.visit(place)
    navigation.back()
    navigation.visit(RUN)
    assert navigation.forward() is None
    assert navigation.back() == TASKS


def test_nothing_was_visited_yet() -> None:
    navigation = Navigation()
    assert (navigation.current, navigation.before, navigation.back(), navigation.forward()) == (None,) * 4


@given(st.lists(PLACES, min_size=1, max_size=MOST + 20))
def test_back_returns_every_place_in_reverse(places: list[Place]) -> None:
    navigation = Navigation()
    for place in places:
        navigation.visit(place)
    visited = [place for number, place in enumerate(places) if number == 0 or place != places[number - 1]][-MOST:]
    assert navigation.current == visited[-1]
    found = []
    while (before := navigation.back()) is not None:
        found.append(before)
    assert found == visited[-2::-1]


@given(st.lists(st.sampled_from(["visit", "back", "forward"]) | PLACES, max_size=60))
def test_back_and_forward_undo_each_other(steps: list[object]) -> None:
    navigation = Navigation()
    for step in steps:
        if isinstance(step, Place):
            navigation.visit(step)
        elif step == "back":
            before = navigation.current
            if navigation.back() is not None:
                assert navigation.forward() == before
                navigation.back()
        elif step == "forward":
            navigation.forward()
        assert navigation.before != navigation.current or navigation.current is None
