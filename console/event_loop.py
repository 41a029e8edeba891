"""Qt's event loop as asyncio's."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import qasync
from PySide6.QtWidgets import QApplication


@contextmanager
def event_loop(application: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """Return a loop that runs Qt and asyncio together.

    asyncio's own loop closes an async generator that is dropped half way; qasync's does not, and what the
    generator holds (a connection) would be closed by the garbage collector, outside of any task. The hooks
    are set here for that.
    """
    closing: set[asyncio.Task[None]] = set()
    with qasync.QEventLoop(application) as loop:
        asyncio.set_event_loop(loop)

        def finalise(generator: object) -> None:
            if loop.is_closed():
                return
            task = loop.create_task(generator.aclose())  # type: ignore[attr-defined]
            closing.add(task)
            task.add_done_callback(closing.discard)

        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(finalizer=finalise)
        try:
            yield loop
        finally:
            sys.set_asyncgen_hooks(*before)
            asyncio.set_event_loop(None)
