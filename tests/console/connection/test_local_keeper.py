"""The console keeps this machine's backend: it starts it, sees it die, starts it again, ends it with itself."""

import os
import signal
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.backend_log_dialog import BackendLogDialog
from console.connection.backend_connection import ConnectionState
from console.desk import Desk
from console.event_loop import event_loop
from console.memory import Memory
from console.options import Options
from console.preferences import Preference
from console.subscriptions import Subscriptions
from shared.local_backend import find_local_backend
from tests.console.conftest import dialog_of, drive, until
from tests.local_process import LocalProcess


@pytest.fixture
def open_folder(session_folder: Path) -> Path:
    """A folder in which a PostgreSQL server of another user can work, as pytest's own cannot."""
    folder = session_folder / f"kept-{time.monotonic_ns()}"
    folder.mkdir()
    return folder


def test_the_console_starts_a_backend_and_again_when_it_died_and_by_a_click_when_it_was_stopped(
    qapp: QApplication, open_folder: Path, tmp_path: Path
) -> None:
    data_dir = open_folder / "data"
    pids: list[int] = []

    async def scenario(console: Console) -> None:
        link, banner = console.connection, console.window.connection_banner

        async def until_online() -> None:
            await until(lambda: link.is_online, link.state_changed, seconds=50)
            found = find_local_backend(data_dir)
            assert found is not None
            pids.append(found.pid)
            assert banner.isHidden()

        await until_online()
        assert not console.window.greeting.isHidden()

        os.kill(pids[-1], signal.SIGKILL)
        await until(lambda: console.keeper.is_starting, console.keeper.changed)
        await until(lambda: not link.is_online, link.state_changed)
        await until_online()

        os.kill(pids[-1], signal.SIGTERM)
        await until(lambda: link.state is ConnectionState.OFFLINE and console.keeper.can_start, link.state_changed)
        assert "not running" in banner.what.text()
        assert "You see data from" in banner.why.text()
        assert not console.keeper.is_starting, "somebody stopped it on purpose"
        banner.second.click()
        dialog = await dialog_of(BackendLogDialog)
        assert dialog.text.toPlainText()
        dialog.accept()
        assert banner.action.text() == "Restart"
        banner.action.click()
        await until_online()
        assert len(set(pids)) == 3

    options = Options(data_dir=data_dir, is_local=True, starts_backend=True)
    drive(qapp, options, tmp_path / "settings.ini", scenario)
    assert find_local_backend(data_dir) is None, "it ends with the console that started it"


def test_a_link_opens_its_run_and_a_failure_that_one_subscribed_to_is_told(
    qapp: QApplication, local_backend: LocalProcess, tmp_path: Path
) -> None:
    async def whole() -> None:
        settings = Memory.in_file(tmp_path / "settings.ini")
        desk = Desk(qapp, Options(data_dir=local_backend.data_dir, is_local=True), settings)
        console = desk.open()
        try:
            await until(lambda: console.connection.is_online, console.connection.state_changed)
            client = console.connection.client
            made = await client.create_task({"name": "told-of", "executor": "shell", "command": "exit 3"})
            console.window.follow("tasks", {"task": made.id})
            told: list[tuple[str, str]] = []
            desk.tray.notified.connect(lambda title, words: told.append((title, words)))
            Subscriptions(console.context.memory).subscribe(frozenset({made.id}), True)
            run = await client.trigger_task(made.id)
            await until(lambda: bool(told), desk.tray.notified)
            assert told[0][0] == "told-of: Failed"
            desk.open_link(f"taskdeck://local/runs/{run.id}")
            assert console.window.current.name == "run"
            assert console.window.current.object_id == run.id  # type: ignore[attr-defined]
            desk.open_link(f"taskdeck://local/tasks/{made.id}")
            assert console.window.current.name == "task"
            assert console.window.current.object_id == made.id  # type: ignore[attr-defined]
            desk.open_link("taskdeck://elsewhere.example.org/runs/1")
            assert "elsewhere.example.org" in console.window.error_banner.why.text()
            second = desk.open("")
            await until(lambda: second.connection.is_online, second.connection.state_changed)
            assert len(desk.consoles) == 2
            second.window.close()
            assert not desk.ended.is_set()
            desk.tray.is_there = True
            console.preferences.put(Preference.WHEN_CLOSED, "tray")
            console.window.close()
            assert not desk.ended.is_set()
            assert console.connection.is_online, "it listens on in the tray"
            desk.tray.open_wanted.emit()
            assert console.window.isVisible()
            console.preferences.put(Preference.WHEN_CLOSED, "quit")
            console.window.close()
            assert desk.ended.is_set()
        finally:
            await desk.close()

    with event_loop(qapp) as loop:
        loop.run_until_complete(whole())
