"""The workers under keys and mouse, on a real backend."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from backend.broker.keys import new_secret_text
from console.application import Console
from console.options import Options
from console.views.run.view import RunView
from console.views.runs.view import RunsView
from console.views.workers.model import fits, memory_words
from console.views.workers.view import WorkersView
from console.widgets.confirm import ConfirmDialog
from shared.enums import WorkerKeyState, WorkerStatus
from shared.models.worker import Worker
from tests.conftest import Databases
from tests.console.conftest import Play, activate, drive, until
from tests.faults.fleet import Fleet, kill, until_workers
from tests.free_port import free_port


def workers_of(console: Console) -> WorkersView:
    console.window.show_view("workers")
    view = console.window.current
    assert isinstance(view, WorkersView)
    return view


async def until_shown(view: WorkersView, predicate: object) -> None:
    model = view.model
    assert callable(predicate)
    await until(predicate, model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset)


def test_a_worker_tells_what_it_runs_and_leads_to_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await client.create_task({"name": "held by a worker", "executor": "shell", "command": "sleep 300"})
        run = await client.trigger_task(task.id)
        view = workers_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        await activate(console.window)
        worker = view.model.rows[0]
        view.table.setFocus()
        view.table.selectRow(0)
        QTest.keyClick(view.table, Qt.Key.Key_Return)
        detail = view.detail
        assert detail.isVisible()
        await until(
            lambda: any(one.id == run.id for one in detail.model.rows),
            detail.model.rowsInserted,
            detail.model.modelReset,
        )
        assert worker.version in detail.facts.text_of("version")
        assert detail.drain.isVisible()
        assert detail.remove.isHidden()
        await until(lambda: bool(detail.samples), detail.loaded)
        detail.read_at(detail.samples[-1].at)
        assert "slots" in detail.reading.text()
        assert not view.grab().isNull()
        QTest.keyClick(view.table, Qt.Key.Key_Escape)
        assert detail.isHidden()

        view.show_with({"worker": worker.id})
        detail.table.opened.emit(run)
        page = console.window.current
        assert isinstance(page, RunView)
        assert page.object_id == run.id
        await client.cancel_run(run.id)
        view.detail.runs_wanted.emit(worker.id)
        runs = console.window.current
        assert isinstance(runs, RunsView)
        assert runs.wanted.worker_id == worker.id
        await client.delete_task(task.id)

    play(scenario)


def test_the_last_hour_is_drawn_beside_each_worker(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = workers_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        worker = view.model.rows[0]
        view.load_history()
        await until(lambda: bool(view.sparks.samples_of(worker.id)), view.history_loaded)
        with_line = view.table.grab().toImage()
        view.sparks.show_history([])
        assert view.table.grab().toImage() != with_line

    play(scenario)


@pytest.fixture
def with_one_gone(databases: Databases, rabbit_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL and a token of a backend with a worker that is online and one that said goodbye."""
    url = asyncio.run(databases.create())
    fleet = Fleet(tmp_path, url.replace("+asyncpg", ""), rabbit_url)
    port = free_port()

    async def prepare() -> str:
        fleet.backend(port)
        async with await fleet.client(port) as client:
            fleet.worker("here")
            leaving = fleet.worker("gone")
            await until_workers(client, 2)
            await asyncio.to_thread(kill, leaving, signal.SIGTERM)
            await until_workers(client, 1)
            made = await client.request("POST", "/api/tokens", json={"name": "console"})
            return str(made["data"]["token"])

    try:
        yield f"http://127.0.0.1:{port}", asyncio.run(prepare())
    finally:
        fleet.kill_all()
        asyncio.run(databases.drop(url))


def test_a_worker_that_is_gone_is_removed_and_one_that_lives_is_not(
    qapp: QApplication, with_one_gone: tuple[str, str], tmp_path: Path
) -> None:
    async def scenario(console: Console) -> None:
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        view = workers_of(console)
        await until_shown(view, lambda: [worker.id for worker in view.model.rows] == ["here", "gone"])
        await activate(console.window)
        view.table.setFocus()
        view.table.selectRow(0)
        QTest.keyClick(view.table, Qt.Key.Key_Delete)
        assert view.findChild(ConfirmDialog) is None
        view.open("gone")
        assert view.detail.drain.isHidden()
        assert view.detail.remove.isVisible()
        QTest.keyClick(view.table, Qt.Key.Key_Delete)
        question = view.findChild(ConfirmDialog)
        assert question is not None
        assert "gone" in question.windowTitle()
        QTest.mouseClick(question.go, Qt.MouseButton.LeftButton)
        await until_shown(view, lambda: [worker.id for worker in view.model.rows] == ["here"])
        assert view.detail.isHidden()

    url, token = with_one_gone
    drive(qapp, Options(data_dir=tmp_path / "none", url=url, token=token), tmp_path / "settings.ini", scenario)


def a_worker(**fields: object) -> Worker:
    facts: dict[str, object] = {
        "id": "berlin-1",
        "hostname": "host.example",
        "version": "1.2.3",
        "task_types": ["shell"],
        "labels": {"zone": "eu"},
        "slots": 4,
        "current_task_count": 0,
        "status": WorkerStatus.ONLINE,
    }
    return Worker.model_validate(facts | fields)


@pytest.mark.parametrize(
    ("words", "found"), [("", True), ("berlin", True), ("zone=eu", True), ("1.2", True), ("host.", True), ("us", False)]
)
def test_workers_are_found_by_what_they_are(words: str, found: bool) -> None:
    assert fits(a_worker(), words) is found


def test_memory_is_told_in_its_unit() -> None:
    assert [memory_words(one) for one in (None, 2**20 * 7, 2**30 * 3)] == ["", "7 MiB", "3.0 GiB"]


@pytest.fixture
def with_keys(databases: Databases, rabbit_url: str, tmp_path: Path) -> Iterator[tuple[Fleet, str, str]]:
    """Processes, and the URL and a token of a backend that uses keys."""
    url = asyncio.run(databases.create())
    fleet = Fleet(tmp_path, url.replace("+asyncpg", ""), rabbit_url)
    port = free_port()

    async def prepare() -> str:
        fleet.backend(port, TASKDECK_SIGNING_KEY=new_secret_text())
        async with await fleet.client(port) as client:
            made = await client.request("POST", "/api/tokens", json={"name": "console"})
            return str(made["data"]["token"])

    try:
        yield fleet, f"http://127.0.0.1:{port}", asyncio.run(prepare())
    finally:
        fleet.kill_all()
        asyncio.run(databases.drop(url))


def test_a_worker_is_added_with_a_key_that_is_shown_once_and_revoked(
    qapp: QApplication, with_keys: tuple[Fleet, str, str], tmp_path: Path
) -> None:
    fleet, url, token = with_keys

    async def scenario(console: Console) -> None:
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        view = workers_of(console)
        await activate(console.window)
        assert view.primary_action() == "Add worker"
        form = view.worker_actions.add()
        form.set_text("worker_id", "added")
        form.save.click()
        await until(lambda: view.worker_actions.shown is not None, console.background.ended)
        shown = view.worker_actions.shown
        assert shown is not None
        key = shown.value.text()
        assert "added" in shown.windowTitle()
        assert key not in shown.commands.text()
        shown.accept()

        fleet.worker("added", TASKDECK_WORKER_KEY=key)
        await until_shown(view, lambda: [worker.status for worker in view.model.rows] == [WorkerStatus.ONLINE])
        view.open("added")
        assert view.detail.facts.text_of("key")
        view.worker_actions.revoke(view.model.rows)
        question = view.findChild(ConfirmDialog)
        assert question is not None
        QTest.mouseClick(question.go, Qt.MouseButton.LeftButton)
        await until_shown(view, lambda: view.model.rows[0].key_state is WorkerKeyState.REVOKED)
        assert view.model.rows[0].status is WorkerStatus.OFFLINE

    drive(qapp, Options(data_dir=tmp_path / "none", url=url, token=token), tmp_path / "settings.ini", scenario)
