"""The first hour of an operator, by keyboard alone, on a real display: `python -m tests.console.story FOLDER`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from console import remembered
from console.application import Console
from console.event_loop import event_loop
from console.memory import Memory
from console.options import Options
from console.preferences import Preference
from console.views.run.view import RunView
from shared.local_backend import find_local_backend
from tests.console.conftest import until

_CTRL = Qt.KeyboardModifier.ControlModifier
_SECONDS = 120
_MOST_TABS = 40
_NAME = "typed-by-hand"


def _focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None, "something must have the keyboard"
    return found


async def _activate(console: Console) -> None:
    """Give the window the keyboard: a bare display has no window manager that would."""
    async with asyncio.timeout(_SECONDS):
        while not console.window.isActiveWindow():
            console.window.activateWindow()
            await asyncio.sleep(0.02)


async def _dialog() -> QDialog:
    async with asyncio.timeout(_SECONDS):
        while not isinstance(found := QApplication.activeModalWidget(), QDialog):
            await asyncio.sleep(0.02)
        while not found.isActiveWindow() or QApplication.focusWidget() is None:
            await asyncio.sleep(0.02)
    return found


async def _tab_to(name: str) -> None:
    for _ in range(_MOST_TABS):
        if _focused().accessibleName() == name:
            return
        QTest.keyClick(_focused(), Qt.Key.Key_Tab)
        await asyncio.sleep(0)
    raise AssertionError(f"{name} cannot be reached with Tab")


async def _create_a_task(console: Console) -> None:
    await _activate(console)
    QTest.keyClick(console.window, Qt.Key.Key_N, _CTRL)
    editor = await _dialog()
    await _tab_to("Name")
    QTest.keyClicks(_focused(), _NAME)
    await _tab_to("Command")
    QTest.keyClicks(_focused(), "echo hello from $TASKDECK_TASK_NAME")
    QTest.keyClick(_focused(), Qt.Key.Key_Tab, _CTRL)
    await _tab_to("Schedule")
    QTest.keyClicks(_focused(), "every 2s")
    QTest.keyClick(editor, Qt.Key.Key_Return, _CTRL)
    async with asyncio.timeout(_SECONDS):
        while QApplication.activeModalWidget() is not None:
            await asyncio.sleep(0.02)
    print("created", flush=True)


async def _until_loaded(console: Console, predicate: Callable[[], bool]) -> None:
    """Press F5 until it holds: new rows wait while the pointer is over the table, and here nobody moves it away."""
    async with asyncio.timeout(_SECONDS):
        while not predicate():
            QTest.keyClick(console.window, Qt.Key.Key_F5)
            await asyncio.sleep(0.5)


async def _read_its_log(console: Console) -> int:
    """Go to the runs, choose one of the task that has ended, and read what it wrote; return its number."""
    await _activate(console)
    QTest.keyClick(console.window, Qt.Key.Key_3, _CTRL)
    view = console.window.current
    assert view.name == "runs"
    model, table = view.model, view.table  # type: ignore[attr-defined]

    def place() -> int | None:
        rows = [model.row_at(at) for at in range(model.rowCount())]
        return next((at for at, run in enumerate(rows) if run and run.task_name == _NAME and run.status.is_final), None)

    await _until_loaded(console, lambda: place() is not None)
    print("fired", flush=True)
    table.setFocus()
    at = place()
    assert at is not None
    table.setCurrentIndex(model.index(0, 0))
    for _ in range(at):
        QTest.keyClick(table, Qt.Key.Key_Down)
    run = table.selected()[0]
    QTest.keyClick(table, Qt.Key.Key_Return)
    page = console.window.current
    assert isinstance(page, RunView)
    async with asyncio.timeout(_SECONDS):
        while "hello from" not in page.log.toPlainText():
            await asyncio.sleep(0.05)
    print("read", flush=True)
    assert page.object_id == run.id
    QTest.keyClick(_focused(), Qt.Key.Key_Escape)
    assert console.window.current is view
    return int(run.id)


async def _break_and_wait(console: Console, data_dir: Path, newest: int) -> None:
    running = find_local_backend(data_dir)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    await until(lambda: not console.connection.is_online, console.connection.state_changed, seconds=_SECONDS)
    print("lost", flush=True)
    await until(lambda: console.connection.is_online, console.connection.state_changed, seconds=_SECONDS)
    model = console.window.current.model  # type: ignore[attr-defined]

    def goes_on() -> bool:
        rows = [model.row_at(at) for at in range(model.rowCount())]
        return any(run and run.id > newest and run.task_name == _NAME and run.status.is_final for run in rows)

    await _until_loaded(console, goes_on)
    print("back", flush=True)


async def _story(application: QApplication, folder: Path) -> None:
    options = Options(data_dir=folder / "data", is_local=True, starts_backend=True)
    settings = Memory.in_file(folder / "settings.ini")
    settings.put(remembered.PREFERENCE.of(Preference.LANGUAGE), "en")
    console = Console(application, options, settings)
    console.open()
    try:
        await until(lambda: console.connection.is_online, console.connection.state_changed, seconds=_SECONDS)
        assert console.window.greeting.isVisible()
        print("started", flush=True)
        await _create_a_task(console)
        newest = await _read_its_log(console)
        await _break_and_wait(console, options.data_dir, newest)
    finally:
        console.window.grab().save(str(folder / "end.png"))
        await console.close()


def main() -> None:
    """Play it; what has happened is printed step by step."""
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    with event_loop(application) as loop:
        loop.run_until_complete(_story(application, Path(sys.argv[1]).absolute()))


if __name__ == "__main__":
    main()
