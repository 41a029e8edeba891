from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.views.runs.live_rows import Pages, RunFilter, merge, reloaded
from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run
from tests.console.factories import NOW, a_run

PAGE = 5


def test_a_shown_run_changes_in_place() -> None:
    merged = merge([a_run(2), a_run(1)], {}, [a_run(1, RunStatus.RUNNING)], RunFilter(), takes_new=False)
    assert [(run.id, run.status) for run in merged.shown] == [(2, RunStatus.PENDING), (1, RunStatus.RUNNING)]
    assert merged.waiting == {}


def test_new_runs_wait_while_somebody_reads() -> None:
    merged = merge([a_run(1)], {}, [a_run(2), a_run(3)], RunFilter(), takes_new=False)
    assert [run.id for run in merged.shown] == [1]
    assert set(merged.waiting) == {2, 3}
    taken = merge(merged.shown, merged.waiting, [], RunFilter(), takes_new=True)
    assert ([run.id for run in taken.shown], taken.waiting) == ([3, 2, 1], {})


def test_a_run_that_is_not_looked_for_stays_away() -> None:
    wanted = RunFilter(frozenset({RunStatus.FAILED}), task_id=1)
    heard = [a_run(2, RunStatus.FAILED, task_id=9), a_run(3, RunStatus.SUCCEEDED), a_run(4, RunStatus.FAILED)]
    assert [run.id for run in merge([], {}, heard, wanted, takes_new=True).shown] == [4]


def test_a_filter_looks_at_every_part() -> None:
    run = a_run(7, worker_id="w1", started_at=NOW + timedelta(seconds=10))

    def second(number: int) -> datetime:
        return NOW + timedelta(seconds=number)

    for wanted, takes in (
        (RunFilter(), True),
        (RunFilter(text="BACKUP"), True),
        (RunFilter(text="#7"), True),
        (RunFilter(text="other"), False),
        (RunFilter(worker_id="w2"), False),
        (RunFilter(trigger=RunTrigger.SCHEDULE), False),
        (RunFilter(since=second(1)), False),
        (RunFilter(until=second(0)), False),
        (RunFilter(until=second(1)), True),
        (RunFilter(waiting_since=second(9), waiting_until=second(20)), True),
        (RunFilter(waiting_since=second(11), waiting_until=second(20)), False),
    ):
        assert wanted.takes(run) is takes, wanted
    assert not RunFilter().takes(a_run(8, fan_out_run_id=7))


Events = st.lists(st.tuples(st.integers(1, 40), st.sampled_from(RunStatus)), max_size=80)
Moods = st.lists(
    st.sampled_from(["top", "reading", "older", "reload", "answer", "answer while reading"]), min_size=1, max_size=20
)


@given(Events, st.integers(0, 80), Moods)
def test_any_sequence_of_events_leads_to_the_rows_of_a_fresh_load(
    heard: list[tuple[int, RunStatus]], loaded_after: int, moods: list[str]
) -> None:
    """Some events come before the first page; then one reads, scrolls down, loads anew, and comes back to the top.

    A page that is loaded anew is of the time when it was asked for; events come while it is on its way. Where one
    reads when it comes, what is shown stays.
    """
    database: dict[int, Run] = {}

    def page(below: int, down_to: int = 10**9) -> tuple[list[Run], str | None]:
        found = sorted((run for run in database.values() if run.id < below), key=lambda run: -run.id)
        size = max(PAGE, sum(run.id >= down_to for run in found))
        return found[:size], "more" if len(found) > size else None

    for run_id, status in heard[:loaded_after]:
        database[run_id] = a_run(run_id, status)
    pages = Pages()
    shown, cursor = page(10**9)
    pages.add(shown, cursor)
    waiting: dict[int, Run] = {}
    asked: tuple[list[Run], str | None] | None = None
    meanwhile: list[Run] = []

    def answer(*, keeps: bool) -> None:
        nonlocal shown, cursor, waiting, pages, asked
        assert asked is not None
        (found, cursor), asked, pages = asked, None, Pages()
        pages.add(found, cursor)
        before = [run.id for run in shown]
        merged = reloaded(shown, found, meanwhile, RunFilter(), keeps=keeps, oldest=pages.oldest)
        shown, waiting = merged.shown, merged.waiting
        assert not keeps or [run.id for run in shown] == before

    for place, (run_id, status) in enumerate(heard[loaded_after:]):
        mood = moods[place % len(moods)]
        if mood == "reload" and asked is None:
            asked, meanwhile = page(10**9, shown[-1].id if shown else 10**9), []
        database[run_id] = a_run(run_id, status)
        meanwhile.append(database[run_id])
        if mood == "older" and pages.next_cursor is not None and asked is None:
            more, cursor = page(pages.oldest)
            known = {run.id for run in shown}
            pages.add(more, cursor)
            shown = [*shown, *(run for run in more if run.id not in known)]
        merged = merge(shown, waiting, [database[run_id]], RunFilter(), takes_new=mood == "top", oldest=pages.oldest)
        shown, waiting = merged.shown, merged.waiting
        if mood.startswith("answer") and asked is not None:
            answer(keeps=mood == "answer while reading")
    if asked is not None:
        answer(keeps=False)
    shown = merge(shown, waiting, [], RunFilter(), takes_new=True).shown
    fresh = sorted((run for run in database.values() if run.id >= pages.oldest), key=lambda run: -run.id)
    assert [(run.id, run.status) for run in shown] == [(run.id, run.status) for run in fresh]


def test_a_run_older_than_what_is_loaded_waits_for_its_page() -> None:
    pages = Pages()
    pages.add([a_run(9), a_run(8)], "more")
    merged = merge([a_run(9), a_run(8)], {}, [a_run(3), a_run(10)], RunFilter(), takes_new=True, oldest=pages.oldest)
    assert [run.id for run in merged.shown] == [10, 9, 8]
