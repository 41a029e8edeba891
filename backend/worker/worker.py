"""The worker: a service that runs one incarnation, and a new one where an incarnation failed."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from backend.broker.protocol import MessageQueue
from backend.loop_watchdog import LoopLag
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.worker.executors.contract import Executor
from backend.worker.incarnation import Incarnation
from backend.worker.settings import WorkerSettings


class Worker:
    """Runs until it is drained. `is_ready` is set when it takes assignments."""

    def __init__(
        self,
        settings: WorkerSettings,
        broker: MessageQueue,
        executors: Mapping[str, Executor],
        *,
        loop_lag: Callable[[], LoopLag] | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        """`loop_lag` is that of the worker's own process, for its heartbeats; None where a backend reports it."""
        self.is_ready = asyncio.Event()
        self._settings = settings
        self._broker = broker
        self._executors = executors
        self._loop_lag = loop_lag
        self._tracer = tracer
        self._drain = asyncio.Event()

    def request_drain(self) -> None:
        """Take no more runs, let running ones end, and then end `run`."""
        self._drain.set()

    async def run(self) -> None:
        """Work until drained. When cancelled, it ends all commands, and their processes with the next start.

        Raises `StartupError` where the spool cannot be opened or the id is in use. May be called again after it failed:
        nothing but the spool is carried over.
        """
        incarnation = Incarnation(
            self._settings,
            self._broker,
            self._executors,
            drain=self._drain,
            is_ready=self.is_ready,
            loop_lag=self._loop_lag,
            tracer=self._tracer,
        )
        with structlog.contextvars.bound_contextvars(worker_id=self._settings.worker_id):
            await incarnation.run()
