"""Edges that are met: statements for the dispatcher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.of_task import newest_first, runs_of
from backend.runs.upstream_conditions import satisfied_sql
from shared.enums import DependencyCondition

MOST_BLOCKED = 100

# Of the tasks asked about, and of those that wait for one of them, which have edges: from the primary key and the index
# task_dependencies_upstream. Most tasks have none, and each run's end asks.
AFFECTED = text(
    """
    select task_id from task_dependencies where task_id = any(cast(:task_ids as bigint[]))
    union
    select task_id from task_dependencies where upstream_id = any(cast(:task_ids as bigint[]))
    """
)

# The edges of each task, and the newest upstream run that satisfies the edge and has not been consumed (one probe of
# runs_by_task an edge).
EDGES = text(
    f"""
    select d.task_id, d.upstream_id, d.condition, d.period as window_name, r.id as run_id, r.completed_at,
        t.id, t.name, t.schedule, t.timezone, t.starts_at, t.ends_at, t.calendar_policy, t.blackouts,
        t.jitter_seconds, t.misfire_policy, t.next_occurrence_at, t.schedule_since,
        c.dates as calendar_dates, c.weekdays as calendar_weekdays,
        t.status, t.version, t.priority, t.task_type, t.worker_labels, t.max_concurrency, t.concurrency_group,
        t.distribution, t.queue_timeout_seconds, t.overlap_policy
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

# The first blocked runs of each task, from the index runs_waiting_by_task.
BLOCKED = text(
    """
    select r.* from unnest(cast(:task_ids as bigint[])) as t (task_id)
    cross join lateral (
        select id, task_id, trigger, scheduled_for, ignores_limits from runs
        where task_id = t.task_id and status = 'blocked' order by id limit :most
    ) r order by r.task_id, r.id
    """
)

# The newest run of each occurrence in a period, from the index runs_by_occurrence.
PERIODS = text(
    f"""
    select p.run_id, p.upstream_id, o.made, o.met, o.newest, o.completed_at
    from unnest(
        cast(:run_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:conditions as text[]),
        cast(:sinces as timestamptz[]), cast(:untils as timestamptz[])
    ) as p (run_id, upstream_id, condition, since, until)
    cross join lateral (
        select count(*) as made, max(id) as newest, max(completed_at) as completed_at,
            coalesce(array_agg(scheduled_for) filter (
                where {satisfied_sql(condition="p.condition", status="status")}), '{{}}') as met
        from (
            select distinct on (scheduled_for) scheduled_for, id, status, completed_at from runs
            where task_id = p.upstream_id and scheduled_for >= p.since and scheduled_for < p.until
                and fan_out_run_id is null
            order by scheduled_for, id desc
        ) newest_of_each
    ) o
    """  # noqa: S608
)

CONSUME = text(
    """
    update task_dependencies d set consumed_run_id = c.run_id
    from unnest(cast(:task_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:run_ids as bigint[]))
        as c (task_id, upstream_id, run_id)
    where d.task_id = c.task_id and d.upstream_id = c.upstream_id and d.consumed_run_id < c.run_id
    """
)

TASKS_WITH_EDGES = text("select distinct task_id from task_dependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPeriod:
    """An edge that asks its condition of every upstream occurrence from `since` to before `until`."""

    run_id: int
    upstream_id: int
    condition: DependencyCondition
    since: datetime
    until: datetime


async def affected_tasks(connection: AsyncConnection, task_ids: Sequence[int]) -> list[int]:
    """Return which of the tasks given, and of those that wait for one of them, wait for others."""
    return list((await connection.execute(AFFECTED, {"task_ids": list(task_ids)})).scalars())


async def edges_of(connection: AsyncConnection, task_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return the edges into the tasks given, in order of task."""
    return (await connection.execute(EDGES, {"task_ids": list(task_ids)})).mappings().all()


async def blocked_runs(connection: AsyncConnection, task_ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    """Return the first blocked runs of each task, oldest first."""
    found: dict[int, list[RowMapping]] = {}
    rows = await connection.execute(BLOCKED, {"task_ids": list(task_ids), "most": MOST_BLOCKED})
    for row in rows.mappings():
        found.setdefault(row["task_id"], []).append(row)
    return found


async def periods(connection: AsyncConnection, asked: Sequence[AskedPeriod]) -> Mapping[tuple[int, int], RowMapping]:
    """Return, by (blocked run, upstream), what is known of the upstream's occurrences of a period."""
    if not asked:
        return {}
    rows = await connection.execute(
        PERIODS,
        {
            "run_ids": [one.run_id for one in asked],
            "upstream_ids": [one.upstream_id for one in asked],
            "conditions": [one.condition for one in asked],
            "sinces": [one.since for one in asked],
            "untils": [one.until for one in asked],
        },
    )
    return {(row["run_id"], row["upstream_id"]): row for row in rows.mappings()}


async def consume(connection: AsyncConnection, consumed: Sequence[tuple[int, int, int]]) -> None:
    """Remember the upstream runs that were used up, given as (task, upstream, run)."""
    await connection.execute(
        CONSUME,
        {
            "task_ids": [task for task, _, _ in consumed],
            "upstream_ids": [upstream for _, upstream, _ in consumed],
            "run_ids": [run for _, _, run in consumed],
        },
    )


async def tasks_with_edges(connection: AsyncConnection) -> list[int]:
    """Return the tasks that wait for others."""
    return list((await connection.execute(TASKS_WITH_EDGES)).scalars())
