"""Qt's event loop as asyncio's."""

import asyncio
import gc
import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager

import qasync
from PySide6.QtWidgets import QApplication

_LAST_TURNS = 3
"""A transport closes in one turn, or in two where it has something left to send."""


@contextmanager
def event_loop(application: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """Return a loop that runs Qt and asyncio together.

    asyncio's own loop closes an async generator that is dropped half way; qasync's does not, and what the
    generator holds (a connection) would be closed by the garbage collector, outside of any task. The hooks
    are set here for that. At the end it ends what still runs, as asyncio.run does: the children of a gather that failed
    belong to nobody else, and a transport that was closed last lets go of its socket one turn later.
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
            loop.run_until_complete(_end_rest(closing))
            sys.set_asyncgen_hooks(*before)
            asyncio.set_event_loop(None)


async def _end_rest(closing: Set[asyncio.Task[None]]) -> None:
    """Cancel what runs, finish what closes, and give the transports that were closed their last turns."""
    await _end_tasks(closing)
    # A connection that was made as its caller ended belongs to nobody. The loop alone knows of it, and it must not
    # outlive the loop: Qt would go on to wait for a descriptor that somebody else has by then.
    transports = getattr(asyncio.get_running_loop(), "_transports", {})
    for transport in list(transports.values()):
        transport.abort()
    await _take_turns()
    # A generator that was dropped in a cycle is found by the collector alone, and closes nothing without a loop.
    gc.collect()
    await _end_tasks(closing)
    await _take_turns()


async def _take_turns() -> None:
    for _ in range(_LAST_TURNS):
        await asyncio.sleep(0)


async def _end_tasks(closing: Set[asyncio.Task[None]]) -> None:
    """Cancel all tasks but those that close something, and wait for all; what ends may start another."""
    while rest := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in rest - closing:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
