"""Background jobs: the coroutines that run beside the Qt loop."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)


class BackgroundJobs(QObject):
    """Owns every background job. `ended` carries the name of each that ends, `failed` what one raised."""

    failed = Signal(Exception)
    ended = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    def start(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any] | None:
        """Run `work`; returns None, and does nothing, once the set is closed."""
        if self._is_closed:
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled() or self._is_closed:
            return
        error = task.exception()
        if isinstance(error, Exception):
            log.debug("%s failed", task.get_name(), exc_info=error)
            self.failed.emit(error)
        self.ended.emit(task.get_name())

    @property
    def running(self) -> frozenset[str]:
        """The names of the jobs that have not ended."""
        return frozenset(task.get_name() for task in self._running)

    async def close(self) -> None:
        """Cancel all that runs and wait for its end."""
        self._is_closed = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
