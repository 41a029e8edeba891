"""Keeps services running: one that fails is logged and started again."""

import asyncio
from typing import Protocol

import structlog

from shared.errors import StartupError

_PAUSE_SECONDS = 1.0
_PAUSE_FOR_OPERATOR_SECONDS = 5.0
"""Between two tries of what only an operator can put right."""

log = structlog.get_logger()


class Service(Protocol):
    """Something that runs until it is cancelled."""

    async def run(self) -> None:
        """Run."""


class Supervisor:
    """Owns the tasks of a process's services."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, service: Service, *, name: str) -> None:
        """Run a service until `stop`."""
        self._tasks.append(asyncio.create_task(self._keep_running(service, name), name=name))

    async def stop(self) -> None:
        """Cancel every service, the last started first, and wait until they have ended."""
        while self._tasks:
            task = self._tasks.pop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def finish(self) -> None:
        """Wait until every service has ended by itself."""
        await asyncio.gather(*self._tasks)
        self._tasks.clear()

    async def _keep_running(self, service: Service, name: str) -> None:
        while True:
            try:
                await service.run()
                return
            except StartupError as error:
                log.error("a service cannot start, and tries again", service=name, cause=str(error))
                await asyncio.sleep(_PAUSE_FOR_OPERATOR_SECONDS)
                continue
            except Exception as error:
                log.error("a service failed and starts again", service=name, exc_info=error)
            await asyncio.sleep(_PAUSE_SECONDS)
