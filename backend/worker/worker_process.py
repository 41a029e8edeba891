"""A worker as a process of its own."""

import asyncio
import contextlib
import os
import signal
from datetime import timedelta

import structlog

from backend import garbage
from backend.broker.absent import broker_absent
from backend.broker.protocol import MessageQueue
from backend.loop_watchdog import LoopWatchdog
from backend.service_manager import ServiceManager
from backend.supervisor import Supervisor
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.worker.executors.load_plug_ins import load_executors
from backend.worker.settings import WorkerSettings
from backend.worker.worker import Worker
from shared.errors import BrokerUnavailableError, StartupError, TaskdeckError

log = structlog.get_logger()


async def run_worker_process(
    settings: WorkerSettings, broker: MessageQueue, *, wait_at_start: timedelta, tracer: Tracer = NO_TRACER
) -> None:
    """Run a worker until SIGTERM or SIGINT drains it; a second signal ends it at once.

    Raises `StartupError` where it cannot start, or where the broker does not answer within `wait_at_start`.
    """
    if os.geteuid() == 0 and settings.rules.commands.run_as is None:
        log.warning(
            "Commands run as root: they can read the memory and every file of this worker. "
            "set run_as in its configuration, see taskdeck worker --config"
        )
    try:
        await broker.start(timeout=wait_at_start)
    except BrokerUnavailableError as error:
        raise broker_absent(error) from error
    loop = asyncio.get_running_loop()
    watching = Supervisor()
    manager = ServiceManager.of_environment()
    try:
        watchdog = LoopWatchdog()
        watching.start(watchdog, name="loop watchdog")
        worker = Worker(settings, broker, load_executors(), loop_lag=lambda: watchdog.lag, tracer=tracer)
        running = asyncio.create_task(worker.run(), name="worker")

        def on_signal() -> None:
            loop.add_signal_handler(signal.SIGTERM, running.cancel)
            loop.add_signal_handler(signal.SIGINT, running.cancel)
            worker.request_drain()

        loop.add_signal_handler(signal.SIGTERM, on_signal)
        loop.add_signal_handler(signal.SIGINT, on_signal)
        log.info(
            "worker started",
            worker_id=settings.worker_id,
            slots=settings.slots,
            task_types=list(settings.task_types),
            broker=broker.address,
        )
        watchdog.excuse()
        garbage.settle()
        with contextlib.suppress(asyncio.CancelledError):
            try:
                async with manager.announced():
                    await running
            except* TaskdeckError as errors:
                raise _first(errors) from errors
    finally:
        await watching.stop()
        await broker.close()


def _first(group: BaseExceptionGroup[TaskdeckError]) -> TaskdeckError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, TaskdeckError) else StartupError(str(error))
