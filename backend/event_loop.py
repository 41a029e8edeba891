"""The event loop of the backend's processes: uvloop where there is one, asyncio's own otherwise."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a process's one coroutine to its end."""
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        return runner.run(work)
