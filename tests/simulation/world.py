"""One simulation: a plan is played in virtual time, and what happened is kept for the promises."""

import asyncio
import gc
import json
import random
import shutil
import tempfile
import traceback
import zlib
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import structlog

from backend.alerts.channels import put_channel
from backend.alerts.rules import put_rule
from backend.broker.messages import REPORTS, AttemptEnd, AttemptResult, AttemptStarted, Ending, WorkerReport
from backend.broker.queues import HEARTBEAT_QUEUE, LOG_QUEUE, REPORT_QUEUE, worker_queue
from backend.context import Actor
from backend.runs.cancel import cancel
from backend.runs.concurrency_groups import put_concurrency_group
from backend.runs.retry import retry
from backend.runs.trigger import trigger
from backend.settings import Settings
from backend.tasks.change import pause_task, resume_task
from backend.tasks.create import create_task
from shared.errors import TaskdeckError
from shared.models.alert import AlertGrouping, ChannelFields, ChannelKind, RuleFields
from shared.models.concurrency_group import ConcurrencyGroupFields
from shared.models.task import Dependency, TaskFields
from shared.models.trigger import RetryDefinition, TriggerRequest
from tests.simulation.admin import Admin
from tests.simulation.clock import VirtualClock, virtual_time
from tests.simulation.database import Tables, spool_root
from tests.simulation.executor import Executions, SimulatedExecutor
from tests.simulation.loop import VirtualLoop
from tests.simulation.network import Network, Weather
from tests.simulation.parts import HEARTBEAT, Part, Replica, WorkerProcess, sealed, start
from tests.simulation.plan import GROUP, TROUBLE_SECONDS, Fault, Plan, Step, UserAction
from tests.simulation.process import PROCESS, Process, outside
from tests.simulation.wire import Wire

USER = Actor(1, "sim")
ALERTS = "failures"
_CALM_SECONDS = 11.0
"""Between the end of all trouble and the pause of the schedules: the schedule loop reads the clock every ten, and a
replica may have been away until the end."""
_DRAIN_SECONDS = 150.0
"""Virtual time after which a run that has not ended waits for ever."""
_BROKER_NOTICES_SECONDS = 6.0
"""How long until the broker closes the connection of a stopped process: three AMQP heartbeats."""
_SERVER_NOTICES_SECONDS = 10.0
"""How long a silent connection keeps a transaction open: `idle_in_transaction_session_timeout`."""

_FORGED_EVERY_SECONDS = 0.25


@dataclass(slots=True)
class Record:
    """What happened, in the words of the checks."""

    plan: Plan
    executions: Executions
    task_ids: dict[int, int] = field(default_factory=dict)
    """The id of each task of the plan, by its number."""
    triggered: list[int] = field(default_factory=list)
    """Runs whose creation a user was told of."""
    poisoned_tasks: set[int] = field(default_factory=set)
    paused_tasks: set[int] = field(default_factory=set)
    """Tasks that a user paused for a while."""
    created_at: datetime | None = None
    paused_at: datetime | None = None
    history: list[Any] = field(default_factory=list)
    runs: list[Any] = field(default_factory=list)
    edges: list[Any] = field(default_factory=list)
    ended_counts: dict[str, float] = field(default_factory=dict)
    """Ended runs by status, as the metrics count them."""
    told_failures: int = 0
    """Failures that ended and open alerts count."""
    errors: list[str] = field(default_factory=list)
    """What was logged as an error by a process that lived, or never awaited."""
    lines: list[str] = field(default_factory=list)
    """The trace."""
    digest: int = 0
    elapsed: float = 0.0


class World:
    """The parts of one simulation."""

    def __init__(self, plan: Plan, *, url: str, admin: Admin, folder: Path, keeps_trace: bool) -> None:
        self.plan = plan
        self.clock = VirtualClock()
        self.wire = Wire(self.clock, admin)
        self.record = Record(plan, Executions(self.clock, plan.seed))
        self._admin = admin
        self._keeps_trace = keeps_trace
        self._network = Network(Random(f"{plan.seed}/network"), self._trace)
        self._folder = folder
        self._executor = SimulatedExecutor(self.record.executions)
        self._settings = Settings(
            database_url=url,
            broker_url=None,
            database_pool_size=3,
            heartbeat_interval_seconds=HEARTBEAT.total_seconds(),
            heartbeat_timeout_seconds=4,
            assignment_expiry_seconds=2,
            reported_attempt_seconds=15,
            kill_grace_seconds=1,
            alert_interval_seconds=1,
        )
        self.work_seconds = self._network.work_seconds
        self._parts: dict[str, Part] = {}
        self._sent_by_stranger = 0
        self._crashes: dict[Process, tuple[str, int]] = {}
        self._background: set[asyncio.Task[Any]] = set()
        self.wire.trace = self._trace
        self.wire.latency = self._network.database_latency
        self.wire.on_statement = self._crashes_now

    def _trace(self, line: str) -> None:
        line = f"{self.clock.elapsed:.6f} {line}"
        self.record.digest = zlib.crc32(line.encode(), self.record.digest)
        if self._keeps_trace:
            self.record.lines.append(line)

    def log(self, _logger: Any, level: str, event: MutableMapping[str, Any]) -> str:
        """Keep errors of processes that live."""
        process = PROCESS.get()
        name = process.name if process is not None else "simulation"
        words = ", ".join(f"{key}={_words(value)}" for key, value in event.items() if key != "event")
        line = f"{name}: {event['event']} {words}"
        if self._keeps_trace:
            self.record.lines.append(f"{self.clock.elapsed:.6f} [{level}] {line}")
        if level in ("error", "critical") and (process is None or not process.is_dead):
            self.record.errors.append(line)
        raise structlog.DropEvent

    # the parts

    def _start(self, name: str) -> None:
        part: Part
        if name.startswith("replica"):
            part = Replica(name, settings=self._settings, network=self._network, executor=self._executor)
        else:
            part = WorkerProcess(
                name,
                settings=self._settings,
                network=self._network,
                executor=self._executor,
                slots=self.plan.slots,
                folder=self._folder,
            )
        process = part.process
        process.on_kill = [part.broker.cut, partial(self.wire.cut, process)]
        self._parts[name] = part
        self._trace(f"{name} starts")
        start(part)

    def _in_background(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine, context=outside())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _kill(self, name: str) -> None:
        self._trace(f"{name} is killed")
        await self._parts[name].process.kill()

    def _silence(self, process: Process) -> None:
        for pid in self.wire.pids(process):
            self._admin.fetch(
                "insert into sim.silent values ($1, $2) on conflict (pid) do nothing", pid, self.clock.wall
            )

    def _listen_again(self, process: Process) -> None:
        pids = self.wire.pids(process)
        if pids:
            self._admin.fetch("delete from sim.silent where pid = any($1)", pids)
        self.wire.heal(process)

    def _end_idle_transactions(self, process: Process) -> None:
        self._admin.fetch(
            "select pg_catalog.pg_terminate_backend(pid, 2000) from pg_catalog.pg_stat_activity "
            "where pid = any($1) and state like 'idle in transaction%'",
            self.wire.pids(process),
        )
        self.wire.notice_terminated()

    # faults

    def _crashes_now(self, process: Process, moment: str) -> bool:
        planned = self._crashes.get(process)
        if planned is None or process.is_dead or planned[0] != moment or process.statements < planned[1]:
            return False
        del self._crashes[process]
        process.is_stopped = True
        self._in_background(self._crash(process))
        return True

    async def _crash(self, process: Process) -> None:
        await self._kill(process.name)
        await asyncio.sleep(2.0)
        self._restart(process.name)

    def _restart(self, name: str) -> None:
        if self._parts[name].process.is_dead:
            self._start(name)

    async def _do(self, step: Step) -> None:
        names = sorted(self._parts)
        replicas = [name for name in names if name.startswith("replica")]
        name = names[step.part % len(names)]
        replica = replicas[step.part % len(replicas)]
        self._trace(f"{step.what} ({name}, {replica}, {step.seconds:.3f} s)")
        match step.what:
            case UserAction.TRIGGER:
                await self._trigger(step)
            case UserAction.CANCEL:
                await self._cancel(step)
            case UserAction.RETRY:
                await self._retry(step)
            case UserAction.PAUSE:
                await self._pause_for_a_while(step)
            case Fault.KILL:
                await self._kill(name)
                await asyncio.sleep(step.seconds)
                self._restart(name)
            case Fault.STOP:
                await self._stop(self._parts[name], step.seconds)
            case Fault.CRASH_BEFORE | Fault.CRASH_AFTER:
                process = self._parts[replica].process
                moment = "sent" if step.what is Fault.CRASH_BEFORE else "answered"
                self._crashes[process] = moment, process.statements + 1 + int(step.chance * 60)
            case Fault.CUT_BROKER:
                broker = self._parts[name].broker
                broker.cut()
                await asyncio.sleep(step.seconds)
                broker.heal()
            case Fault.CUT_DATABASE:
                await self._cut_database(self._parts[replica].process, step.seconds)
            case Fault.RESTART_DATABASE:
                self.wire.cut(None)
            case Fault.RESTART_BROKER:
                brokers = [part.broker for part in self._parts.values()]
                for broker in brokers:
                    broker.cut()
                await asyncio.sleep(min(step.seconds, 3.0))
                for broker in brokers:
                    broker.heal()
            case Fault.CLOCK:
                self.clock.shift += timedelta(seconds=step.seconds * 5 * (1 if step.chance < 0.5 else -1))
            case Fault.POISON:
                await self._poison(step)
            case Fault.FORGE:
                until = self.clock.elapsed + step.seconds
                while self.clock.elapsed < until:
                    await self._forge_reports(step)
                    await asyncio.sleep(_FORGED_EVERY_SECONDS)

    async def _stop(self, part: Part, seconds: float) -> None:
        process = part.process
        if process.is_dead or process.is_stopped:
            return
        process.stop()
        self._silence(process)
        self._at(_BROKER_NOTICES_SECONDS, lambda: part.broker.cut() if process.is_stopped else None)
        self._at(_SERVER_NOTICES_SECONDS, lambda: self._end_idle_transactions(process) if process.is_stopped else None)
        await asyncio.sleep(seconds)
        if not process.is_dead:
            process.resume()
            self._listen_again(process)
            part.broker.heal()

    async def _cut_database(self, process: Process, seconds: float) -> None:
        if process.is_dead or process.is_stopped or process.database_is_cut:
            return
        process.database_is_cut = True
        self._silence(process)
        self._at(
            _SERVER_NOTICES_SECONDS,
            lambda: self._end_idle_transactions(process) if process.database_is_cut else None,
        )
        await asyncio.sleep(seconds)
        if not process.is_dead:
            self._listen_again(process)

    def _at(self, seconds: float, act: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(seconds, act)

    async def _poison(self, step: Step) -> None:
        send = self._network.broker.send
        kind = int(step.chance * 5)
        if kind == 0:
            for queue in (REPORT_QUEUE, LOG_QUEUE, HEARTBEAT_QUEUE):
                await send(queue.name, b"\xff{", durable=True)
        elif kind == 1:
            await self._send_as_stranger(HEARTBEAT_QUEUE.name, _HEARTBEAT_WITH_NUL)
        elif kind == 2:
            unknown = AttemptEnd(run_id=2**62, attempt=1, result=AttemptResult(ending=Ending.SUCCEEDED))
            unstorable = AttemptEnd(run_id=1, attempt=2**40, result=AttemptResult(ending=Ending.SUCCEEDED))
            report = WorkerReport(worker_id="stranger", incarnation="1", finished=[unknown, unstorable])
            await self._send_as_stranger(REPORT_QUEUE.name, REPORTS.encode(report))
        elif kind == 3 and self.record.task_ids:
            ids = [self.record.task_ids[number] for number in sorted(self.record.task_ids)]
            task_id = ids[step.part % len(ids)]
            self.record.poisoned_tasks.add(task_id)
            self._admin.fetch("update public.tasks set timezone = 'Mars/Phobos' where id = $1", task_id)
        else:
            await send(worker_queue("worker-0").name, b'{"kind":"assign","assignments":[{}]}')

    async def _forge_reports(self, step: Step) -> None:
        """Send starts and ends by a worker that the run was not assigned to, of its attempt or of the former one."""
        rows = self._admin.fetch("select id, attempt from public.runs where status in ('dispatched', 'running')")
        ends = [
            AttemptEnd(
                run_id=row["id"],
                attempt=row["attempt"] - (1 if step.part % 2 else 0),
                result=AttemptResult(ending=Ending.SUCCEEDED, exit_code=77),
            )
            for row in rows
        ]
        starts = [AttemptStarted(run_id=row["id"], attempt=row["attempt"], ago_ms=0) for row in rows]
        if rows:
            report = WorkerReport(worker_id="stranger", incarnation="1", started=starts)
            await self._send_as_stranger(REPORT_QUEUE.name, REPORTS.encode(report))
            report = WorkerReport(worker_id="stranger", incarnation="1", finished=ends)
            await self._send_as_stranger(REPORT_QUEUE.name, REPORTS.encode(report))

    async def _send_as_stranger(self, queue: str, body: bytes) -> None:
        """Send a message of a worker that has a key, and says what it likes."""
        self._sent_by_stranger += 1
        headers = sealed(queue, body, "stranger", number=self._sent_by_stranger)
        await self._network.broker.send(queue, body, durable=queue == REPORT_QUEUE.name, headers=headers)

    # users

    def _live_replica(self, part: int) -> Replica | None:
        live = [
            one
            for name, one in sorted(self._parts.items())
            if isinstance(one, Replica) and not one.process.is_dead and not one.process.is_stopped
        ]
        return live[part % len(live)] if live else None

    async def _call(self, replica: Replica, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Return what a use case returns in a replica; None where it failed, or the replica was killed."""
        call = replica.process.start(coroutine)
        await asyncio.wait([call])
        if call.cancelled():
            return None
        error = call.exception()
        if error is None:
            return call.result()
        if not isinstance(error, TaskdeckError | ConnectionError):
            raise error
        return None

    async def _trigger(self, step: Step) -> None:
        replica = self._live_replica(step.part)
        ids = [self.record.task_ids[number] for number in sorted(self.record.task_ids)]
        if replica is None or not ids:
            return
        task_id = ids[int(step.chance * len(ids))]
        run = await self._call(replica, trigger(replica.context, task_id, TriggerRequest(), actor=USER))
        if run is not None:
            self.record.triggered.append(run.id)

    async def _cancel(self, step: Step) -> None:
        replica = self._live_replica(step.part)
        if replica is None or not self.record.triggered:
            return
        run_id = self.record.triggered[int(step.chance * len(self.record.triggered))]
        await self._call(replica, cancel(replica.context, [run_id], actor=USER))

    async def _retry(self, step: Step) -> None:
        replica = self._live_replica(step.part)
        if replica is None or not self.record.triggered:
            return
        run_id = self.record.triggered[int(step.chance * len(self.record.triggered))]
        again = retry(replica.context, run_id, definition=RetryDefinition.CURRENT, actor=USER)
        run = await self._call(replica, again)
        if run is not None:
            self.record.triggered.append(run.id)

    async def _pause_for_a_while(self, step: Step) -> None:
        ids = [self.record.task_ids[number] for number in sorted(self.record.task_ids)]
        if not ids:
            return
        task_id = ids[step.part % len(ids)]
        self.record.paused_tasks.add(task_id)
        await self._change_until_done(task_id, pause_task)
        await asyncio.sleep(step.seconds)
        await self._change_until_done(task_id, resume_task)

    async def _change_until_done(self, task_id: int, change: Callable[..., Coroutine[Any, Any, Any]]) -> None:
        """Repeat a change of a task as a user would who gets no answer."""
        while True:
            replica = self._live_replica(0)
            if (
                replica is not None
                and await self._call(replica, change(replica.context, task_id, actor=USER)) is not None
            ):
                return
            await asyncio.sleep(0.5)

    async def _create_tasks(self) -> None:
        replica = self._live_replica(0)
        assert replica is not None
        await self._call(
            replica, put_channel(replica.context, ALERTS, ChannelFields(kind=ChannelKind.CONSOLE), actor=USER)
        )
        rule = RuleFields(channels=[ALERTS], group_by=AlertGrouping.RULE, remind_after_seconds=10)
        assert await self._call(replica, put_rule(replica.context, ALERTS, rule, actor=USER)) is not None
        group = ConcurrencyGroupFields(max_concurrency=self.plan.group_limit)
        await self._call(replica, put_concurrency_group(replica.context, GROUP, group, actor=USER))
        for number, task in enumerate(self.plan.tasks):
            edges = [Dependency(task_id=self.record.task_ids[task.upstream])] if task.upstream is not None else []
            fields = TaskFields(**task.fields, depends_on=edges)
            created = await self._call(replica, create_task(replica.context, fields, actor=USER))
            assert created is not None
            self.record.task_ids[number] = created.id
        self.record.created_at = self.clock.wall

    async def _pause(self) -> None:
        for number, task in enumerate(self.plan.tasks):
            task_id = self.record.task_ids[number]
            if task.every is None or task_id in self.record.poisoned_tasks:
                continue
            for _ in range(20):
                replica = self._live_replica(0)
                assert replica is not None
                if await self._call(replica, pause_task(replica.context, task_id, actor=USER)) is not None:
                    break
                await asyncio.sleep(0.5)
            else:
                raise AssertionError(f"task {task_id} cannot be paused")
        self.record.paused_at = self.clock.wall

    # the play

    async def play(self) -> None:
        """Play the plan to its end."""
        await self._network.broker.start(timeout=timedelta())
        for number in range(self.plan.replicas):
            self._start(f"replica-{number}")
        for number in range(self.plan.workers):
            self._start(f"worker-{number}")
        await asyncio.sleep(0.5)
        await self._create_tasks()
        self._network.weather = self.plan.weather
        began = self.clock.elapsed
        for step in self.plan.steps:
            await asyncio.sleep(max(0.0, began + step.at - self.clock.elapsed))
            self._in_background(self._do(step))
        await asyncio.sleep(max(0.0, began + TROUBLE_SECONDS - self.clock.elapsed))
        await self._heal()
        await asyncio.sleep(_CALM_SECONDS)
        await self._pause()
        await self._drain()
        for name in sorted(self._parts):
            await self._parts[name].process.kill()
        self.record.errors += [f"not awaited: {context}" for context in self.wire.unhandled]
        self.record.elapsed = self.clock.elapsed

    async def _heal(self) -> None:
        """End all trouble: what is stopped continues, what was killed starts, the network is good."""
        self._trace("healed")
        self._network.weather = Weather()
        self._crashes.clear()
        while self._background:
            await asyncio.wait(self._background)
        for name in sorted(self._parts):
            self._restart(name)

    async def _drain(self) -> None:
        """Return when every run has ended, or never will."""
        until = self.clock.elapsed + _DRAIN_SECONDS
        quiet = 0
        while quiet < 2 and self.clock.elapsed < until:
            await asyncio.sleep(0.5)
            waiting = self._admin.fetch(_UNFINISHED)
            quiet = 0 if waiting else quiet + 1


def _words(value: object) -> str:
    return "".join(traceback.format_exception(value)) if isinstance(value, BaseException) else repr(value)


_UNFINISHED = (
    "select from public.runs where status not in ('succeeded', 'failed', 'timed_out', 'cancelled', 'skipped')"
    " union all select from public.outcomes_to_examine limit 1"
)
_TOLD = (
    "select count as failures from public.alerts where message = 'recovery'"
    " union all select total from public.open_alerts"
)
_ENDED = """
    select label, sum(value) as value from public.metric_counts where kind = 'runs_ended' group by label order by label
"""
_HEARTBEAT_WITH_NUL = json.dumps(
    {
        "worker_id": "stranger",
        "incarnation": "1",
        "sequence": 1,
        "state": "online",
        "hostname": "h\x00",
        "version": "1",
        "task_types": ["*"],
        "labels": {},
        "slots": 1,
        "held": [],
        "active_count": 0,
    }
).encode()


def simulate(plan: Plan, *, url: str, admin: Admin, tables: Tables, keeps_trace: bool = False) -> Record:
    """Play a plan on an empty database and return what happened."""
    tables.reset()
    random.seed(plan.seed)
    folder = Path(tempfile.mkdtemp(prefix="taskdeck-simulation-", dir=spool_root()))
    world = World(plan, url=url, admin=admin, folder=folder, keeps_trace=keeps_trace)
    structlog.configure(
        processors=[world.log],
        wrapper_class=structlog.make_filtering_bound_logger("info" if keeps_trace else "warning"),
        cache_logger_on_first_use=False,
    )
    loop = VirtualLoop(world.clock, world.wire)
    loop.work_seconds = world.work_seconds
    # What the collector finds closes connections, at a time that no seed decides.
    gc.collect()
    gc.disable()
    try:
        with virtual_time(world.clock):
            asyncio.set_event_loop(loop)
            loop.run_until_complete(world.play())
    except BaseException as error:
        error.add_note("\n".join(world.record.lines[-60:]))
        raise
    finally:
        asyncio.set_event_loop(None)
        loop.close()
        gc.enable()
        shutil.rmtree(folder, ignore_errors=True)
    record = world.record
    record.history = list(admin.fetch("select * from sim.history order by number"))
    record.runs = list(admin.fetch("select * from public.runs order by id"))
    if keeps_trace:
        record.lines += [f"stored: {dict(row)}" for row in record.history]
    record.told_failures = sum(row["failures"] for row in admin.fetch(_TOLD))
    record.ended_counts = {row["label"]: row["value"] for row in admin.fetch(_ENDED)}
    record.edges = list(admin.fetch("select * from public.task_dependencies"))
    return record
