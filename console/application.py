"""The console as an application: Qt and asyncio on one loop, from the first paint to the end."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSettings, QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication

from console.connection_dialog import ConnectionDialog, remote_target
from console.context import Context
from console.event_loop import event_loop
from console.garbage import GarbageCollector
from console.link.backend_link import BackendLink
from console.link.credentials import Credentials
from console.link.target import LocalTarget, Target, TokenTarget
from console.memory import Memory
from console.options import Options
from console.supervised import TaskSet
from console.theme.current import Theme
from console.translation import speak
from console.undo import UndoStack
from console.window import MainWindow


def start(options: Options) -> int:
    """Run the console until its window is closed or the process is told to end; return the exit code."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Taskdeck")
    application.setOrganizationName("Taskdeck")
    application.setDesktopFileName("taskdeck")
    application.setQuitOnLastWindowClosed(False)
    speak(application, options.language)
    GarbageCollector(application)
    with event_loop(application) as loop:
        loop.run_until_complete(_run(application, options))
    return 0


def first_target(options: Options, remembered: QSettings, tasks: TaskSet, credentials: Credentials) -> Target:
    """Return the backend to begin with: the one that was named, or used last, or this machine's."""
    if options.url and options.token:
        return TokenTarget(options.url, options.token)
    last = options.url or str(remembered.value("connections/last", "") or "")
    if last and not options.is_local:
        return remote_target(tasks, credentials, last, None)
    return LocalTarget(options.data_dir)


class Console:
    """Everything of one window: what `start` runs, and what a test drives."""

    def __init__(self, application: QApplication, options: Options, remembered: QSettings) -> None:
        self.options = options
        chosen = str(remembered.value("window/theme", ""))
        theme = Theme(application, "dark" if chosen == "dark" else "light" if chosen == "light" else None)
        self.tasks = TaskSet()
        self.credentials = Credentials()
        self.link = BackendLink(LocalTarget(options.data_dir))
        self.link.target = first_target(options, remembered, self.tasks, self.credentials)
        memory = Memory(remembered, self.link.target.key)
        self.context = Context(theme, self.link, self.tasks, remembered, memory, UndoStack())
        theme.changed.connect(lambda: remembered.setValue("window/theme", "dark" if theme.palette.is_dark else "light"))
        self.window = MainWindow(self.context)
        self.window.chooser_wanted.connect(self.choose_backend)

    def open(self) -> None:
        """Show the window and begin to connect."""
        self.window.show()
        self.tasks.start(_connect(self.context, self.credentials), name="link")

    async def close(self) -> None:
        """End all that runs."""
        self.window.hide()
        await self.tasks.close()

    def choose_backend(self) -> None:
        """Open the chooser."""
        dialog = ConnectionDialog(self.context, self.credentials, self.options.data_dir, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.target_chosen.connect(self.link.connect_to)
        dialog.open()


async def _run(application: QApplication, options: Options) -> None:
    console = Console(application, options, QSettings())
    ended = asyncio.Event()
    console.window.closed.connect(ended.set)
    if options.reports_first_paint:
        console.window.painted.connect(_report_first_paint)
    with _ended_by_signals(ended):
        console.open()
        await ended.wait()
    await console.close()


async def _connect(context: Context, credentials: Credentials) -> None:
    """Fetch the tokens of a backend that was used before, then keep the connection."""
    link = context.link
    target = link.target
    if not isinstance(target, LocalTarget | TokenTarget):
        pair = await credentials.load(target.url)
        link.target = remote_target(context.tasks, credentials, target.url, pair)
    await link.run()


def _report_first_paint() -> None:
    """Tell whoever started the process and holds the clock."""
    print("first paint", flush=True)


@contextmanager
def _ended_by_signals(ended: asyncio.Event) -> Iterator[None]:
    """Set `ended` on SIGINT and SIGTERM: Qt's loop does not come back to Python for a signal by itself."""
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def heard() -> None:
        with contextlib.suppress(BlockingIOError):
            reading.recv(64)
        ended.set()

    notifier.activated.connect(heard)
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    old = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        reading.close()
        writing.close()
