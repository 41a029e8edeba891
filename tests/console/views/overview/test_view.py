"""The overview under keys and mouse, on a real backend."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.application import Console
from console.charts.time_chart import TimeChart
from console.theme.glyphs import Glyph
from console.views.overview.charts import chart_hint
from console.views.overview.time_ranges import RANGES
from console.views.overview.view import OverviewView
from console.views.run.view import RunView
from console.views.runs.view import RunsView
from shared.enums import RunStatus
from shared.models.system import QueueSample
from tests.console.conftest import Play, activate, ended, laid_out, until


async def overview_of(console: Console) -> OverviewView:
    """Return the overview once its past is loaded."""
    console.window.show_view("overview")
    view = console.window.current
    assert isinstance(view, OverviewView)
    await activate(console.window)
    await until(lambda: bool(view.charts.history and view.charts.history.samples), view.past.busy_changed)
    return view


def turn_wheel(chart: TimeChart, at: QPointF, steps: int) -> None:
    turn = QPoint(0, 120 * steps)
    buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, chart.mapToGlobal(at), QPoint(), turn, buttons, keys, phase, False)
    QApplication.sendEvent(chart, event)


def drag(chart: TimeChart, begin: datetime, end: datetime) -> None:
    y = chart.plot().center().y()
    points = [QPointF(chart.x_of(at), y).toPoint() for at in (begin, end)]
    QTest.mousePress(chart, Qt.MouseButton.LeftButton, pos=points[0])
    QTest.mouseMove(chart, points[1])
    QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=points[1])


def test_health_is_told_by_shape_and_words(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = await overview_of(console)
        await until(lambda: len(view.health.vitals) == 4, console.context.health.changed)
        assert {vital.glyph for vital in view.health.vitals} <= {Glyph.TICK, Glyph.TRIANGLE}
        assert "online" in view.health.accessibleDescription()

    play(scenario)


def test_ranges_are_keys_and_zooming_leaves_them_until_one_comes_back(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = await overview_of(console)
        for place, one in enumerate(RANGES):
            QTest.keyClick(view, Qt.Key(Qt.Key.Key_1 + place))
            assert view.ranges.buttons[one.key].isChecked()
            assert view.charts.queue.span.length == one.span
        QTest.keyClick(view, Qt.Key.Key_2)
        chart = view.charts.queue
        turn_wheel(chart, chart.plot().center(), 3)
        assert chart.span.length < timedelta(minutes=40)
        assert {other.span for other in view.charts.all} == {chart.span}
        assert not any(button.isChecked() for button in view.ranges.buttons.values())
        zoomed = chart.span
        await until(
            lambda: view.charts.history is not None and view.charts.history.span == zoomed, view.past.busy_changed
        )
        chart.setFocus()
        QTest.keyClick(chart, Qt.Key.Key_Left)
        assert chart.span.since < zoomed.since
        QTest.keyClick(chart, Qt.Key.Key_Minus)
        assert chart.span.length > zoomed.length
        QTest.mouseClick(view.ranges.live, Qt.MouseButton.LeftButton)
        assert chart.span.length == timedelta(hours=1)
        assert view.ranges.live.isHidden()

    play(scenario)


def waiting_samples(view: OverviewView) -> list[QueueSample]:
    """Return the samples with two runs that wait, some pixels before the end of what the charts show."""
    history = view.charts.history
    if history is None or history.span != view.charts.queue.span:
        return []  # the charts have moved, and the values of their span have not come
    end = history.span.until - timedelta(seconds=5)
    return [one for one in history.samples if one.waiting >= 2 and one.at < end]


def test_a_dragged_span_says_what_happened_and_opens_what_waited_then(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await client.create_task(
            {"name": "brushed", "executor": "shell", "command": "sleep 600", "max_concurrency": 1}
        )
        begin = datetime.now(UTC)
        await client.batch([{"task_id": task.id}] * 3)
        view = await overview_of(console)
        QTest.keyClick(view, Qt.Key.Key_1)
        await until(
            lambda: waiting_samples(view) != [],
            view.past.busy_changed,
        )
        await until(lambda: "waiting" in view.charts.reading.text(), console.background.ended)
        await until(lambda: waiting_samples(view) != [], view.past.busy_changed)
        history, chart = view.charts.history, view.charts.queue
        assert history is not None
        sample = waiting_samples(view)[-1]  # others may be those of earlier tests, at the other end
        view.charts.show_hair_at(sample.at)
        assert f"normal {sample.waiting:,}" in view.charts.reading.text()
        assert not view.charts.reading.geometry().intersects(chart.geometry())
        view.charts.show_hair_at(None)
        assert "waiting" in view.charts.reading.text()
        drag(chart, sample.at - timedelta(seconds=10), chart.span.until)
        most = max(one.waiting for one in history.samples if one.at >= sample.at)
        assert f"up to {most:,} waiting" in view.summary.text()
        QTest.mouseClick(view.show_waiting, Qt.MouseButton.LeftButton)
        runs = console.window.current
        assert isinstance(runs, RunsView)
        assert runs.wanted.waiting_since is not None
        assert runs.wanted.since is not None
        assert runs.wanted.since < begin
        model = runs.model
        await until(
            lambda: sum(run.task_name == "brushed" for run in model.rows) >= 2, model.rowsInserted, model.modelReset
        )
        await client.delete_task(task.id)

    play(scenario)


def test_figures_lead_to_what_they_count(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = await overview_of(console)
        QTest.mouseClick(view.tiles.figures["failed"], Qt.MouseButton.LeftButton)
        runs = console.window.current
        assert isinstance(runs, RunsView)
        assert runs.wanted.statuses == {RunStatus.FAILED, RunStatus.TIMED_OUT}
        assert runs.wanted.ended_since is not None
        assert datetime.now(UTC) - runs.wanted.ended_since >= timedelta(hours=1)
        await overview_of(console)
        QTest.keyClick(view.tiles.figures["running"], Qt.Key.Key_Return)
        assert runs.wanted.statuses == {RunStatus.DISPATCHED, RunStatus.RUNNING}
        assert runs.wanted.ended_since is None
        await overview_of(console)
        QTest.mouseClick(view.tiles.figures["waiting"], Qt.MouseButton.LeftButton)
        assert console.window.current.name == "queue"

    play(scenario)


def test_a_click_selects_nothing_again(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = await overview_of(console)
        chart = view.charts.wait
        drag(chart, chart.span.at(0.4), chart.span.at(0.8))
        assert view.summary.text()
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.plot().center().toPoint())
        assert view.summary.text() == chart_hint()
        assert view.show_waiting.isHidden()

    play(scenario)


def test_what_the_cross_hair_reads_stands_outside_the_charts(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.resize(880, 560)
        view = await overview_of(console)
        charts = view.charts
        history = charts.history
        assert history is not None
        for share in (0.05, 0.5, 0.95):
            charts.show_hair_at(history.span.at(share))
            await laid_out()
            assert " · " in charts.reading.text()
            reading = place_in(charts, charts.reading)
            assert charts.rect().contains(reading)
            assert not any(reading.intersects(place_in(charts, chart)) for chart in charts.all)
        charts.show_hair_at(None)
        charts.show_forecast("nothing waits")
        assert charts.reading.text() == "nothing waits"

    play(scenario)


def place_in(whole: QWidget, part: QWidget) -> QRect:
    return QRect(part.mapTo(whole, QPoint(0, 0)), part.size())


def test_equal_failures_are_one_row_that_says_why_and_one_click_opens(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        fields = {"name": "folded", "executor": "shell", "command": "echo noise; echo no space left >&2; exit 3"}
        task = await client.create_task(fields)
        for _ in range(2):
            run = await ended(console, await client.trigger_task(task.id))
        view = await overview_of(console)
        model, table = view.failures.model, view.failures.table

        def place() -> int | None:
            return next((at for at, one in enumerate(model.rows) if one.newest.id == run.id and one.line), None)

        await until(lambda: place() is not None, model.dataChanged, model.rowsInserted, model.modelReset)
        await laid_out()
        row = place()
        assert row is not None
        assert [model.index(row, column).data() for column in (0, 1)] == ["folded ×2", "no space left"]
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(model.index(row, 0)).center()
        )
        page = console.window.current
        assert isinstance(page, RunView)
        await until(lambda: page.object_id == run.id, page.primary_changed)
        await client.delete_task(task.id)

    play(scenario)
