"""The event loop of the backend's processes: uvloop where it is available, asyncio's own otherwise."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # uvloop does not support Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run the main coroutine of a process; return its result."""
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        return runner.run(work)
