"""How many runs wait and how many run, now."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.faults.store import readable_faults
from backend.queue.unschedulable import unschedulable
from backend.runs.conditions import IN_SLOT, WAITING
from shared.access import FULL_ACCESS, Access
from shared.enums import Priority, RunStatus
from shared.models.system import QueueDepth, SystemStats

# Runs that wait, by priority and placement.
DEPTH = FolderStatement(
    f"""
    select status, priority, r.placement, count(*) as runs, extract(epoch from now() - min(queued_at))::float8 as age,
        now() as at
    from runs r where {WAITING} and granted_task(r.task_id) group by 1, 2, 3
    """  # noqa: S608
)
# Runs that workers hold, from the index runs_in_flight. A parent run of a fan-out occupies no slot.
IN_FLIGHT = FolderStatement(f"select count(*), now() as at from runs where {IN_SLOT} and granted_task(task_id)")  # noqa: S608

# Counts of the overview, each from an index of its own.
STATS = text(
    f"""
    select
        (select count(*) from faults) as faults,
        (select count(*) from tasks where deleted_at is null) as tasks_total,
        (select count(*) from tasks where deleted_at is null and status = 'active') as tasks_active,
        (select count(*) from runs where status = 'pending') as runs_waiting,
        (select count(*) from runs where status = 'blocked') as runs_blocked,
        (select count(*) from runs where {IN_SLOT}) as runs_in_flight,
        (select extract(epoch from now() - min(queued_at))::float8 from runs where status = 'pending')
            as oldest_waiting_seconds,
        (select count(*) from workers where status = 'online') as workers_online,
        (select count(*) from workers where status = 'draining') as workers_draining,
        (select count(*) from workers where status = 'lost') as workers_lost,
        (select coalesce(sum(slots), 0) from workers where status in ('online', 'draining')) as slots_total,
        (select count(*) from runs where {IN_SLOT}) as slots_in_use,
        (select coalesce(sum(succeeded), 0) from finished_counts where at > now() - interval '1 hour')
            as succeeded_last_hour,
        (select coalesce(sum(failed), 0) from finished_counts where at > now() - interval '1 hour')
            as failed_last_hour,
        (select coalesce(sum(succeeded + failed), 0) / 60.0 from finished_counts
            where at > now() - interval '1 minute') as runs_per_second,
        (select count(distinct task_id) from (
            select task_id, completed_at from runs where status in ('failed', 'timed_out')
            order by id desc limit 2000) f where completed_at > now() - interval '1 hour')
            as failed_tasks_last_hour
    """  # noqa: S608
)

# The same of what a user may read. The counts that were made when runs ended are of all, so runs are counted, up to
# 100,000 of an hour from the index runs_completed. Workers are numbers only.
STATS_READABLE = FolderStatement(
    f"""
    with ended as (
        select status, completed_at, task_id from runs
        where completed_at > now() - interval '1 hour' and distribution is null and granted_task(task_id) limit 100000
    ), waiting as (
        select status, queued_at from runs where {WAITING} and granted_task(task_id)
    ), in_slot as (
        select count(*) as runs from runs where {IN_SLOT} and granted_task(task_id)
    ), readable as (
        select status from tasks where deleted_at is null and granted(folder)
    )
    select
        (select count(*) from readable) as tasks_total,
        (select count(*) from readable where status = 'active') as tasks_active,
        (select count(*) from waiting where status = 'pending') as runs_waiting,
        (select count(*) from waiting where status = 'blocked') as runs_blocked,
        (select runs from in_slot) as runs_in_flight,
        (select extract(epoch from now() - min(queued_at))::float8 from waiting where status = 'pending')
            as oldest_waiting_seconds,
        (select count(*) from workers where status = 'online') as workers_online,
        (select count(*) from workers where status = 'draining') as workers_draining,
        (select count(*) from workers where status = 'lost') as workers_lost,
        (select coalesce(sum(slots), 0) from workers where status in ('online', 'draining')) as slots_total,
        (select runs from in_slot) as slots_in_use,
        (select count(*) from ended where status = 'succeeded') as succeeded_last_hour,
        (select count(*) from ended where status in ('failed', 'timed_out')) as failed_last_hour,
        (select count(*) / 60.0 from ended where status in ('succeeded', 'failed', 'timed_out')
            and completed_at > now() - interval '1 minute') as runs_per_second,
        (select count(distinct task_id) from ended where status in ('failed', 'timed_out')) as failed_tasks_last_hour
    """  # noqa: S608
)

# The newest runs that have started, from the primary key. Retries are excluded because their delay is intended.
START_LATENCY = FolderStatement(
    """
    select percentile_cont(0.5) within group (order by wait) as p50,
        percentile_cont(0.99) within group (order by wait) as p99
    from (
        select extract(epoch from started_at - queued_at)::float8 * 1000 as wait, attempt, task_id
        from runs order by id desc limit 1000
    ) newest where wait is not null and attempt = 1 and granted_task(task_id)
    """
)


async def queue_depth(context: ServiceContext, *, access: Access) -> QueueDepth:
    """Return the queue now as far as a user may read it, with the runs that no online worker accepts."""
    async with context.database.transaction() as connection:
        depth = await read_depth(connection, access)
        return depth.model_copy(update={"unschedulable": await unschedulable(connection, access)})


async def system_stats(context: ServiceContext, *, access: Access) -> SystemStats:
    """Return counts of the tasks and runs that a user may read, of workers, and rates over the last hour."""
    async with context.database.transaction() as connection:
        return await read_stats(connection, access)


async def read_depth(connection: AsyncConnection, access: Access = FULL_ACCESS) -> QueueDepth:
    """Return the depth of the queue by priority and by task type, without the reasons why runs are unschedulable."""
    by_priority = dict.fromkeys(Priority, 0)
    by_task_type: dict[str, int] = {}
    blocked = 0
    oldest: float | None = None
    for row in await connection.execute(DEPTH.within(access)):
        if row.status == RunStatus.BLOCKED:
            blocked += row.runs
            continue
        by_priority[Priority.from_level(row.priority)] += row.runs
        task_type = row.placement.split(" {", 1)[0]
        by_task_type[task_type] = by_task_type.get(task_type, 0) + row.runs
        oldest = row.age if oldest is None else max(oldest, row.age)
    in_flight, at = (await connection.execute(IN_FLIGHT.within(access))).one()
    return QueueDepth(
        at=at,
        by_priority=by_priority,
        by_task_type=by_task_type,
        blocked=blocked,
        waiting=sum(by_priority.values()),
        in_flight=in_flight,
        oldest_waiting_seconds=oldest,
    )


async def read_stats(connection: AsyncConnection, access: Access = FULL_ACCESS) -> SystemStats:
    """Return counts now, and rates over the last hour."""
    statement = STATS if access.reads_all else STATS_READABLE.within(access)
    counts = dict((await connection.execute(statement)).mappings().one())
    if not access.reads_all:
        counts["faults"] = len(await readable_faults(connection, access))
    latency = (await connection.execute(START_LATENCY.within(access))).one()
    return SystemStats(**counts, start_latency_p50_ms=latency.p50, start_latency_p99_ms=latency.p99)
