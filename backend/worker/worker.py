"""A worker: takes assignments, runs them in its slots, and tells what came of them."""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from backend.broker.messages import (
    WORKER_COMMANDS,
    Assign,
    Assignment,
    AttemptEnd,
    AttemptRef,
    AttemptResult,
    Cancel,
    Ending,
    MalformedMessageError,
    Revoke,
    WorkerState,
)
from backend.broker.protocol import Delivery, MessageQueue, QueueInUseError
from backend.broker.queues import worker_queue
from backend.broker.signing import SIGNATURE_HEADER, is_signed
from backend.worker.executors.base import Attempt, Executor, failed
from backend.worker.former_life import end_former_life
from backend.worker.heartbeats import Heartbeats
from backend.worker.held_attempts import HeldAttempts
from backend.worker.log_shipper import LogShipper
from backend.worker.orphans import become_subreaper
from backend.worker.output import OutputCapture
from backend.worker.reporter import Reporter
from backend.worker.run_monitor import RunMonitor
from backend.worker.settings import WorkerSettings
from backend.worker.spool import Spool
from shared.enums import LogStream
from shared.errors import BrokerUnavailableError, StartupError

_PREFETCH = 64
_LOGS_FIRST_SECONDS = 10.0
_RETRY_SECONDS = 1.0
_LAST_REPORTS = timedelta(seconds=10)

log = structlog.get_logger()


class Worker:
    """One incarnation of one worker; `is_ready` is set when it takes assignments."""

    def __init__(self, settings: WorkerSettings, broker: MessageQueue, executors: Mapping[str, Executor]) -> None:
        """Raises `StartupError` where the spool cannot be opened."""
        self.is_ready = asyncio.Event()
        self._settings = settings
        self._broker = broker
        self._executors = executors
        try:
            self._spool = Spool(settings.spool_dir)
        except OSError as error:
            raise StartupError(
                f"The spool folder {settings.spool_dir} cannot be used: {error.strerror}. "
                "Name another with --spool-dir."
            ) from error
        incarnation = uuid.uuid4().hex
        self._held = HeldAttempts(reported_for=settings.reported_for)
        self._logs = LogShipper(broker, worker_id=settings.worker_id)
        self._monitor = RunMonitor(broker, worker_id=settings.worker_id)
        self._reporter = Reporter(
            broker, self._spool, self._held, worker_id=settings.worker_id, incarnation=incarnation
        )
        self._heartbeats = Heartbeats(
            broker, settings, self._held, incarnation=incarnation, running_count=lambda: len(self._running)
        )
        self._waiting: deque[Assignment] = deque()
        self._running: dict[AttemptRef, asyncio.Task[None]] = {}
        self._cancels: dict[AttemptRef, asyncio.Future[None]] = {}
        self._revoked: set[AttemptRef] = set()
        self._handed_back: set[AttemptRef] = set()
        self._drain = asyncio.Event()
        self._is_empty = asyncio.Event()

    def request_drain(self) -> None:
        """Take no more runs, let running ones end, and then end `run`."""
        self._drain.set()

    async def run(self) -> None:
        """Work until drained; a cancel ends all commands and leaves their results in the spool."""
        become_subreaper()
        try:
            for result in await end_former_life(self._spool):
                self._held.add(result.ref)
                self._reporter.finished(result)
            async with asyncio.TaskGroup() as services:
                background = [
                    services.create_task(self._logs.run(), name="logs"),
                    services.create_task(self._reporter.run(), name="reports"),
                    services.create_task(self._monitor.run(), name="monitor"),
                    services.create_task(self._take_commands(), name="commands"),
                ]
                await self._drain.wait()
                await self._wind_down()
                for task in background:
                    task.cancel()
        finally:
            await self._end_all()
            self._spool.close()

    async def _take_commands(self) -> None:
        """Consume the worker's queue, and beat while it is consumed: a beat says that commands arrive."""
        queue = worker_queue(self._settings.worker_id)
        while True:
            try:
                async with (
                    self._broker.subscribe(queue, prefetch=_PREFETCH) as subscription,
                    asyncio.TaskGroup() as group,
                ):
                    beating = group.create_task(self._heartbeats.run(), name="heartbeats")
                    self.is_ready.set()
                    try:
                        while True:
                            for delivery in await subscription.take(_PREFETCH):
                                await self._obey(delivery)
                    finally:
                        beating.cancel()
            except* QueueInUseError as group_error:
                raise StartupError(
                    f"Another worker with the id {self._settings.worker_id} is connected; "
                    "stop it, or give this one another name with --id."
                ) from group_error
            except* BrokerUnavailableError as group_error:
                log.warning("the worker waits for the broker", cause=str(group_error.exceptions[0]))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _obey(self, delivery: Delivery) -> None:
        key = self._settings.signing_key
        signature = delivery.headers.get(SIGNATURE_HEADER)
        if key is not None and not is_signed(delivery.body, signature, worker_id=self._settings.worker_id, key=key):
            log.error("a command without a valid signature was refused; is TASKDECK_SIGNING_KEY the same?")
            await delivery.reject()
            return
        try:
            command = WORKER_COMMANDS.decode(delivery.body)
        except MalformedMessageError as error:
            log.error("a command could not be read", cause=str(error).split("\n", 1)[0])
            await delivery.reject()
            return
        if isinstance(command, Assign):
            self._accept(command)
        elif isinstance(command, Cancel):
            for ref in command.attempts:
                self._cancel(ref)
        elif isinstance(command, Revoke):
            for ref in command.attempts:
                self._revoked.add(ref)
                self._cancel(ref)
        await delivery.ack()

    def _accept(self, command: Assign) -> None:
        for assignment in command.assignments:
            ref = assignment.ref
            if ref in self._held:
                continue
            self._held.add(ref)
            if self._drain.is_set():
                self._hand_back(ref)
            else:
                self._waiting.append(assignment)
        self._fill_slots()

    def _fill_slots(self) -> None:
        while self._waiting and len(self._running) < self._settings.slots:
            assignment = self._waiting.popleft()
            ref = assignment.ref
            self._cancels[ref] = asyncio.get_running_loop().create_future()
            self._is_empty.clear()
            task = asyncio.create_task(self._carry_out(assignment), name=f"run {ref.run_id}")
            self._running[ref] = task
            task.add_done_callback(partial(self._on_done, ref))

    def _on_done(self, ref: AttemptRef, task: asyncio.Task[None]) -> None:
        del self._running[ref]
        del self._cancels[ref]
        self._revoked.discard(ref)
        self._handed_back.discard(ref)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an attempt could not be reported", run=ref.run_id, exc_info=error)
        self._fill_slots()
        if not self._running:
            self._is_empty.set()

    def _cancel(self, ref: AttemptRef) -> None:
        for assignment in self._waiting:
            if assignment.ref == ref:
                self._waiting.remove(assignment)
                self._report(ref, AttemptResult(ending=Ending.CANCELLED, error="cancelled"))
                return
        cancelled = self._cancels.get(ref)
        if cancelled is not None and not cancelled.done():
            cancelled.set_result(None)

    def _hand_back(self, ref: AttemptRef) -> None:
        self._report(ref, AttemptResult(ending=Ending.REJECTED, error="the worker drains"))

    async def _carry_out(self, assignment: Assignment) -> None:
        ref = assignment.ref
        output = OutputCapture(partial(self._logs.put, ref))
        began = time.monotonic()
        executor = self._executors.get(assignment.executor)
        if executor is None:
            known = ", ".join(sorted(self._executors))
            result = failed(
                f"worker {self._settings.worker_id} has no executor {assignment.executor!r}; it has {known}"
            )
        else:
            self._reporter.started(ref)
            attempt = Attempt(
                assignment=assignment,
                output=output,
                cancelled=self._cancels[ref],
                kill_grace=self._settings.kill_grace,
                spool=self._spool,
                gate=self._logs.gate,
                monitor=self._monitor,
                worker_id=self._settings.worker_id,
            )
            try:
                result = await executor.execute(attempt)
            except Exception as error:
                log.error("executor failed", executor=assignment.executor, run=ref.run_id, exc_info=error)
                result = failed(f"the executor {assignment.executor} failed: {error}")
        took_ms = round((time.monotonic() - began) * 1000)
        output.close()
        await self._logs.wait_sent(timeout_seconds=_LOGS_FIRST_SECONDS)
        self._report(ref, result, output=output, execution_time_ms=took_ms)

    def _report(
        self,
        ref: AttemptRef,
        result: AttemptResult,
        *,
        output: OutputCapture | None = None,
        execution_time_ms: int | None = None,
    ) -> None:
        if ref in self._revoked:
            self._held.reported(ref)
            return
        if ref in self._handed_back and result.ending is Ending.CANCELLED:
            error = "the worker was stopped before the command had ended"
            result = replace(result, ending=Ending.REJECTED, error=error)
        result = replace(
            result,
            execution_time_ms=execution_time_ms,
            stdout_tail=output.tail(LogStream.STDOUT) if output else None,
            stderr_tail=output.tail(LogStream.STDERR) if output else None,
            log_pieces=output.pieces if output else None,
        )
        self._reporter.finished(AttemptEnd(run_id=ref.run_id, attempt=ref.attempt, result=result))

    async def _wind_down(self) -> None:
        """Say so, hand back what has not begun, let the rest end, and hand back what does not end in time."""
        log.info("the worker drains", running=len(self._running), waiting=len(self._waiting))
        self._heartbeats.state = WorkerState.DRAINING
        self._heartbeats.beat_now()
        lingering = asyncio.create_task(asyncio.sleep(self._settings.linger.total_seconds()), name="linger")
        while self._waiting:
            self._hand_back(self._waiting.popleft().ref)
        if self._running:
            try:
                async with asyncio.timeout(self._settings.drain_timeout.total_seconds()):
                    await self._is_empty.wait()
            except TimeoutError:
                self._handed_back.update(self._running)
                for ref in list(self._running):
                    self._cancel(ref)
                await self._is_empty.wait()
        await lingering
        try:
            async with asyncio.timeout(_LAST_REPORTS.total_seconds()):
                await self._reporter.wait_idle()
        except TimeoutError:
            log.warning("results wait in the spool for this worker's next start")
        self._heartbeats.state = WorkerState.STOPPED
        await self._heartbeats.beat()

    async def _end_all(self) -> None:
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
