"""The signals that a process takes: those that end it in an orderly way, and SIGHUP, which reads files again."""

import asyncio
import contextlib
import signal
from collections.abc import Callable


def stop_signal() -> asyncio.Event:
    """Return an event that is set by SIGINT and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


def on_hangup(read_again: Callable[[], None]) -> None:
    """Call `read_again` at each SIGHUP. Windows has no such signal."""
    number = getattr(signal, "SIGHUP", None)
    if number is not None:
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, read_again)
