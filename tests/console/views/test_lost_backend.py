"""While the backend is away, what is listed is dimmed and stands still at the time of its last answer."""

import asyncio
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QGraphicsPathItem

from console.application import Console
from console.charts.plot_area import PlotArea
from console.charts.time_chart import TimeChart
from console.options import Options
from console.theme.glyphs import PAST_OPACITY
from console.views.overview.view import OverviewView
from console.views.queue.view import QueueView
from console.views.view import View
from console.widgets.cell_delegate import CellDelegate
from console.widgets.data_table import DataTable
from shared.enums import RunStatus
from tests.console.conftest import drive, ended, until
from tests.console.test_console import make_task
from tests.console.views.alerts.test_view import RULE
from tests.local_process import LocalProcess

TICKS = 3
"""Seconds: a time in seconds would have changed."""


def texts(table: DataTable) -> list[list[str]]:
    model = table.rows_model
    return [
        [str(model.index(row, place).data()) for place in range(len(model.columns))] for row in range(model.rowCount())
    ]


def has_rows(table: DataTable) -> bool:
    return table.rows_model.rowCount() > 0


def are_drawn(charts: Iterable[TimeChart]) -> bool:
    return bool(opacities(charts))


async def tables_of(console: Console) -> dict[str, DataTable]:
    """Return the tables of the views that show what happens, each with rows."""
    found: dict[str, DataTable] = {}
    for name in ("overview", "runs", "workers", "alerts", "queue"):
        console.window.show_view(name)
        view = console.window.current
        assert isinstance(view, View)
        if isinstance(view, OverviewView):
            found |= {"failures": view.failures.table, "online": view.workers}
            await until(partial(are_drawn, view.charts.all), console.background.ended)
        else:
            found[name] = view.tables[0]
        for table in found.values():
            model = table.rows_model
            await until(partial(has_rows, table), model.rowsInserted, model.modelReset)
    assert isinstance(view, QueueView)
    return found


def opacities(charts: Iterable[TimeChart]) -> set[float]:
    """Return how strongly the values of charts are drawn; empty until there are any."""
    boxes = [area.getViewBox() for chart in charts for area in chart.findChildren(PlotArea)]
    return {
        item.opacity() for box in boxes for item in box.childGroup.childItems() if isinstance(item, QGraphicsPathItem)
    }


@pytest.mark.parametrize("language", ["in_english", "in_chinese"])
def test_nothing_ticks_while_the_backend_is_away(
    qapp: QApplication, tmp_path: Path, language: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(language)
    backend = LocalProcess(tmp_path / "data")
    backend.start()

    async def scenario(console: Console) -> None:
        link = console.connection
        await until(lambda: link.is_online, link.state_changed)
        await link.client.request("PUT", "/api/alerts/rules/alarms", json=RULE)
        failing = await make_task(console, name="fails", command="exit 4", folder="alarms")
        assert (await ended(console, await link.client.trigger_task(failing.id))).status is RunStatus.FAILED
        stuck = {"name": "stuck", "executor": "shell", "command": "true", "worker_labels": {"nowhere": "yes"}}
        await link.client.trigger_task((await link.client.create_task(stuck)).id)
        tables = await tables_of(console)
        queue = console.window.current
        assert isinstance(queue, QueueView)
        queue.grouping.by_task.click()
        await until(lambda: bool(queue.by_task.model.rows), queue.by_task.loaded)
        tables["queue by task"] = queue.by_task.table
        answers: list[object] = []
        queue.loaded.connect(lambda: answers.append(None))
        queue.grouping.by_run.click()
        await until(lambda: bool(answers), queue.loaded)

        await asyncio.to_thread(backend.stop)
        await until(lambda: not link.is_online, link.state_changed)
        assert link.last_seen is not None
        assert link.present() == link.last_seen
        before = {name: texts(table) for name, table in tables.items()}
        ticks: list[object] = []
        queue.model.dataChanged.connect(lambda *_: ticks.append(None))
        await until(lambda: len(ticks) >= TICKS, queue.model.dataChanged)
        assert {name: texts(table) for name, table in tables.items()} == before
        for name, table in tables.items():
            cells = table.itemDelegate()
            assert isinstance(cells, CellDelegate)
            assert cells.is_stale, name
            assert not table.is_turning, name

        overview = console.window.view("overview")
        assert isinstance(overview, OverviewView)
        assert all(figure.is_stale for figure in overview.tiles.figures.values())
        assert opacities(overview.charts.all) == {PAST_OPACITY}

        await asyncio.to_thread(backend.start)
        await until(lambda: link.is_online, link.state_changed)
        assert link.present() > link.last_seen
        await until(lambda: texts(queue.table) != before["queue"], queue.model.dataChanged, queue.model.rowsRemoved)
        assert not any(figure.is_stale for figure in overview.tiles.figures.values())
        assert opacities(overview.charts.all) == {1.0}
        assert not any(one.itemDelegate().is_stale for one in tables.values())  # type: ignore[attr-defined]

    try:
        drive(qapp, Options(data_dir=backend.data_dir, is_local=True), tmp_path / "settings.ini", scenario)
    finally:
        backend.stop()
