"""The signals that end a process in an orderly way."""

import asyncio
import contextlib
import signal


def stop_signal() -> asyncio.Event:
    """Return an event that is set by SIGINT and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop
