"""The list that is read while more arrives, without a window."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from console.views.live_list import Everything, LiveList, Loaded, Pages, merge, reloaded
from shared.enums import RunStatus
from shared.models.base import Meta, Page
from shared.models.run import Run
from shared.models.run_filter import RunFilter
from tests.console.factories import a_run

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
    wanted = RunFilter(statuses=frozenset({RunStatus.FAILED}), task_id=1)
    arrived = [a_run(2, RunStatus.FAILED, task_id=9), a_run(3, RunStatus.SUCCEEDED), a_run(4, RunStatus.FAILED)]
    assert [run.id for run in merge([], {}, arrived, wanted, takes_new=True).shown] == [4]


Events = st.lists(st.tuples(st.integers(1, 40), st.sampled_from(RunStatus)), max_size=80)
Moods = st.lists(
    st.sampled_from(["top", "reading", "older", "reload", "answer", "answer while reading"]), min_size=1, max_size=20
)


@given(Events, st.integers(0, 80), Moods)
def test_any_sequence_of_events_leads_to_the_rows_of_a_fresh_load(
    arrived: list[tuple[int, RunStatus]], loaded_after: int, moods: list[str]
) -> None:
    """Some events precede the first page; then the user reads, scrolls down, reloads, and returns to the top.

    A reloaded page shows the time of its request; further events arrive before the answer. If the user has scrolled
    when the answer arrives, the displayed rows stay.
    """
    database: dict[int, Run] = {}

    def page(below: int, down_to: int = 10**9) -> tuple[list[Run], str | None]:
        found = sorted((run for run in database.values() if run.id < below), key=lambda run: -run.id)
        size = max(PAGE, sum(run.id >= down_to for run in found))
        return found[:size], "more" if len(found) > size else None

    for run_id, status in arrived[:loaded_after]:
        database[run_id] = a_run(run_id, status)
    pages = Pages()
    shown, cursor = page(10**9)
    pages.add(shown, cursor)
    waiting: dict[int, Run] = {}
    asked: tuple[list[Run], str | None] | None = None
    later: list[Run] = []

    def answer(*, keeps: bool) -> None:
        nonlocal shown, cursor, waiting, pages, asked
        assert asked is not None
        (found, cursor), asked, pages = asked, None, Pages()
        pages.add(found, cursor)
        before = [run.id for run in shown]
        merged = reloaded(shown, found, later, RunFilter(), stays=keeps, oldest=pages.oldest)
        shown, waiting = merged.shown, merged.waiting
        assert not keeps or [run.id for run in shown] == before

    for place, (run_id, status) in enumerate(arrived[loaded_after:]):
        mood = moods[place % len(moods)]
        if mood == "reload" and asked is None:
            asked, later = page(10**9, shown[-1].id if shown else 10**9), []
        database[run_id] = a_run(run_id, status)
        later.append(database[run_id])
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


class Backend:
    """Pages of runs, as the API returns them."""

    def __init__(self, newest: int) -> None:
        self.runs = {run_id: a_run(run_id) for run_id in range(1, newest + 1)}
        self.calls = 0

    async def fetch(self, *, cursor: str | None, limit: int) -> Page[Run]:
        self.calls += 1
        below = int(cursor) if cursor else 10**9
        found = sorted((run for run in self.runs.values() if run.id < below), key=lambda run: -run.id)
        page = found[:limit]
        await asyncio.sleep(0)
        return Page(data=page, meta=Meta(next_cursor=str(page[-1].id) if len(found) > limit else None))

    def add(self, live: LiveList[Run], *run_ids: int, status: RunStatus = RunStatus.PENDING) -> None:
        for run_id in run_ids:
            self.runs[run_id] = a_run(run_id, status)
            live.receive(self.runs[run_id])


def ids(live: LiveList[Run]) -> list[int]:
    return [run.id for run in live.rows]


def down_from(newest: int, oldest: int) -> list[int]:
    return list(range(newest, oldest - 1, -1))


async def test_the_first_load_answers_and_the_next_page_follows() -> None:
    backend, live = Backend(450), LiveList[Run](RunFilter())
    assert await live.load(backend.fetch, RunFilter(), is_reading=lambda: False) is Loaded.FIRST
    assert ids(live) == down_from(450, 251)
    assert await live.load_older(backend.fetch, is_wanted=lambda: True)
    assert ids(live) == down_from(450, 51)
    assert await live.load(backend.fetch, RunFilter(), is_reading=lambda: False) is Loaded.AGAIN


async def test_a_reload_while_a_person_reads_moves_nothing_and_counts_only_what_is_new() -> None:
    backend, live = Backend(1000), LiveList[Run](RunFilter())
    await live.load(backend.fetch, RunFilter(), is_reading=lambda: False)
    await live.load_older(backend.fetch, is_wanted=lambda: True)
    before = ids(live)
    for run_id in (1001, 1002):
        backend.runs[run_id] = a_run(run_id)
    await live.load(backend.fetch, RunFilter(), is_reading=lambda: True)
    assert ids(live)[: len(before)] == before
    assert sorted(live.waiting) == [1001, 1002]
    live.show_waiting()
    assert ids(live)[:3] == [1002, 1001, 1000]
    assert ids(live) == down_from(1002, ids(live)[-1])


async def test_an_answer_to_an_earlier_question_changes_nothing() -> None:
    backend, live = Backend(3), LiveList[Run](RunFilter())
    load = asyncio.create_task(live.load(backend.fetch, RunFilter(), is_reading=lambda: False))
    await asyncio.sleep(0)
    live.ask()
    assert await load is Loaded.OUTDATED
    assert (ids(live), live.is_answered) == ([], False)


async def test_a_run_that_changed_while_its_page_was_on_its_way_is_not_set_back() -> None:
    backend, live = Backend(3), LiveList[Run](RunFilter())
    load = asyncio.create_task(live.load(backend.fetch, RunFilter(), is_reading=lambda: False))
    await asyncio.sleep(0)
    live.receive(a_run(2, RunStatus.RUNNING))
    await load
    assert [run.status for run in live.rows] == [RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PENDING]


async def test_new_runs_wait_and_the_count_is_of_what_is_shown() -> None:
    backend, live = Backend(3), LiveList[Run](RunFilter())
    await live.load(backend.fetch, RunFilter(), is_reading=lambda: False)
    live.total = 3
    backend.add(live, 4, 5)
    assert live.merge(takes_new=False) is False
    assert (ids(live), sorted(live.waiting), live.total) == ([3, 2, 1], [4, 5], 3)
    backend.add(live, 6)
    live.merge(takes_new=True)
    assert (ids(live), live.waiting, live.total) == ([6, 5, 4, 3, 2, 1], {}, 6)


async def test_a_closed_filter_takes_no_new_run() -> None:
    closed = RunFilter(until=a_run(1).queued_at)
    backend, live = Backend(0), LiveList[Run](closed)
    await live.load(backend.fetch, closed, is_reading=lambda: False)
    backend.add(live, 1)
    assert live.merge(takes_new=True) is False
    assert (ids(live), live.waiting) == ([], {})


async def test_in_another_order_each_change_needs_a_load() -> None:
    backend, live = Backend(2), LiveList[Run](RunFilter())
    live.is_newest_first = False
    await live.load(backend.fetch, RunFilter(), is_reading=lambda: False)
    backend.add(live, 3)
    assert live.merge(takes_new=True) is True
    assert ids(live) == [2, 1]


def test_a_list_without_a_filter_of_its_own_takes_everything() -> None:
    assert Everything().matches(a_run(1))
    assert not Everything().is_closed
