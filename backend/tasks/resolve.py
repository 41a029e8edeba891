"""Starts the runs whose upstream tasks have run: what the dispatcher does about dependencies."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.direct_statement import DirectStatement
from backend.faults.model import ITEM_ERRORS, NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.runs.create import NewRun, insert_runs
from backend.runs.limits import Hold
from backend.runs.model import RunChange
from backend.runs.of_task import newest_first, runs_of
from backend.runs.template import TEMPLATE_COLUMNS, RunTemplate, read_template
from backend.runs.upstream_conditions import satisfied_sql
from backend.runs.upstreams import Unblocked, UsedUpstream, record_upstreams, unblock
from backend.scheduling.model import SCHEDULE_COLUMNS, SCHEDULE_WIDTH, ScheduledTask, read_schedule
from backend.scheduling.set_aside import UnreadableSchedule, reason_of
from backend.settings import Settings
from backend.tasks.dependency_conditions import DependenciesMet, Edge, decide_dependencies
from backend.tasks.dependency_periods import AskedPeriod, satisfied_periods
from shared.enums import DependencyCondition, DependencyWindow, OverlapPolicy, RunTrigger, TaskStatus
from shared.schedule.effort import effort_limit

MOST_BLOCKED = 100
"""The oldest so many blocked runs of a task are considered."""

# Which of the tasks, and of those that depend on them, have dependencies: from the primary key and the index
# task_dependencies_upstream. Most tasks have none, and the end of each run asks.
AFFECTED = text(
    """
    select task_id from task_dependencies where task_id = any(cast(:task_ids as bigint[]))
    union
    select task_id from task_dependencies where upstream_id = any(cast(:task_ids as bigint[]))
    """
)

TASKS_WITH_DEPENDENCIES = text("select distinct task_id from task_dependencies")

# The dependencies of each task, each with the newest upstream run that satisfies it and has not been consumed: one
# probe of runs_by_task each.
EDGES = text(
    f"""
    select {SCHEDULE_COLUMNS}, {TEMPLATE_COLUMNS}, t.overlap_policy,
        d.upstream_id, d.condition, d.period, r.id, r.completed_at
    from task_dependencies d
    join tasks t on t.id = d.task_id and t.deleted_at is null
    left join calendars c on c.name = t.calendar
    left join lateral (
        select id, completed_at from runs u
        where {runs_of("d.upstream_id", runs="u", after="d.consumed_run_id")} and fan_out_run_id is null
            and {satisfied_sql(condition="d.condition", status="u.status")}
        order by {newest_first("u")} limit 1
    ) r on true
    where d.task_id = any(cast(:task_ids as bigint[]))
    order by d.task_id, d.upstream_id
    """  # noqa: S608
)

# The oldest blocked runs of each task, from the index runs_waiting_by_task.
BLOCKED = text(
    """
    select r.* from unnest(cast(:task_ids as bigint[])) as t (task_id)
    cross join lateral (
        select task_id, id, trigger, scheduled_for, ignores_limits from runs
        where task_id = t.task_id and status = 'blocked' order by id limit :most
    ) r order by r.task_id, r.id
    """
)

CONSUME = text(
    """
    update task_dependencies d set consumed_run_id = c.run_id
    from unnest(cast(:task_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:run_ids as bigint[]))
        as c (task_id, upstream_id, run_id)
    where d.task_id = c.task_id and d.upstream_id = c.upstream_id and d.consumed_run_id < c.run_id
    """
)


@dataclass(frozen=True, slots=True)
class StoredEdge:
    """A dependency, and the newest upstream run that satisfies it and has not been consumed, if any."""

    upstream_id: int
    condition: DependencyCondition
    window: DependencyWindow
    run_id: int | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentTask:
    """A task with all of its dependencies."""

    task: ScheduledTask
    template: RunTemplate
    overlap_policy: OverlapPolicy
    edges: Sequence[StoredEdge]


_AFFECTED = DirectStatement(AFFECTED)
"""Executed for each batch of runs that ended."""


@dataclass(frozen=True, slots=True)
class BlockedRun:
    """A run that waits for its task's dependencies."""

    id: int
    trigger: RunTrigger
    scheduled_for: datetime | None
    ignores_limits: bool


@dataclass(slots=True)
class _Plan:
    """What a pass does; `dependent` belongs to `new_runs`. `consumed` is given as (task, upstream, run)."""

    new_runs: list[NewRun] = field(default_factory=list)
    dependent: list[DependenciesMet] = field(default_factory=list)
    unblocked: list[Unblocked] = field(default_factory=list)
    consumed: list[tuple[int, int, int]] = field(default_factory=list)
    used: list[UsedUpstream] = field(default_factory=list)


async def affected_tasks(connection: AsyncConnection, task_ids: Collection[int]) -> list[int]:
    """Return which of the tasks, and of those that depend on them, have dependencies."""
    return [task_id for (task_id,) in await _AFFECTED.rows(connection, {"task_ids": sorted(task_ids)})]


async def tasks_with_dependencies(connection: AsyncConnection) -> list[int]:
    """Return the tasks that depend on others."""
    return list((await connection.execute(TASKS_WITH_DEPENDENCIES)).scalars())


async def resolve(connection: AsyncConnection, task_ids: Sequence[int], *, settings: Settings) -> list[RunChange]:
    """Unblock, or create, at most one run of each task whose dependencies are satisfied, and consume their runs."""
    tasks, faults = await _dependent_tasks(connection, task_ids)
    blocked = await _blocked_runs(connection, [one.task.id for one in tasks]) if tasks else {}
    asked, unreadable = await asyncio.to_thread(_asked_periods, tasks, blocked, settings=settings)
    periods, unreadable_upstreams = await satisfied_periods(connection, asked, settings=settings)
    await store_faults(connection, [*faults, *(_fault(one) for one in (*unreadable, *unreadable_upstreams))])
    set_aside_tasks = {one.task_id for one in unreadable}
    tasks = [one for one in tasks if one.task.id not in set_aside_tasks]
    plan = _Plan()
    for one in tasks:
        waiting = blocked.get(one.task.id, [])
        if one.task.status is TaskStatus.ACTIVE or waiting:
            _add(plan, one, waiting, periods)
    if not plan.consumed:
        return []
    await _consume(connection, plan.consumed)
    changes = await unblock(connection, plan.unblocked) if plan.unblocked else []
    if plan.new_runs:
        created = await insert_runs(connection, plan.new_runs, aging=settings.priority_aging)
        for change, met in zip(created, plan.dependent, strict=True):
            plan.used += [UsedUpstream(change.run.id, upstream_id, run_id) for upstream_id, run_id in met.consumed]
        changes += created
    await record_upstreams(connection, plan.used)
    return changes


async def _dependent_tasks(
    connection: AsyncConnection, task_ids: Sequence[int]
) -> tuple[list[DependentTask], list[NewFault]]:
    """Return the tasks with their dependencies, and the faults of those that cannot be read."""
    rows = await connection.execute(EDGES, {"task_ids": list(task_ids)})
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row[0])]
    return read_each(
        groups,
        _dependent_task,
        fault=lambda group, error: _fault(UnreadableSchedule.of_row(group[0], error)),
    )


def _dependent_task(rows: Sequence[Sequence[Any]]) -> DependentTask:
    first = rows[0]
    return DependentTask(
        task=read_schedule(first),
        template=read_template(first[SCHEDULE_WIDTH:]),
        overlap_policy=OverlapPolicy(first[-6]),
        edges=[
            StoredEdge(upstream_id, DependencyCondition(condition), DependencyWindow(window), run_id, ended_at)
            for *_, upstream_id, condition, window, run_id, ended_at in rows
        ],
    )


def _fault(task: UnreadableSchedule) -> NewFault:
    return set_aside(
        "dependencies",
        task.task_id,
        name=f"of task {task.task_name}",
        cause=task.reason,
        next_step=f"Edit {task.task_name}: its schedule, its blackouts and its dependencies. Its runs stay blocked.",
    )


async def _blocked_runs(connection: AsyncConnection, task_ids: Sequence[int]) -> dict[int, list[BlockedRun]]:
    """Return the blocked runs of each task, the oldest first."""
    found: dict[int, list[BlockedRun]] = {}
    rows = await connection.execute(BLOCKED, {"task_ids": list(task_ids), "most": MOST_BLOCKED})
    for task_id, run_id, trigger, scheduled_for, ignores_limits in rows:
        run = BlockedRun(run_id, RunTrigger(trigger), scheduled_for, ignores_limits)
        found.setdefault(task_id, []).append(run)
    return found


async def _consume(connection: AsyncConnection, consumed: Sequence[tuple[int, int, int]]) -> None:
    await connection.execute(
        CONSUME,
        {
            "task_ids": [task for task, _, _ in consumed],
            "upstream_ids": [upstream for _, upstream, _ in consumed],
            "run_ids": [run for _, _, run in consumed],
        },
    )


def _asked_periods(
    tasks: Sequence[DependentTask], blocked: Mapping[int, Sequence[BlockedRun]], *, settings: Settings
) -> tuple[list[AskedPeriod], list[UnreadableSchedule]]:
    """Return the periods of blocked occurrences: each from the task's previous occurrence to its own time."""
    asked: list[AskedPeriod] = []
    unreadable: list[UnreadableSchedule] = []
    for one in tasks:
        try:
            with effort_limit():
                asked += _asked_periods_of(one, blocked.get(one.task.id, []), settings=settings)
        except ITEM_ERRORS as error:
            unreadable.append(UnreadableSchedule(one.task.id, one.task.name, reason_of(error)))
    return asked, unreadable


def _asked_periods_of(one: DependentTask, blocked: Sequence[BlockedRun], *, settings: Settings) -> list[AskedPeriod]:
    edges = [edge for edge in one.edges if edge.window is DependencyWindow.PERIOD]
    if not edges or one.task.schedule is None:
        return []
    timing = one.task.facts(misfire_grace=settings.misfire_grace).timing
    asked = []
    for run in blocked:
        until = run.scheduled_for
        since = timing.last_before(until) if until is not None else None
        if since is None or until is None:
            continue
        asked += [
            AskedPeriod(run_id=run.id, upstream_id=edge.upstream_id, condition=edge.condition, since=since, until=until)
            for edge in edges
        ]
    return asked


def _add(
    plan: _Plan, one: DependentTask, blocked: Sequence[BlockedRun], periods: Mapping[tuple[int, int], Edge]
) -> None:
    """Unblock the oldest run whose dependencies are met; create a run if none waits and no schedule creates it."""
    for run in blocked:
        met = decide_dependencies([_edge(edge, run.id, periods) for edge in one.edges])
        if met is not None:
            plan.unblocked.append(Unblocked(run.id, met.parent_run_id, _hold(one, run)))
            plan.used += [UsedUpstream(run.id, upstream_id, run_id) for upstream_id, run_id in met.consumed]
            plan.consumed += [(one.task.id, upstream_id, run_id) for upstream_id, run_id in met.consumed]
            return
    if blocked or one.task.schedule is not None:
        return
    met = decide_dependencies([_edge(edge, None, periods) for edge in one.edges])
    if met is not None:
        plan.new_runs.append(one.template.run(RunTrigger.DEPENDENCY, parent_run_id=met.parent_run_id))
        plan.dependent.append(met)
        plan.consumed += [(one.task.id, upstream_id, run_id) for upstream_id, run_id in met.consumed]


def _edge(edge: StoredEdge, run_id: int | None, periods: Mapping[tuple[int, int], Edge]) -> Edge:
    if edge.window is DependencyWindow.LATEST:
        return Edge(edge.upstream_id, edge.run_id, edge.completed_at)
    found = periods.get((run_id, edge.upstream_id)) if run_id is not None else None
    return found or Edge(edge.upstream_id, None, None)


def _hold(one: DependentTask, run: BlockedRun) -> Hold | None:
    """Return what an unblocked run waits for next: an occurrence waits for other runs of its task."""
    if run.trigger is RunTrigger.SCHEDULE and one.overlap_policy is not OverlapPolicy.ALLOW:
        return Hold.OVERLAP
    return one.template.hold(ignores_limits=run.ignores_limits)
