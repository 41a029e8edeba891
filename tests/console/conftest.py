"""The real console, offscreen, over a real local backend."""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
import pytest
from PySide6.QtCore import QEvent, QLocale, QObject, QPoint, QPointF, QTimer, QTranslator, Signal, SignalInstance
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from console.application import Console
from console.event_loop import event_loop
from console.feeds.runs import RunEvent
from console.memory import Memory
from console.options import Options
from console.translation import speak
from shared.models.run import Run
from tests.local_process import LocalProcess

SECONDS = 60
W = TypeVar("W", bound=QWidget)


async def until(predicate: Callable[[], bool], *signals: SignalInstance, seconds: float = SECONDS) -> None:
    """Return when `predicate` holds; it is asked after each of `signals`."""
    told = asyncio.Event()

    def tell(*_: object) -> None:
        told.set()

    for one in signals:
        one.connect(tell)
    try:
        async with asyncio.timeout(seconds):
            while not predicate():
                await told.wait()
                told.clear()
    finally:
        for one in signals:
            one.disconnect(tell)


async def undone(console: Console, words: str) -> str:
    """Undo the action of these words once it is recorded, which follows its answer; its event may come first."""
    undo = console.context.undo
    await until(lambda: words in undo.newest, undo.pushed)
    return await undo.undo()


class WindowEvents(QObject):
    """`happened` follows each window that is shown, activated or closed."""

    happened = Signal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate, QEvent.Type.ActivationChange):
            QTimer.singleShot(0, self, self.happened.emit)
        return False


@contextmanager
def window_events() -> Iterator[WindowEvents]:
    application = QApplication.instance()
    assert application is not None
    events = WindowEvents()
    application.installEventFilter(events)
    try:
        yield events
    finally:
        application.removeEventFilter(events)


def _dialog() -> QWidget | None:
    return QApplication.activeModalWidget() or QApplication.activeWindow()


async def dialog_of(kind: type[W]) -> W:
    """Return the dialog of a kind, once it is the one that gets the keys."""
    with window_events() as events:
        await until(lambda: isinstance(_dialog(), kind), events.happened)
    dialog = _dialog()
    assert isinstance(dialog, kind)
    return dialog


def button(inside: QWidget, words: str) -> QPushButton:
    """Return the button with this text."""
    [found] = [one for one in inside.findChildren(QPushButton) if one.text() == words]
    return found


def line_edit(inside: QWidget, caption: str) -> QLineEdit:
    """Return the field with this caption."""
    [found] = [one.buddy() for one in inside.findChildren(QLabel) if one.text() == caption and one.buddy()]
    assert isinstance(found, QLineEdit)
    return found


def point_at(widget: QWidget, *, leaves: bool = False) -> None:
    """Let the pointer enter a widget, or leave it, as the window system reports it."""
    middle = QPointF(widget.rect().center())
    event = QEvent(QEvent.Type.Leave) if leaves else QEnterEvent(middle, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, event)
    assert widget.underMouse() is not leaves


def words_in(inside: QWidget) -> str:
    """Return the texts of all visible labels, one a line."""
    return "\n".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


async def laid_out() -> None:
    """Return when Qt has done what was posted, such as layouts.

    `processEvents` in a coroutine would run other tasks inside of its own: asyncio refuses that, and they are lost.
    """
    for _ in range(3):
        await asyncio.sleep(0)


async def activate(widget: QWidget) -> None:
    """Return when keys go to the widget's window."""
    with window_events() as events:
        widget.window().activateWindow()
        await until(widget.isActiveWindow, events.happened)


async def ended(console: Console, run: Run) -> Run:
    """Return a run once it has an outcome."""
    finished: dict[int, Run] = {}
    feed = console.context.feeds.runs.changed

    def note(event: RunEvent) -> None:
        if event.run.status.is_final:
            finished[event.run.id] = event.run

    feed.connect(note)
    try:
        now = await console.connection.client.get_run(run.id)
        if not now.status.is_final:
            await until(lambda: run.id in finished, feed)
        return await console.connection.client.get_run(run.id)
    finally:
        feed.disconnect(note)


def drive(
    application: QApplication, options: Options, settings: Path, scenario: Callable[[Console], Awaitable[Any]]
) -> None:
    """Open a console, play the scenario, close it."""

    async def whole() -> None:
        console = Console(application, options, Memory.in_file(settings))
        failures: list[Exception] = []
        console.background.failed.connect(failures.append)
        console.open()
        try:
            async with asyncio.timeout(2 * SECONDS):
                await scenario(console)
        except TimeoutError as error:
            if failures:  # a job that failed is why what was awaited did not come
                raise failures[0] from error
            raise
        finally:
            await console.close()
            console.window.deleteLater()
        assert failures == []

    def play_whole() -> None:
        with event_loop(application) as loop:
            loop.run_until_complete(whole())

    # Rows do not move under a pointer, and another test may have left it over a list.
    QCursor.setPos(QPoint(-100, -100))
    try:
        play_whole()
    finally:
        # What is left must be destroyed here, on Qt's thread: in another one the loop's timers would go on without the
        # object that they call, and the process crash in the next loop. No frame holds the loop any more.
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


@pytest.fixture(autouse=True)
def _application_outlives_its_windows(qapp: QApplication) -> None:
    """As `console.start` sets it: the last window that is closed would end the loop that still closes the rest."""
    qapp.setQuitOnLastWindowClosed(False)


@pytest.fixture(autouse=True)
def _garbage_stays_on_this_thread() -> Iterator[None]:
    """Collect here alone, as the console does: a Qt object that another thread destroys takes the process with it.

    A backend that a test starts in this process turns the collection on again, in whatever thread allocates.
    """
    gc.disable()
    yield
    gc.collect(1)


_SPOKEN = "spokenLanguage"
"""The property of the application with the language of the test: a console would go back to the system's."""


@pytest.fixture
def in_chinese(qapp: QApplication) -> Iterator[None]:
    """Let the console speak Chinese for one test."""
    before = QLocale()
    speak(qapp, "zh_CN")
    qapp.setProperty(_SPOKEN, "zh_CN")
    yield
    qapp.setProperty(_SPOKEN, None)
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)


@pytest.fixture
def in_english(qapp: QApplication) -> Iterator[None]:
    """Let the console speak English for one test, whatever the system speaks."""
    before = QLocale()
    speak(qapp, "en")
    qapp.setProperty(_SPOKEN, "en")
    yield
    qapp.setProperty(_SPOKEN, None)
    QLocale.setDefault(before)


Play = Callable[[Callable[[Console], Awaitable[Any]]], None]


def _newest_tasks(http: httpx.Client) -> list[int]:
    found = http.get("/api/tasks", params={"sort": "-created_at", "limit": 500}).raise_for_status().json()
    return [task["id"] for task in found["data"]]


@contextmanager
def only_own_tasks(backend: LocalProcess) -> Iterator[None]:
    """Delete afterwards the tasks that a test made: lists of others show the first fifty."""
    address = backend.address
    with httpx.Client(base_url=address.url, headers={"Authorization": f"Bearer {address.token}"}, timeout=30) as http:
        before = set(_newest_tasks(http))
        yield
        made = [task_id for task_id in _newest_tasks(http) if task_id not in before]
        while made:
            answer = http.post("/api/tasks/bulk", json={"action": "delete", "ids": made}).raise_for_status().json()
            deleted = set(answer["data"]["ids"])
            assert deleted, answer
            made = [task_id for task_id in made if task_id not in deleted]


@pytest.fixture
def play(qapp: QApplication, local_backend: LocalProcess, tmp_path: Path) -> Iterator[Play]:
    """Play a scenario on a console that is connected to the local backend."""

    def run(scenario: Callable[[Console], Awaitable[Any]]) -> None:
        async def connected(console: Console) -> None:
            await until(lambda: console.connection.is_online, console.connection.state_changed)
            await scenario(console)

        options = Options(data_dir=local_backend.data_dir, is_local=True, language=qapp.property(_SPOKEN))
        drive(qapp, options, tmp_path / "settings.ini", connected)

    with only_own_tasks(local_backend):
        yield run
