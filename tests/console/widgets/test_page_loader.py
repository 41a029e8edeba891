"""A long list in pages, whatever happens to it while it is looked at."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from console.background import BackgroundJobs
from console.widgets.page_loader import PageLoader
from console.widgets.paged_model import PAGE, PagedModel
from console.widgets.table_model import Column
from shared.models.base import Meta, Page
from tests.console.conftest import until


class Named(BaseModel):
    id: int
    name: str


class List:
    """A list as the backend gives it: in the order of names, by cursor, skipping, with a total up to `counts`."""

    def __init__(self, size: int, *, counts: int) -> None:
        self.names = {number: f"{number * 2:05}" for number in range(size)}
        self.counts = counts
        self.calls: list[tuple[str | None, int, int]] = []
        self.wanted = ""
        self.may_count = asyncio.Event()
        self.may_count.set()

    def rows(self) -> list[Named]:
        found = [Named(id=one, name=name) for one, name in self.names.items() if self.wanted in name]
        return sorted(found, key=lambda row: row.name)

    async def fetch(self, *, cursor: str | None, skip: int, limit: int) -> Page[Named]:
        self.calls.append((cursor, skip, limit))
        await asyncio.sleep(0)
        behind = [row for row in self.rows() if cursor is None or row.name > cursor][skip:]
        page = behind[:limit]
        total = len(self.rows())
        await asyncio.sleep(0)
        return Page[Named](
            data=page,
            meta=Meta(
                next_cursor=page[-1].name if len(behind) > limit else None,
                total=total if total <= self.counts else None,
            ),
        )

    async def count(self) -> int:
        found = len(self.rows())
        await self.may_count.wait()
        return found


def a_model() -> PagedModel[Named]:
    return PagedModel([Column("Name", lambda row: row.name, stretches=True)], key=lambda row: row.id)


async def settled(jobs: BackgroundJobs, loader: PageLoader[Named]) -> None:
    """Return when nothing is under way; the rest between two loads, and before a count, is cut short."""

    def is_settled() -> bool:
        loader.hurry()
        return loader.is_settled

    await until(is_settled, jobs.ended)


STEPS = st.one_of(
    st.tuples(st.just("see"), st.integers(0, 400)),
    st.tuples(st.just("add"), st.integers(0, 799)),
    st.tuples(st.just("remove"), st.integers(0, 399)),
    st.tuples(st.just("rename"), st.tuples(st.integers(0, 399), st.integers(0, 799))),
    st.tuples(st.just("look for"), st.sampled_from(["", "1", "00", "7"])),
    st.tuples(st.just("wait"), st.integers(0, 3)),
)


def step(shown: List, loader: PageLoader[Named], what: str, value: Any) -> None:
    if what == "see":
        loader.see(value, value + 30)
        return
    if what == "look for":
        shown.wanted = value
        loader.ask()
        return
    if what == "add":
        shown.names[1000 + len(shown.names)] = f"{value:05}x{len(shown.names)}"
    elif what == "remove":
        shown.names.pop(value, None)
    elif what == "rename" and value[0] in shown.names:
        shown.names[value[0]] = f"{value[1]:05}y{value[0]}"
    loader.refresh()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.integers(0, 400), st.sampled_from([10, 10_000]), st.lists(STEPS, max_size=14), st.integers(0, 400))
def test_whatever_happens_the_rows_in_view_are_those_of_a_fresh_load(
    qapp: QApplication, size: int, counts: int, steps: list[tuple[str, Any]], place: int
) -> None:
    async def whole() -> None:
        jobs, shown, model = BackgroundJobs(), List(size, counts=counts), a_model()
        tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        loader = PageLoader(jobs, model, fetch=shown.fetch, count=shown.count, name="rows")
        loader.ask()
        for what, value in steps:
            if what == "wait":
                for _ in range(value):
                    await asyncio.sleep(0)
            else:
                step(shown, loader, what, value)
        await settled(jobs, loader)
        loader.refresh()
        first = min(place, max(len(shown.rows()) - 1, 0))
        loader.see(first, first + 30)
        await settled(jobs, loader)
        fresh = shown.rows()
        assert model.rowCount() == len(fresh)
        assert [model.row_at(at) for at in range(first, min(first + 31, len(fresh)))] == fresh[first : first + 31]
        assert tester.model() is model
        await jobs.close()

    asyncio.run(whole())


Settle = Callable[[], Awaitable[None]]
Scenario = Callable[[List, PagedModel[Named], PageLoader[Named], Settle], Awaitable[None]]


def run(size: int, scenario: Scenario, counts: int = 10_000) -> None:
    async def whole() -> None:
        jobs, shown, model = BackgroundJobs(), List(size, counts=counts), a_model()
        loader = PageLoader(jobs, model, fetch=shown.fetch, count=shown.count, name="rows")
        loader.ask()
        await settled(jobs, loader)
        await scenario(shown, model, loader, partial(settled, jobs, loader))
        await jobs.close()

    asyncio.run(whole())


def test_the_scroll_bar_knows_the_size_though_one_page_is_loaded(qapp: QApplication) -> None:
    async def scenario(shown: List, model: PagedModel[Named], loader: PageLoader[Named], settle: Settle) -> None:
        assert model.rowCount() == 20_000
        assert len(model.rows) == PAGE
        assert model.row_at(19_999) is None
        assert model.data(model.index(19_999, 0)) == "…"

    run(20_000, scenario)


def test_the_answer_to_another_question_waits_for_no_count(qapp: QApplication) -> None:
    async def scenario(shown: List, model: PagedModel[Named], loader: PageLoader[Named], settle: Settle) -> None:
        shown.may_count.clear()
        shown.wanted = "1"
        loader.ask()
        await until(lambda: model.row_at(0) is not None and "1" in model.rows[0].name, loader.loaded)
        loader.count_now()
        await asyncio.sleep(0)
        shown.wanted = "00042"
        loader.ask()
        await until(lambda: len(model.rows) == 1, loader.loaded)
        shown.may_count.set()
        await settle()
        assert ([row.name for row in model.rows], model.rowCount()) == (["00042"], 1)

    run(2_000, scenario, counts=10)


def test_a_page_after_another_goes_by_cursor_and_a_leap_skips(qapp: QApplication) -> None:
    async def scenario(shown: List, model: PagedModel[Named], loader: PageLoader[Named], settle: Settle) -> None:
        shown.calls.clear()
        loader.see(PAGE, PAGE + 30)
        await settle()
        loader.see(PAGE * 10, PAGE * 10 + 30)
        await settle()
        assert [(skip, limit) for _, skip, limit in shown.calls] == [(0, PAGE), (8 * PAGE, PAGE)]
        assert all(cursor is not None for cursor, _, _ in shown.calls)

    run(1000, scenario)


def test_a_followed_row_keeps_its_index_when_rows_come_before_it(qapp: QApplication) -> None:
    async def scenario(shown: List, model: PagedModel[Named], loader: PageLoader[Named], settle: Settle) -> None:
        row = model.row_at(10)
        assert row is not None
        followed = QPersistentModelIndex(model.index(10, 0))
        shown.names[5000] = "00000-first"
        loader.refresh()
        await settle()
        assert followed.row() == 11
        assert model.row_at(11) == row
        del shown.names[row.id]
        loader.refresh()
        await settle()
        assert not followed.isValid()

    run(100, scenario)


def test_rows_hold_still_under_the_pointer_and_move_when_a_person_asks(qapp: QApplication) -> None:
    async def whole() -> None:
        jobs, shown, model = BackgroundJobs(), List(120, counts=10_000), a_model()
        pointed: list[bool] = []
        loader = PageLoader(
            jobs, model, fetch=shown.fetch, count=shown.count, holds_still=lambda: bool(pointed), name="rows"
        )
        loader.ask()
        await settled(jobs, loader)
        before = [row.id for row in model.rows]
        pointed.append(True)
        shown.names[before[2]] += "b"
        shown.names[5000] = "00000-first"
        shown.names.pop(before[4])
        loader.refresh()
        await settled(jobs, loader)
        assert [row.id for row in model.rows] == before
        assert model.rows[2].name.endswith("b")
        assert (loader.changes, model.rowCount()) == (2, 120)
        loader.refresh(now=True)
        await settled(jobs, loader)
        assert model.rows == shown.rows()[: len(model.rows)]
        assert loader.changes == 0

        shown.names[5001] = "00000-before"
        loader.refresh()
        loader.see(PAGE - 10, PAGE + 20)
        await settled(jobs, loader)
        assert model.rows[: 2 * PAGE] == shown.rows()[: 2 * PAGE], "a page that comes into view moves the rows anyway"
        await jobs.close()

    asyncio.run(whole())
