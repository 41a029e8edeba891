"""Runs the services of a process. A service that fails is logged, reported and restarted."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from shared.errors import StartupError

RESTART_DELAY_SECONDS = 1.0
"""Long enough that a service which fails at once does not fill the log."""
RESTART_DELAY_FOR_OPERATOR_SECONDS = 5.0
"""After a `StartupError`, which only an operator can correct: it also bounds how long the service stays down then."""
STOP_AGAIN_SECONDS = 10.0
"""No service needs so long to end: one that still runs has lost its cancellation, as code of others does at times."""

log = structlog.get_logger()

ServiceFailed = Callable[[str, Exception], None]
"""Receives the name of a service that failed, and its error; never blocks."""


class Service(Protocol):
    """Something that runs until it is cancelled."""

    async def run(self) -> None:
        """Run; called again after a failure, so that it begins with a working state."""


def log_only(_name: str, _error: Exception) -> None:
    """Report a failure nowhere else than in the log."""


class Supervisor:
    """Owns the asyncio task of each service."""

    def __init__(
        self,
        *,
        on_failure: ServiceFailed = log_only,
        restart_delay_seconds: float = RESTART_DELAY_SECONDS,
        restart_delay_for_operator_seconds: float = RESTART_DELAY_FOR_OPERATOR_SECONDS,
        stop_again_seconds: float = STOP_AGAIN_SECONDS,
    ) -> None:
        self._stop_again_seconds = stop_again_seconds
        self._on_failure = on_failure
        self._restart_delay_seconds = restart_delay_seconds
        self._restart_delay_for_operator_seconds = restart_delay_for_operator_seconds
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, service: Service, *, name: str) -> None:
        """Run a service until `stop`, or until it returns."""
        self._tasks.append(asyncio.create_task(self._run(service, name), name=name))

    async def stop(self) -> None:
        """Cancel every service in the reverse order of their start, and wait until each has ended.

        One that goes on is named in the log with the place at which it waits, and cancelled again.
        """
        while self._tasks:
            task = self._tasks.pop()
            task.cancel()
            while not (await asyncio.wait((task,), timeout=self._stop_again_seconds))[0]:
                log.warning(
                    "A service has not ended, and is cancelled again.",
                    service=task.get_name(),
                    waits_at=_place_of(task),
                )
                task.cancel()
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("A service failed while it ended.", service=task.get_name(), exc_info=error)

    async def finish(self) -> None:
        """Wait until every service has returned."""
        await asyncio.gather(*self._tasks)
        self._tasks.clear()

    async def _run(self, service: Service, name: str) -> None:
        structlog.contextvars.bind_contextvars(service=name)  # of each line that the service logs
        while True:
            try:
                await service.run()
                return
            except StartupError as error:
                delay = self._restart_delay_for_operator_seconds
                log.error("A service cannot start. It will be restarted.", service=name, cause=str(error))
                self._on_failure(name, error)
            except Exception as error:
                delay = self._restart_delay_seconds
                log.error("A service failed. It will be restarted.", service=name, exc_info=error)
                self._on_failure(name, error)
            await asyncio.sleep(delay)


def _place_of(task: asyncio.Task[None]) -> list[str]:
    """Return where a task waits, from its own function to the innermost one; `Task.get_stack` has the first alone."""
    places = []
    awaited: object = task.get_coro()
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        places.append(f"{frame.f_code.co_filename}, line {frame.f_lineno}, in {frame.f_code.co_name}")
        awaited = getattr(awaited, "cr_await", None)
    return places
