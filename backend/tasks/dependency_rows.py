"""Edges that are met: statements for the dispatcher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.of_task import newest_first, runs_of
from shared.enums import DependencyCondition

MOST_BLOCKED = 100

_MEETS = """
    case {condition}
        when 'success' then {status} = 'succeeded'
        when 'failure' then {status} in ('failed', 'timed_out')
        else {status} in ('succeeded', 'failed', 'timed_out', 'cancelled') end
"""

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
            and {_MEETS.format(condition="d.condition", status="u.status")}
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
                where {_MEETS.format(condition="p.condition", status="status")}), '{{}}') as met
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

UNBLOCK = text(
    """
    update runs set status = 'pending', parent_run_id = u.parent_run_id, hold = u.hold,
        released_at = case when u.hold is null and runs.concurrency_group is not null then now() end,
        expires_at = now() + (v.definition ->> 'queue_timeout_seconds')::integer * interval '1 second'
    from unnest(cast(:run_ids as bigint[]), cast(:parents as bigint[]), cast(:holds as text[]))
        as u (run_id, parent_run_id, hold), task_versions v
    where runs.id = u.run_id and runs.status = 'blocked'
        and v.task_id = runs.task_id and v.version = runs.task_version
    returning runs.task_id
    """
)

REMEMBER = text(
    """
    insert into run_upstreams (run_id, upstream_id, upstream_run_id)
    select * from unnest(cast(:run_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:upstream_runs as bigint[]))
    on conflict (run_id, upstream_id) do update set upstream_run_id = excluded.upstream_run_id
    """
)

COPY_UPSTREAMS = text(
    """
    insert into run_upstreams (run_id, upstream_id, upstream_run_id)
    select cast(:to_run as bigint), upstream_id, upstream_run_id from run_upstreams where run_id = :from_run
    """
)

UPSTREAM_RESULTS = text(
    """
    select u.run_id, t.name, u.upstream_run_id, r.status, r.output::text as output
    from run_upstreams u
    join runs r on r.id = u.upstream_run_id
    join tasks t on t.id = u.upstream_id
    where u.run_id = any(cast(:run_ids as bigint[])) order by u.run_id, t.name
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


async def unblock(connection: AsyncConnection, runs: Sequence[tuple[int, int, str | None]]) -> list[int]:
    """Let blocked runs wait for a worker, given as (run, parent run, hold); return their tasks."""
    rows = await connection.execute(
        UNBLOCK,
        {
            "run_ids": [run for run, _, _ in runs],
            "parents": [parent for _, parent, _ in runs],
            "holds": [hold for _, _, hold in runs],
        },
    )
    return list(rows.scalars())


async def remember_upstreams(connection: AsyncConnection, used: Sequence[tuple[int, int, int]]) -> None:
    """Keep which upstream runs a run builds on, given as (run, upstream, upstream run)."""
    await connection.execute(
        REMEMBER,
        {
            "run_ids": [run for run, _, _ in used],
            "upstream_ids": [upstream for _, upstream, _ in used],
            "upstream_runs": [run for _, _, run in used],
        },
    )


async def copy_upstreams(connection: AsyncConnection, *, from_run: int, to_run: int) -> None:
    """Let a run build on the upstream runs of another."""
    await connection.execute(COPY_UPSTREAMS, {"from_run": from_run, "to_run": to_run})


async def upstream_results(connection: AsyncConnection, run_ids: Sequence[int]) -> dict[int, list[RowMapping]]:
    """Return, for each run, its upstream runs: name, upstream_run_id, status, output as JSON text."""
    found: dict[int, list[RowMapping]] = {}
    for row in (await connection.execute(UPSTREAM_RESULTS, {"run_ids": list(run_ids)})).mappings():
        found.setdefault(row["run_id"], []).append(row)
    return found


async def tasks_with_edges(connection: AsyncConnection) -> list[int]:
    """Return the tasks that wait for others."""
    return list((await connection.execute(TASKS_WITH_EDGES)).scalars())
