"""The calendar as an operator turns its pages, on a real backend."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.theme.glyphs import Glyph
from console.theme.palette import DARK, LIGHT, Palette, contrast
from console.views.agenda.cell_painter import WARMEST, marks_that_fit
from console.views.agenda.pages import Cell, Page, Scale, cells_of, crowded_from, page_of, turned
from console.views.agenda.view import AgendaView
from console.views.agenda.words import cell_words, is_collision
from console.words import number
from shared.enums import RunStatus
from shared.models.agenda import AgendaSpan
from tests.console.conftest import Play, activate, until

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("scale", "day", "weekday", "first", "days"),
    [
        (Scale.DAY, "2026-11-25", 0, "2026-11-25", 1),
        (Scale.WEEK, "2026-11-25", 0, "2026-11-23", 7),
        (Scale.WEEK, "2026-11-25", 6, "2026-11-22", 7),
        (Scale.NEXT_DAYS, "2026-11-29", 6, "2026-11-29", 7),
        (Scale.NEXT_DAYS, "2026-12-05", 6, "2026-11-29", 7),
        (Scale.MONTH, "2026-11-25", 0, "2026-10-26", 42),
        (Scale.MONTH, "2026-02-10", 0, "2026-01-26", 35),
        (Scale.MONTH, "2027-02-10", 0, "2027-02-01", 28),
    ],
)
def test_a_page_begins_where_the_person_s_week_does(
    scale: Scale, day: str, weekday: int, first: str, days: int
) -> None:
    page = page_of(scale, date.fromisoformat(day), first_weekday=weekday)
    assert (page.first, page.days) == (date.fromisoformat(first), days)


days = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@given(scale=st.sampled_from(Scale), day=days, weekday=st.integers(0, 6), steps=st.integers(-30, 30))
def test_a_page_shows_its_day_and_turning_there_and_back_shows_it_again(
    scale: Scale, day: date, weekday: int, steps: int
) -> None:
    page = page_of(scale, day, first_weekday=weekday)
    shown = {page.day_of((column, row)) for column in range(page.columns) for row in range(page.rows)}
    assert day in shown
    back = turned(scale, turned(scale, day, steps), -steps)
    assert page_of(scale, back, first_weekday=weekday) == page


def spans(page: Page, zone: ZoneInfo) -> list[AgendaSpan]:
    since, until = page.window(zone)
    count = round((until - since) / HOUR)
    return [
        AgendaSpan(
            since=since + n * HOUR, until=since + (n + 1) * HOUR, counts={RunStatus.SUCCEEDED: 1}, planned=2, peak=n
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(("day", "hours", "doubled"), [("2026-10-25", 24, 2), ("2026-03-29", 23, 1)])
def test_a_doubled_hour_is_one_cell_and_one_that_is_left_out_none(day: str, hours: int, doubled: int) -> None:
    page = page_of(Scale.DAY, date.fromisoformat(day), first_weekday=0)
    cells = cells_of(page, spans(page, BERLIN), BERLIN)
    assert len(cells) == hours
    assert sum(cell.ran for cell in cells.values()) == round((page.window(BERLIN)[1] - page.window(BERLIN)[0]) / HOUR)
    two = cells.get((0, 2))
    assert (two.ran if two else 1) == doubled
    assert ((0, 2) in cells) == (hours == 24)


@pytest.mark.parametrize(
    ("peaks", "slots", "marked"),
    [
        ([5] * 24, 4, []),  # one more than fits waits for a moment only
        ([1] * 20 + [15, 16, 40, 3], 4, [16, 40]),
        ([40] * 24, 4, []),  # as every hour is: the words of a cell say it, a mark would point at none
        ([40] * 23 + [60], 4, [60]),
        ([0] * 23 + [16], 4, [16]),
        ([400] * 3, 0, []),  # no worker is known
    ],
)
def test_the_mark_stands_where_far_more_is_due_than_usual(peaks: list[int], slots: int, marked: list[int]) -> None:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    past = [Cell(at - n * HOUR, at - (n - 1) * HOUR, {RunStatus.SUCCEEDED: 3}) for n in range(1, 100)]
    ahead = [Cell(at + n * HOUR, at + (n + 1) * HOUR, planned=peak + 1, peak=peak) for n, peak in enumerate(peaks)]
    least = crowded_from([*past, *ahead], slots=slots)
    assert [cell.peak for cell in ahead if least is not None and cell.peak >= least] == marked


def test_a_cell_says_first_what_needs_a_look() -> None:
    at = datetime(2026, 11, 25, 3, tzinfo=UTC)
    cell = Cell(at, at + HOUR, {RunStatus.SUCCEEDED: 7, RunStatus.FAILED: 2, RunStatus.SKIPPED: 4}, 5, 9, at, 1)
    assert is_collision(cell, slots=8)
    assert not is_collision(cell, slots=9)
    assert not is_collision(cell, slots=0)
    assert (cell.ran, cell.bad, cell.load) == (9, 2, 14)
    assert cell_words(cell, slots=8, zone=UTC_ZONE) == [
        "1 missed",
        "9 due at 03:00, 8 slots",
        "2 failed",
        "7 succeeded",
        "4 skipped",
        "5 due",
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_shapes_can_be_read_on_the_warmest_cell(palette: Palette) -> None:
    def parts(colour: str) -> list[int]:
        return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]

    mixed = zip(parts(palette.accent), parts(palette.panel), strict=True)
    ground = "#" + "".join(f"{round(one * WARMEST + other * (1 - WARMEST)):02x}" for one, other in mixed)
    assert contrast(palette.text, ground) >= 4.5
    for shape in (palette.bad, palette.warning, palette.good):
        assert contrast(shape, ground) >= 3


def calendar_of(console: Console) -> AgendaView:
    console.window.show_view("agenda")
    view = console.window.current
    assert isinstance(view, AgendaView)
    return view


async def loaded(view: AgendaView) -> None:
    """Return when the page has its cells."""
    await until(lambda: view.grid.cell is not None and bool(view.grid.cells), view.refresher.busy_changed)


def names(view: AgendaView) -> set[str]:
    return {entry.task_name for entry in view.entries.model.rows}


def test_pages_are_turned_and_an_hour_opened_by_keys_and_mouse(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        fields = {"name": "every-night", "executor": "shell", "command": "true", "schedule": "30 3 * * *"}
        task = await client.create_task(fields)
        run = await client.trigger_task(task.id)
        view = calendar_of(console)
        grid, rows = view.grid, view.entries.model
        await activate(console.window)
        grid.setFocus()
        await loaded(view)
        assert view.scale == "week"
        assert grid.cell is not None
        assert grid.cell.since <= datetime.now(UTC) < grid.cell.until
        await until(
            lambda: any(entry.run is not None and entry.run.id == run.id for entry in rows.rows),
            rows.rowsInserted,
            rows.modelReset,
            console.connection.event_received,
        )

        QTest.keyClick(grid, Qt.Key.Key_PageDown)
        await loaded(view)
        QTest.keyClick(grid, Qt.Key.Key_D)
        await loaded(view)
        day = view.day
        assert day == (datetime.now(UTC) + timedelta(days=7)).date()
        at = grid.rect_of((0, 3)).center().toPoint()
        QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=at)
        await until(lambda: "every-night" in names(view), rows.rowsInserted, rows.modelReset)
        assert grid.cell is not None
        assert grid.cell.planned >= 1
        QTest.keyClick(grid, Qt.Key.Key_Down)
        await until(lambda: "every-night" not in names(view), rows.rowsRemoved, rows.modelReset)
        QTest.keyClick(grid, Qt.Key.Key_Right)
        await loaded(view)
        assert view.day == day + timedelta(days=1)
        assert grid.place == (0, 4)

        QTest.keyClick(grid, Qt.Key.Key_M)
        await loaded(view)
        assert view.scale == "month"
        assert view.shown_page.day_of(grid.place) == day + timedelta(days=1)
        QTest.keyClick(grid, Qt.Key.Key_Return)
        await loaded(view)
        assert view.scale == "day"
        QTest.keyClick(grid, Qt.Key.Key_T)
        await loaded(view)
        assert view.day == datetime.now(UTC).date()
        QTest.keyClick(grid, Qt.Key.Key_N)
        await loaded(view)
        assert (view.shown_page.first, view.shown_page.days) == (datetime.now(UTC).date(), 7)
        assert grid.place[0] == 0
        QTest.keyClick(grid, Qt.Key.Key_W)
        await loaded(view)

        QTest.keyClick(grid, Qt.Key.Key_Return)
        await until(
            lambda: any(entry.run is not None and entry.run.id == run.id for entry in rows.rows),
            rows.rowsInserted,
            rows.modelReset,
        )
        place = next(n for n, one in enumerate(rows.rows) if one.run is not None and one.run.id == run.id)
        view.entries.table.selectRow(place)
        QTest.keyClick(view.entries.table, Qt.Key.Key_Return)
        await until(lambda: console.window.current.name == "run", console.window.view_shown)
        await client.delete_task(task.id)

    play(scenario)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    marks=st.lists(
        st.tuples(st.sampled_from([Glyph.RING_DOTTED, Glyph.TRIANGLE, Glyph.CROSS]), st.integers(1, 12_000)),
        min_size=1,
        max_size=3,
        unique_by=lambda mark: mark[0],
    ),
    load=st.integers(1, 12_000).map(number),
    room=st.floats(20, 200),
)
def test_a_narrow_cell_shows_each_mark_with_its_number_and_failures_first(
    qapp: QApplication, marks: list[tuple[Glyph, int]], load: str, room: float
) -> None:
    metrics = QFontMetrics(QFont())

    def width(shown: list[tuple[Glyph, int]]) -> float:
        return sum(metrics.horizontalAdvance(number(count)) + 20 for _, count in shown)

    shown, has_load = marks_that_fit(marks, room, metrics, load)
    assert shown == [mark for mark in marks if mark in shown]
    failed = [mark for mark in marks if mark[0] is Glyph.CROSS]
    if has_load:
        assert width(shown) + metrics.horizontalAdvance(load) <= room
        assert set(failed) <= set(shown) or width(failed) + metrics.horizontalAdvance(load) > room
    else:
        assert shown == (failed or shown[:1])
