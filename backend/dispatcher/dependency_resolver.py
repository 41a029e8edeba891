"""Starts tasks whose upstream tasks have run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs.create import NewRun, insert_runs
from backend.runs.limits import Hold
from backend.runs.model import RunChange
from backend.runs.outbox import publish
from backend.runs.template import RunTemplate
from backend.runs.upstreams import Unblocked, UsedUpstream, record_upstreams, unblock
from backend.scheduling import due as timing
from backend.scheduling.facts import schedule_facts
from backend.tasks import dependency_rows as store
from backend.tasks.dependency_conditions import DependenciesMet, Edge, decide_dependencies, decide_period
from backend.tasks.dependency_rows import AskedPeriod
from shared.enums import DependencyCondition, DependencyWindow, OverlapPolicy, RunTrigger, TaskStatus

_SWEEP_SECONDS = 60.0
_MICROSECOND = timedelta(microseconds=1)
_MOST_EXPECTED = 10_000


@dataclass(slots=True)
class _Plan:
    """What a look at some tasks comes to; `dependent` goes with `new_runs`."""

    new_runs: list[NewRun] = field(default_factory=list)
    dependent: list[DependenciesMet] = field(default_factory=list)
    unblocked: list[Unblocked] = field(default_factory=list)
    consumed: list[tuple[int, int, int]] = field(default_factory=list)
    used: list[UsedUpstream] = field(default_factory=list)


class DependencyResolver:
    """Looks at the edges around each task that ended a run or got an occurrence."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver({WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED})
        self._context = context
        self._session = session

    async def run(self) -> None:
        """Resolve until cancelled."""
        while True:
            wake = await self.wakes.wait(timeout_seconds=_SWEEP_SECONDS)
            while await self._resolve(wake):
                pass

    async def _resolve(self, wake: Wake) -> bool:
        """Start what may go; return whether anything did, so that one more may wait behind it."""
        async with self._session.statements() as connection:
            if wake.has(WakeReason.ALL_TASKS_CHANGED) or not wake:
                task_ids = await store.tasks_with_edges(connection)
            else:
                task_ids = await store.affected_tasks(connection, sorted(wake.task_ids))
        if not task_ids:
            return False
        async with self._session.transaction() as connection:
            rows = await store.edges_of(connection, task_ids)
            tasks = {task_id: list(group) for task_id, group in groupby(rows, key=lambda row: row["task_id"])}
            if not tasks:
                return False
            blocked = await store.blocked_runs(connection, list(tasks))
            asked = self._asked_periods(tasks, blocked)
            periods = await self._read_periods(connection, asked) if asked else {}
            plan = _Plan()
            for task_id, edges in tasks.items():
                if edges[0]["status"] == TaskStatus.ACTIVE or blocked.get(task_id):
                    _plan_task(plan, edges, blocked.get(task_id, []), periods)
            if not plan.consumed:
                return False
            await store.consume(connection, plan.consumed)
            if plan.unblocked:
                await unblock(connection, plan.unblocked)
            created: list[RunChange] = []
            if plan.new_runs:
                created = await insert_runs(connection, plan.new_runs, aging=self._context.settings.priority_aging)
                for change, met in zip(created, plan.dependent, strict=True):
                    plan.used += [
                        UsedUpstream(change.run.id, upstream_id, run_id) for upstream_id, run_id in met.consumed
                    ]
            await record_upstreams(connection, plan.used)
        publish(self._context, created)
        self._context.signals.wake(
            WakeReason.RUNS_READY,
            WakeReason.FAN_OUT_READY,
            task_ids={task_id for task_id, _, _ in plan.consumed},
        )
        return True

    async def _read_periods(
        self, connection: AsyncConnection, asked: Sequence[AskedPeriod]
    ) -> dict[tuple[int, int], Edge]:
        """Return the edges of blocked runs that every occurrence of their period satisfies."""
        upstreams = {
            row["id"]: schedule_facts(row, misfire_grace=self._context.settings.misfire_grace)
            for row in await timing.read_timed_tasks(connection, sorted({one.upstream_id for one in asked}))
            if row["schedule"] is not None
        }
        found = await store.periods(connection, asked)
        edges = {}
        for one in asked:
            row = found[one.run_id, one.upstream_id]
            facts = upstreams.get(one.upstream_id)
            expected: set[datetime] = set()
            if facts is not None and not facts.timing.follows_last_run:
                begin = max(one.since, facts.since or one.since) - _MICROSECOND
                for at in islice(facts.timing.iterate(begin), _MOST_EXPECTED):
                    if at >= one.until:
                        break
                    expected.add(at)
            if decide_period(expected=expected, made=row["made"], met=set(row["met"])):
                edges[one.run_id, one.upstream_id] = Edge(one.upstream_id, row["newest"], row["completed_at"])
        return edges

    def _asked_periods(
        self, tasks: Mapping[int, Sequence[RowMapping]], blocked: Mapping[int, Sequence[RowMapping]]
    ) -> list[AskedPeriod]:
        """Return the periods of blocked occurrences: from the task's last occurrence before to their own time."""
        asked = []
        for task_id, edges in tasks.items():
            with_period = [edge for edge in edges if edge["window_name"] == DependencyWindow.PERIOD]
            if not with_period or edges[0]["schedule"] is None:
                continue
            timing = schedule_facts(edges[0], misfire_grace=self._context.settings.misfire_grace).timing
            for run in blocked.get(task_id, []):
                until: datetime | None = run["scheduled_for"]
                since = timing.last_before(until) if until is not None else None
                if since is None or until is None:
                    continue
                asked += [
                    AskedPeriod(
                        run_id=run["id"],
                        upstream_id=edge["upstream_id"],
                        condition=DependencyCondition(edge["condition"]),
                        since=since,
                        until=until,
                    )
                    for edge in with_period
                ]
        return asked


def _plan_task(
    plan: _Plan,
    edges: Sequence[RowMapping],
    blocked: Sequence[RowMapping],
    periods: Mapping[tuple[int, int], Edge],
) -> None:
    """Let the oldest blocked run go whose edges are met; make a run where nothing waits and nothing schedules it."""
    task = edges[0]
    for run in blocked:
        met = decide_dependencies([_edge(edge, run["id"], periods) for edge in edges])
        if met is None:
            continue
        plan.unblocked.append(Unblocked(run["id"], met.parent_run_id, _hold(task, run)))
        plan.used += [UsedUpstream(run["id"], upstream_id, run_id) for upstream_id, run_id in met.consumed]
        plan.consumed += [(task["task_id"], upstream_id, run_id) for upstream_id, run_id in met.consumed]
        return
    if blocked or task["schedule"] is not None:
        return
    met = decide_dependencies([_edge(edge, None, periods) for edge in edges])
    if met is not None:
        template = RunTemplate.from_row(task, task_id=task["task_id"])
        plan.new_runs.append(template.run(RunTrigger.DEPENDENCY, parent_run_id=met.parent_run_id))
        plan.dependent.append(met)
        plan.consumed += [(task["task_id"], upstream_id, run_id) for upstream_id, run_id in met.consumed]


def _edge(edge: RowMapping, run_id: int | None, periods: Mapping[tuple[int, int], Edge]) -> Edge:
    upstream_id = edge["upstream_id"]
    if edge["window_name"] == DependencyWindow.LATEST:
        return Edge(upstream_id, edge["run_id"], edge["completed_at"])
    found = periods.get((run_id, upstream_id)) if run_id is not None else None
    return found or Edge(upstream_id, None, None)


def _hold(task: RowMapping, run: RowMapping) -> Hold | None:
    """Return what keeps a run that waits no longer for other tasks: an occurrence still waits for its own task."""
    if run["trigger"] == RunTrigger.SCHEDULE and task["overlap_policy"] != OverlapPolicy.ALLOW:
        return Hold.OVERLAP
    return RunTemplate.from_row(task, task_id=task["task_id"]).hold(ignores_limits=run["ignores_limits"])
