"""Groups of runs: statements for the dispatcher."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.fan_out_plan import GroupOutcome
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from backend.runs.outcomes import EXAMINE

# Runs that were let through and stand for a group, from the index runs_expanding.
TO_EXPAND = text(
    """
    select r.id, r.task_id, r.task_version, r.distribution, r.placement, r.priority, r.scheduled_for, r.arguments,
        r.environment, r.ignores_limits, r.concurrency_group, (v.definition ->> 'shard_count')::integer as shard_count,
        t.max_concurrency, t.queue_timeout_seconds
    from runs r
    join task_versions v on v.task_id = r.task_id and v.version = r.task_version
    join tasks t on t.id = r.task_id
    where r.status = 'pending' and r.hold = 'expand' order by r.id limit 100 for update of r
    """
)

OPEN = text(
    f"""
    with opened as (
        update runs set status = 'running', hold = null, attempt = attempt + 1, dispatched_at = now(),
            started_at = now(), first_dispatched_at = coalesce(first_dispatched_at, now()), expires_at = null
        where id = any(cast(:ids as bigint[])) and status = 'pending' and hold = 'expand'
        returning *
    )
    select {SUMMARY_COLUMNS} from opened r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# Open groups from the index runs_open_fan_outs, their runs counted by status from runs_of_fan_out.
OPEN_GROUPS = text(
    """
    select g.id, g.task_id, g.cancel_requested_at is not null as cancel_requested,
        (select jsonb_object_agg(c.status, c.count) from (
            select status, count(*) as count from runs where fan_out_run_id = g.id group by status) c) as counts
    from runs g where g.status = 'running' and g.distribution is not null
    """
)

# Runs that wait for one worker: whether it is still there decides whether they can ever go.
WAITING_MEMBERS = text(
    """
    select m.id, m.placement from runs g join runs m on m.fan_out_run_id = g.id
    where g.status = 'running' and g.distribution = 'broadcast' and m.status = 'pending'
    """
)

FINISH = text(
    f"""
    with finished as (
        update runs set status = f.status, error = f.error, completed_at = now(),
            execution_time_ms = (extract(epoch from now() - started_at) * 1000)::bigint
        from unnest(cast(:ids as bigint[]), cast(:statuses as text[]), cast(:errors as text[])) as f (id, status, error)
        where runs.id = f.id and runs.status = 'running' and runs.distribution is not null
        returning runs.*
    ) {EXAMINE.format(outcomes="finished")}
    select {SUMMARY_COLUMNS} from finished r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

MEMBERS_LEFT = text(
    """
    select id from runs where fan_out_run_id = :fan_out_run_id
        and status in ('blocked', 'pending', 'dispatched', 'running')
    """
)


async def to_expand(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return runs that are to become groups, locked."""
    return (await connection.execute(TO_EXPAND)).mappings().all()


async def open_groups(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return the groups that have no outcome, with their runs counted by status."""
    return (await connection.execute(OPEN_GROUPS)).mappings().all()


async def mark_open(connection: AsyncConnection, run_ids: Sequence[int]) -> list[RunChange]:
    """Mark runs as groups that run; return them."""
    return read_changes(RunChangeKind.STARTED, await connection.execute(OPEN, {"ids": list(run_ids)}))


async def waiting_members(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return the runs of broadcasts that wait for their worker: id, placement."""
    return (await connection.execute(WAITING_MEMBERS)).mappings().all()


async def finish(connection: AsyncConnection, outcomes: Sequence[tuple[int, GroupOutcome]]) -> list[RunChange]:
    """Record outcomes, given as (group, outcome); return the runs."""
    rows = await connection.execute(
        FINISH,
        {
            "ids": [group for group, _ in outcomes],
            "statuses": [outcome.status for _, outcome in outcomes],
            "errors": [outcome.error for _, outcome in outcomes],
        },
    )
    return read_changes(RunChangeKind.FINISHED, rows)


async def members_left(connection: AsyncConnection, fan_out_run_id: int) -> list[int]:
    """Return the runs of a group that have no outcome."""
    return list((await connection.execute(MEMBERS_LEFT, {"fan_out_run_id": fan_out_run_id})).scalars())
