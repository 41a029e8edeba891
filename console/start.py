"""The process of the console: Qt and asyncio on one loop, from the first paint to the exit."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from console.desk import Desk
from console.event_loop import event_loop
from console.garbage import GarbageCollector
from console.interface_size import use_size
from console.memory import Memory
from console.options import Options
from console.translation import speak


def start(options: Options) -> int:
    """Run the console until its windows are closed or the process gets a signal; return the exit code."""
    QApplication.setApplicationName("Taskdeck")
    QApplication.setOrganizationName("Taskdeck")
    QApplication.setDesktopFileName("taskdeck")
    use_size(Memory.of_user(), os.environ)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    if options.opens and _is_taken_elsewhere(options.opens):
        return 0
    speak(application, options.language)
    GarbageCollector(application)
    with event_loop(application) as loop:
        loop.run_until_complete(_run(application, options))
    return 0


async def _run(application: QApplication, options: Options) -> None:
    desk = Desk(application, options, Memory.of_user())
    with _ended_by_signals(desk.ended):
        console = desk.open()
        if options.reports_first_paint:
            console.window.painted.connect(_report_first_paint)
        if options.opens:
            desk.open_link(options.opens)
        console.window.painted.connect(lambda: _listen_for_links(desk))
        await desk.ended.wait()
    await desk.close()


def _is_taken_elsewhere(link: str) -> bool:
    from console.running_console import hand_over

    return hand_over(link)


def _listen_for_links(desk: Desk) -> None:
    """Accept deep links. Qt's network module is loaded after the first paint."""
    from console.running_console import DeepLinkListener

    if not desk.findChildren(DeepLinkListener):
        DeepLinkListener(desk).received.connect(desk.open_link)


def _report_first_paint() -> None:
    """Report the time of the first paint to the benchmark that started the process."""
    print("first paint", flush=True)


@contextmanager
def _ended_by_signals(ended: asyncio.Event) -> Iterator[None]:
    """Set `ended` on SIGINT and SIGTERM; Qt's loop does not return to Python for a signal by itself."""
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def on_message() -> None:
        with contextlib.suppress(BlockingIOError):
            reading.recv(64)
        ended.set()

    notifier.activated.connect(on_message)
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
