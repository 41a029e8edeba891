"""One incarnation of a worker: receives commands, runs assignments in its slots, and reports how they ended."""

import asyncio
import json
import os
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
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
    SurvivingProcess,
    WorkerState,
)
from backend.broker.protocol import Delivery, MessageQueue, QueueInUseError, QueueTakenError
from backend.broker.queues import worker_queue
from backend.loop_watchdog import LoopLag
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.worker.attempt_process import AttemptProcesses, ProcessHost
from backend.worker.attempt_span import begin_attempt_span, end_attempt_span
from backend.worker.attempts_folder import remove_attempts_folder, replace_attempts_folder
from backend.worker.command_gate import CommandGate, Verdict
from backend.worker.command_limits import Limits
from backend.worker.control_groups import open_control_groups
from backend.worker.executors.contract import Attempt, Executor, failed
from backend.worker.heartbeats import Heartbeats
from backend.worker.held_attempts import HeldAttempts
from backend.worker.incarnation_id import new_incarnation_id
from backend.worker.log_shipper import LogShipper
from backend.worker.outbox import Outbox
from backend.worker.output_capture import OutputCapture
from backend.worker.owner_rules import NO_RULES
from backend.worker.permission import NO_LIMITS, refusal, within_limits
from backend.worker.predecessor import end_predecessor_processes
from backend.worker.reported_rules import reported_rules
from backend.worker.reporter import Reporter
from backend.worker.resource_monitor import ResourceMonitor
from backend.worker.run_user import RunUser, RunUsers, forbid_new_privileges
from backend.worker.secrets import AttemptSecrets, SentSecrets
from backend.worker.settings import WorkerSettings
from backend.worker.spool import BegunAttempt, Spool
from backend.worker.survivors import Survivors
from backend.worker.uptime import Uptime
from shared.enums import LogStream
from shared.errors import BrokerUnavailableError, StartupError

_PREFETCH = 64
"""Messages of the worker's queue that are received before they are acknowledged."""
_LOGS_FIRST_SECONDS = 10.0
"""How long a result waits for the attempt's output: so long the log of a run that ended may be incomplete."""
_START_FIRST_SECONDS = 1.0
"""How long a later attempt waits for the report of its start; one round trip to the broker is enough."""
_RETRY_SECONDS = 1.0
"""Pause before the worker subscribes again."""
_LAST_REPORTS = timedelta(seconds=10)
"""How long a worker that drains waits for its last results to be acknowledged."""

_NOT_KEPT = "the output contains a secret, and was not kept"

log = structlog.get_logger()


class Incarnation:
    """The state of a worker from its start to its end."""

    def __init__(
        self,
        settings: WorkerSettings,
        broker: MessageQueue,
        executors: Mapping[str, Executor],
        *,
        drain: asyncio.Event,
        is_ready: asyncio.Event,
        loop_lag: Callable[[], LoopLag] | None = None,
        tracer: Tracer = NO_TRACER,
    ) -> None:
        """Raises `StartupError` where the spool cannot be opened, or no temporary folder be created."""
        self._settings = settings
        self._broker = broker
        self._executors = executors
        self._tracer = tracer
        self._permits_all = settings.rules == NO_RULES
        self._drain = drain
        self._is_ready = is_ready
        self._users = RunUsers(settings.rules.commands.run_as, settings.rules.allow.users)
        limits = settings.rules.limits
        self._limits = NO_LIMITS if limits == NO_LIMITS else limits
        groups = open_control_groups(settings.rules.commands.control_groups, needs_them=limits.cpus is not None)
        try:
            self._spool = Spool(settings.spool_dir)
        except OSError as error:
            raise StartupError(
                f"The spool folder {settings.spool_dir} cannot be used: {error.strerror}. "
                "Name another with --spool-dir."
            ) from error
        try:
            self._attempts_folder = replace_attempts_folder(
                settings.spool_dir, is_entered_by_others=self._users.has_others
            )
        except OSError as error:
            self._spool.close()
            raise StartupError(
                f"No folder can be created in the temporary directory: {error.strerror}. Set TMPDIR to another one."
            ) from error
        worker_id, incarnation, uptime = settings.worker_id, new_incarnation_id(settings.spool_dir), Uptime()
        outbox = Outbox(broker, key=settings.key, worker_id=worker_id, incarnation=incarnation, uptime=uptime)
        self._gate = CommandGate(settings.key, worker_id=worker_id, incarnation=incarnation, uptime=uptime)
        self._survivors = Survivors(settings.spool_dir)
        self._held = HeldAttempts(ttl=settings.reported_attempt)
        self._logs = LogShipper(outbox, worker_id=worker_id, incarnation=incarnation, uptime=uptime)
        self._monitor = ResourceMonitor(outbox, worker_id=worker_id, incarnation=incarnation)
        self._processes = ProcessHost(
            spool=self._spool,
            monitor=self._monitor,
            gate=self._logs.gate,
            own_limits=Limits(processes=limits.processes, cpus=limits.cpus),
            groups=groups,
        )
        self._reporter = Reporter(
            outbox, self._spool, self._held, worker_id=worker_id, incarnation=incarnation, uptime=uptime
        )
        self._heartbeats = Heartbeats(
            outbox,
            settings,
            self._held,
            incarnation=incarnation,
            uptime=uptime,
            running_count=lambda: len(self._running),
            refused_commands=self._gate.take_refused,
            rules=reported_rules(
                settings.rules, executors=executors, own_user=self._users.own, secrets=settings.secrets.names()
            ),
            ended_survivors=self._survivors.ended,
            loop_lag=loop_lag,
        )
        self._waiting: deque[Assignment] = deque()
        self._running: dict[AttemptRef, asyncio.Task[None]] = {}
        self._cancellations: dict[AttemptRef, asyncio.Future[None]] = {}
        self._revoked: set[AttemptRef] = set()
        self._returned: set[AttemptRef] = set()
        self._is_empty = asyncio.Event()
        self._is_filling = False

    async def run(self) -> None:
        """Work until drained; a cancellation ends all commands."""
        self._processes.adopted.adopt_orphans()
        if self._settings.rules.commands.no_new_privileges:
            forbid_new_privileges()
        try:
            await end_predecessor_processes(self._spool)
            # Their starts may not have been reported: a run that ends its worker does so within milliseconds.
            for attempt in self._spool.predecessor.began:
                self._reporter.started(attempt.ref, ago_seconds=max(0.0, time.time() - attempt.time))
            for end in self._spool.predecessor.results:
                self._held.add(end.ref)
                self._reporter.finished(end)
            async with asyncio.TaskGroup() as services:
                background = [
                    services.create_task(self._logs.run(), name="logs"),
                    services.create_task(self._reporter.run(), name="reports"),
                    services.create_task(self._monitor.run(), name="monitor"),
                    services.create_task(self._receive(), name="commands"),
                ]
                await self._drain.wait()
                await self._wind_down()
                for task in background:
                    task.cancel()
        finally:
            self._is_ready.clear()
            await self._end_all()
            await self._processes.idle.end_all()
            remove_attempts_folder(self._attempts_folder)
            self._spool.close()

    async def _receive(self) -> None:
        """Handle the worker's queue, and send heartbeats only while subscribed: they mean that commands arrive."""
        queue = worker_queue(self._settings.worker_id)
        while True:
            try:
                async with (
                    self._broker.subscribe(queue, prefetch=_PREFETCH) as subscription,
                    asyncio.TaskGroup() as group,
                ):
                    heartbeats = group.create_task(self._heartbeats.run(), name="heartbeats")
                    self._is_ready.set()
                    try:
                        while True:
                            for delivery in await subscription.take(_PREFETCH):
                                await self._handle(delivery)
                    finally:
                        heartbeats.cancel()
            except* QueueInUseError as group_error:
                raise StartupError(
                    f"Another worker with the id {self._settings.worker_id} is connected, or another client of the "
                    f"broker declared the queue {queue.name}. Stop it, or give this one another id with --id."
                ) from group_error
            except* QueueTakenError as group_error:
                raise StartupError(
                    f"The queue {queue.name} was declared by another client of the broker, which would read this "
                    f"worker's commands: {group_error.exceptions[0]}. Delete it (rabbitmqctl delete_queue "
                    f"{queue.name}), find out who declared it, and give each worker a user of its own."
                ) from group_error
            except* BrokerUnavailableError as group_error:
                log.warning("the worker waits for the broker", cause=str(group_error.exceptions[0]))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _handle(self, delivery: Delivery) -> None:
        verdict = self._gate.examine(delivery.headers, delivery.body)
        if verdict is Verdict.KNOWN:
            await delivery.ack()
            return
        if verdict is Verdict.REFUSE:
            await delivery.reject()
            return
        try:
            command = WORKER_COMMANDS.decode(delivery.body)
        except MalformedMessageError as error:
            log.error("a command could not be read", cause=str(error).split("\n", 1)[0])
            await delivery.reject()
            return
        match command:
            case Assign(assignments):
                self._accept(assignments)
            case Cancel(attempts):
                for ref in attempts:
                    self._cancel(ref)
            case Revoke(attempts):
                for ref in attempts:
                    self._revoked.add(ref)
                    self._cancel(ref)
        await delivery.ack()

    def _accept(self, assignments: Sequence[Assignment]) -> None:
        for assignment in assignments:
            ref = assignment.ref
            if ref in self._held:
                continue
            if self._held.is_outdated(ref):
                log.warning(
                    "an assignment came after a later attempt of its run", run_id=ref.run_id, attempt=ref.attempt
                )
                continue
            self._held.add(ref)
            if self._drain.is_set():
                self._return(ref)
            else:
                self._waiting.append(assignment)
        self._fill_slots()

    def _fill_slots(self) -> None:
        """Start attempts that wait; those that nothing forbids are recorded at once, in one write."""
        free = self._settings.slots - len(self._running)
        starting = [self._waiting.popleft() for _ in range(min(free, len(self._waiting)))]
        if not starting:
            return
        now = time.time()
        self._spool.began([BegunAttempt(one.ref, now) for one in starting if self._is_permitted(one)])
        self._is_empty.clear()
        loop = asyncio.get_running_loop()
        for assignment in starting:
            ref = assignment.ref
            self._cancellations[ref] = loop.create_future()
            task = loop.create_task(self._execute(assignment), name=f"run {ref.run_id}")
            self._running[ref] = task
            task.add_done_callback(partial(self._on_done, ref))

    def _on_done(self, ref: AttemptRef, task: asyncio.Task[None]) -> None:
        del self._running[ref]
        del self._cancellations[ref]
        self._revoked.discard(ref)
        self._returned.discard(ref)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an attempt could not be reported", run_id=ref.run_id, attempt=ref.attempt, exc_info=error)
        if not self._running:
            self._is_empty.set()
        if not self._is_filling:
            # After the callbacks of all attempts that ended in this turn of the event loop.
            self._is_filling = True
            asyncio.get_running_loop().call_soon(self._fill_again)

    def _fill_again(self) -> None:
        self._is_filling = False
        self._fill_slots()

    def _cancel(self, ref: AttemptRef) -> None:
        for assignment in self._waiting:
            if assignment.ref == ref:
                self._waiting.remove(assignment)
                self._report(ref, AttemptResult(ending=Ending.CANCELLED, error="cancelled"))
                return
        cancelled = self._cancellations.get(ref)
        if cancelled is not None and not cancelled.done():
            cancelled.set_result(None)

    def _return(self, ref: AttemptRef) -> None:
        """Give an attempt that has not begun back to the dispatcher."""
        self._report(ref, AttemptResult(ending=Ending.REJECTED, error="the worker drains"))

    async def _execute(self, assignment: Assignment) -> None:
        ref = assignment.ref
        span = begin_attempt_span(self._tracer, assignment, worker_id=self._settings.worker_id)
        # For the log. The asyncio task ends with the attempt, and these with it.
        structlog.contextvars.bind_contextvars(
            run_id=ref.run_id, attempt=ref.attempt, task_id=assignment.task_id, **span.log_ids
        )
        output = OutputCapture(partial(self._logs.put, ref))
        began = time.monotonic()
        executor = self._executors.get(assignment.executor)
        limited = within_limits(self._limits, assignment)
        shown = limited.assignment
        if span.traceparent != shown.traceparent:
            shown = replace(shown, traceparent=span.traceparent)
        reason = await self._refusal(assignment)
        user = self._users.find(assignment.run_as) if reason is None else None
        attempt = self._attempt(shown, output, user)
        if reason is not None:
            result = failed(reason)
        elif executor is None:
            known = ", ".join(sorted(self._executors))
            result = failed(
                f"worker {self._settings.worker_id} has no executor {assignment.executor!r}; it has {known}"
            )
        else:
            await self._begin(assignment)
            for note in limited.notes:
                output.write(LogStream.STDERR, f"taskdeck: {note}\n".encode())
            began = time.monotonic()
            try:
                result = await executor.execute(attempt)
            except Exception as error:  # noqa: BLE001 - a plug-in may fail in any way
                trace = output.masked("".join(traceback.format_exception(error)))
                log.error("executor failed", executor=assignment.executor, exception=trace)
                result = failed(f"the executor {assignment.executor} failed: {error}")
        execution_time_ms = round((time.monotonic() - began) * 1000)
        result = _without_secrets(result, output)
        output.close()
        await self._logs.wait_sent(timeout_seconds=_LOGS_FIRST_SECONDS)
        result = self._returned_if_stopped(ref, result)
        end_attempt_span(span, result)
        self._report(
            ref,
            result.completed(
                execution_time_ms=execution_time_ms,
                stdout_tail=output.tail(LogStream.STDOUT),
                stderr_tail=output.tail(LogStream.STDERR),
                log_pieces=output.pieces,
            ),
            survivors=attempt.processes.survivors,
            traceparent=span.traceparent,
        )

    def _returned_if_stopped(self, ref: AttemptRef, result: AttemptResult) -> AttemptResult:
        """Return the result of an attempt that ended because this worker stops as one that is returned."""
        if ref not in self._returned or result.ending is not Ending.CANCELLED:
            return result
        return replace(result, ending=Ending.REJECTED, error="the worker was stopped before the command had ended")

    def _is_permitted(self, assignment: Assignment) -> bool:
        """Whether the worker's owner has no rule that could forbid a run."""
        return self._permits_all and assignment.run_as is None

    async def _refusal(self, assignment: Assignment) -> str | None:
        """Return why the worker's owner does not permit a run, and what to do."""
        if self._is_permitted(assignment):
            return None
        rules = self._settings.rules
        folder = assignment.working_directory
        real = await asyncio.to_thread(os.path.realpath, folder) if folder is not None else None
        reason = refusal(rules, assignment, real_directory=real, own_user=self._users.own)
        if reason is None:
            return None
        return (
            f"worker {self._settings.worker_id} does not run this: {reason}. Change the task, choose another worker by "
            "its labels, or ask the owner of this one to permit it"
        )

    async def _begin(self, assignment: Assignment) -> None:
        """Report the start.

        A later attempt waits until the broker has the report: the former one may have ended its worker, and the losses
        of attempts that began are counted.
        """
        ref = assignment.ref
        if not self._is_permitted(assignment):
            self._spool.began([BegunAttempt(ref, time.time())])
        if ref.attempt == 1:
            self._reporter.started(ref)
        else:
            await asyncio.wait([self._reporter.started_and_sent(ref)], timeout=_START_FIRST_SECONDS)

    def _attempt(self, assignment: Assignment, output: OutputCapture, user: RunUser | None) -> Attempt:
        ref = assignment.ref
        settings = self._settings
        sent = None
        if assignment.secrets:
            sent = SentSecrets(assignment, worker_id=settings.worker_id, secret=settings.delivery_secret)
        return Attempt(
            assignment=assignment,
            worker_id=settings.worker_id,
            output=output,
            secrets=AttemptSecrets(settings.secrets, output, task_folder=assignment.folder, sent=sent),
            rules=settings.rules,
            processes=AttemptProcesses(self._processes, ref, output, user=user),
            attempts_folder=self._attempts_folder,
            cancelled=self._cancellations[ref],
            kill_grace=settings.kill_grace,
        )

    def _report(
        self,
        ref: AttemptRef,
        result: AttemptResult,
        *,
        survivors: Sequence[SurvivingProcess] = (),
        traceparent: str | None = None,
    ) -> None:
        # The result of a revoked attempt counts for nothing, but its report names processes that could not be ended.
        if ref in self._revoked and not survivors:
            self._held.acknowledge(ref)
            self._spool.acknowledged([ref])
            return
        if survivors:
            self._survivors.add(ref, survivors)
        end = AttemptEnd(
            run_id=ref.run_id,
            attempt=ref.attempt,
            result=result,
            survivors=[one.pid for one in survivors],
            surviving=list(survivors),
            traceparent=traceparent,
        )
        self._reporter.finished(end)

    async def _wind_down(self) -> None:
        """Announce it, return what has not begun, let the rest end, and return what does not end in time."""
        log.info("the worker drains", running=len(self._running), waiting=len(self._waiting))
        self._heartbeats.state = WorkerState.DRAINING
        self._heartbeats.request()
        lingering = asyncio.create_task(asyncio.sleep(self._settings.linger.total_seconds()), name="linger")
        while self._waiting:
            self._return(self._waiting.popleft().ref)
        if self._running:
            try:
                async with asyncio.timeout(self._settings.drain_timeout.total_seconds()):
                    await self._is_empty.wait()
            except TimeoutError:
                self._returned.update(self._running)
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
        await self._heartbeats.send()

    async def _end_all(self) -> None:
        self._waiting.clear()
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)


def _without_secrets(result: AttemptResult, output: OutputCapture) -> AttemptResult:
    """Return a result with the attempt's secrets replaced; a JSON output that would break is left out, and said so."""
    if not output.has_secrets:
        return result
    error = None if result.error is None else output.masked(result.error)
    kept = result.output
    if kept is not None and output.masked(kept) != kept:
        kept = output.masked(kept)
        try:
            json.loads(kept)
        except ValueError:
            output.write(LogStream.STDERR, f"taskdeck: {_NOT_KEPT}\n".encode())
            return replace(result, error=error, output=None).with_reason(_NOT_KEPT)
    return replace(result, error=error, output=kept)
