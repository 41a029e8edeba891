"""Faults as an operator finds them on the overview, reads them, and has them tried again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.fault_words import kind_words
from console.options import Options
from console.views.alerts.view import AlertsView
from console.views.overview.faults_dialog import FaultsDialog
from console.views.overview.view import OverviewView
from shared.enums import FaultKind
from tests.conftest import Databases
from tests.console.conftest import drive, until
from tests.faults.fleet import Fleet
from tests.free_port import free_port


@pytest.fixture
def address(databases: Databases, rabbit_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL and a token of a backend on servers that has two faults."""
    url = asyncio.run(databases.create())
    database_url = url.replace("+asyncpg", "")
    fleet = Fleet(tmp_path, database_url, rabbit_url)
    port = free_port()

    async def prepare() -> str:
        fleet.backend(port)
        async with await fleet.client(port) as client:
            connection = await asyncpg.connect(database_url)
            await connection.execute(
                "insert into faults (kind, object_type, object_id, object_name, cause, next_step, last_at) values"
                " ('set_aside', 'calendar', 'moon', 'moon', 'it has no day', 'Save it again.', now()),"
                " ('survived', 'run', '7', null, 'process 3 is still running', 'Run: kill -9 3',"
                "  now() - interval '1 hour')"
            )
            await connection.execute(
                "insert into alerts (rule, condition, message, grouping_key, count, title, detail) values"
                " ('faults', 'fault', 'first', '', 1, 'Fault: calendar moon was set aside', 'it has no day.')"
            )
            await connection.close()
            made = await client.request("POST", "/api/tokens", json={"name": "console"})
            return str(made["data"]["token"])

    try:
        yield f"http://127.0.0.1:{port}", asyncio.run(prepare())
    finally:
        fleet.kill_all()
        asyncio.run(databases.drop(url))


def objects(dialog: FaultsDialog) -> set[str]:
    """Return the ids of the objects; a busy machine may add the fault of a held event loop."""
    return {fault.object_id for fault in dialog.model.rows}


def select(dialog: FaultsDialog, object_id: str) -> None:
    dialog.table.selectRow([fault.object_id for fault in dialog.model.rows].index(object_id))


def test_faults_are_found_read_and_tried_again(qapp: QApplication, address: tuple[str, str], tmp_path: Path) -> None:
    async def scenario(console: Console) -> None:
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        console.window.show_view("overview")
        view = console.window.current
        assert isinstance(view, OverviewView)
        await until(lambda: not view.health.faults_link.isHidden(), console.context.health.changed)
        QTest.mouseClick(view.health.faults_link, Qt.MouseButton.LeftButton)
        dialog = view.findChild(FaultsDialog)
        assert dialog is not None
        await until(lambda: {"moon", "7"} <= objects(dialog), console.background.ended)
        select(dialog, "moon")
        assert (dialog.cause.text(), dialog.next_step.text()) == ("it has no day", "Save it again.")
        select(dialog, "7")
        assert dialog.next_step.text() == "Run: kill -9 3"

        dialog.try_again.click()
        await until(lambda: "7" not in objects(dialog), console.background.ended)
        assert "moon" in objects(dialog)
        dialog.try_all.click()
        await until(lambda: "moon" not in objects(dialog), console.background.ended)
        assert dialog.table.isHidden() is not dialog.empty.isHidden()
        dialog.accept()

    url, token = address
    drive(qapp, Options(data_dir=tmp_path / "none", url=url, token=token), tmp_path / "settings.ini", scenario)


def test_the_row_of_an_alert_about_faults_opens_them(
    qapp: QApplication, address: tuple[str, str], tmp_path: Path
) -> None:
    async def scenario(console: Console) -> None:
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        console.window.show_view("alerts")
        view = console.window.current
        assert isinstance(view, AlertsView)
        await until(lambda: bool(view.model.rows), console.background.ended)
        (row,) = view.model.rows
        offered = [action for action in view.table.row_actions if action.applies(row)]
        assert [action.id for action in offered] == ["show_faults", "acknowledge"]
        offered[0].do([row])
        dialog = console.window.current.findChild(FaultsDialog)
        assert dialog is not None
        await until(lambda: "moon" in objects(dialog), console.background.ended)
        dialog.accept()

    url, token = address
    drive(qapp, Options(data_dir=tmp_path / "none", url=url, token=token), tmp_path / "settings.ini", scenario)


def test_each_kind_has_words(qapp: QApplication) -> None:
    words = [kind_words(kind) for kind in FaultKind]
    assert all(words)
    assert len(set(words)) == len(words)
