"""The dispatcher's statements: what is ready, what is claimed, what may be let through."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.domain.assignment import Choice, ReadyRun
from backend.domain.gate import HeldRun, Hold
from backend.store.run_rows import SUMMARY_COLUMNS

# Every distinct placement that waits, by one probe of the index runs_ready each.
READY_PLACEMENTS = text(
    """
    with recursive waiting (placement) as (
        (select placement from runs where status = 'pending' and hold is null order by placement limit 1)
        union all
        select (select r.placement from runs r
                where r.status = 'pending' and r.hold is null and r.placement > w.placement
                order by r.placement limit 1)
        from waiting w where w.placement is not null
    )
    select placement from waiting where placement is not null
    """
)

# The first of each placement by rank: as many index entries of runs_ready as are asked for.
READY_RUNS = text(
    """
    select r.id, r.placement, r.dispatch_rank
    from unnest(cast(:placements as text[]), cast(:room as integer[])) as p (placement, room)
    cross join lateral (
        select id, placement, dispatch_rank from runs
        where status = 'pending' and hold is null and placement = p.placement
        order by dispatch_rank, id limit least(p.room, :batch)
    ) r
    order by r.dispatch_rank, r.id limit :batch
    """
)

# A run that was cancelled since it was read is no longer pending, and is left out.
CLAIM = text(
    f"""
    with claimed as (
        update runs set status = 'dispatched', worker_id = c.worker_id, attempt = attempt + 1,
            dispatched_at = now(), started_at = null, not_before = null
        from unnest(cast(:run_ids as bigint[]), cast(:worker_ids as text[])) as c (run_id, worker_id)
        where runs.id = c.run_id and runs.status = 'pending' and runs.hold is null
        returning runs.*
    )
    select {SUMMARY_COLUMNS}, r.arguments, r.environment
    from claimed r join tasks t on t.id = r.task_id order by r.dispatch_rank, r.id
    """  # noqa: S608
)

# What each worker has in hand, from the index runs_in_flight.
IN_FLIGHT = text(
    """
    select worker_id, count(*) as held from runs where status in ('dispatched', 'running') group by worker_id
    """
)

# Retries whose delay has passed, from the index runs_delayed.
END_DELAYS = text(
    """
    update runs set hold = null where id in (
        select id from runs where status = 'pending' and hold = 'delay' and not_before <= now()
        order by not_before limit 1000)
    returning task_id
    """
)

NEXT_DELAY = text(
    """
    select not_before - now() from runs where status = 'pending' and hold = 'delay' order by not_before limit 1
    """
)

# Every distinct task with held runs, by one probe of the index runs_held each.
TASKS_WITH_HELD_RUNS = text(
    """
    with recursive held (task_id) as (
        (select task_id from runs where status = 'pending' and hold in ('limit', 'overlap')
         order by task_id limit 1)
        union all
        select (select r.task_id from runs r
                where r.status = 'pending' and r.hold in ('limit', 'overlap') and r.task_id > h.task_id
                order by r.task_id limit 1)
        from held h where h.task_id is not null
    )
    select task_id from held where task_id is not null
    """
)

# For each task: what is let through and has not ended (runs_in_flight_by_task, runs_waiting_by_task).
GATED_TASKS = text(
    """
    select t.id, t.max_concurrency,
        (select count(*) from runs where task_id = t.id and status in ('dispatched', 'running'))
        + (select count(*) from runs where task_id = t.id and status = 'pending'
           and (hold is null or hold = 'delay')) as busy
    from tasks t where t.id = any(cast(:task_ids as bigint[]))
    """
)

# The first held runs of each task by rank, from the index runs_held.
HELD_RUNS = text(
    """
    select t.task_id, r.id, r.hold
    from unnest(cast(:task_ids as bigint[])) as t (task_id)
    cross join lateral (
        select id, hold, dispatch_rank from runs
        where status = 'pending' and hold in ('limit', 'overlap') and task_id = t.task_id
        order by dispatch_rank, id limit :most
    ) r
    order by t.task_id, r.dispatch_rank, r.id
    """
)

RELEASE = text(
    """
    update runs set hold = null
    where id = any(cast(:run_ids as bigint[])) and status = 'pending' and hold in ('limit', 'overlap')
    """
)

# What could not be delivered goes back as if it had not been given: the attempt's number stays spent.
TAKE_BACK = text(
    f"""
    with back as (
        update runs set status = 'pending', worker_id = null, dispatched_at = null
        from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[])) as a (run_id, attempt)
        where runs.id = a.run_id and runs.attempt = a.attempt and runs.status = 'dispatched'
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from back r join tasks t on t.id = r.task_id
    """  # noqa: S608
)

# Runs whose worker was asked to end them and has not yet reported, from the index runs_cancelling.
CANCELLING = text(
    """
    select id, attempt, worker_id from runs
    where cancel_requested_at is not null and status in ('dispatched', 'running')
    order by cancel_requested_at limit 1000
    """
)

MOST_RELEASED_AT_ONCE = 500


async def ready_placements(connection: AsyncConnection) -> list[str]:
    """Return the placements in which runs wait for a worker."""
    return list((await connection.execute(READY_PLACEMENTS)).scalars())


async def ready_runs(connection: AsyncConnection, room: Mapping[str, int], *, batch: int) -> list[ReadyRun]:
    """Return the first runs by rank, no more of a placement than there is room for."""
    rows = await connection.execute(READY_RUNS, {"placements": list(room), "room": list(room.values()), "batch": batch})
    return [ReadyRun(id=row.id, placement=row.placement, rank=row.dispatch_rank) for row in rows]


async def claim(connection: AsyncConnection, choices: Sequence[Choice]) -> Sequence[RowMapping]:
    """Mark the chosen runs dispatched and return them; one that is no longer pending is left out."""
    rows = await connection.execute(
        CLAIM,
        {
            "run_ids": [choice.run_id for choice in choices],
            "worker_ids": [choice.worker_id for choice in choices],
        },
    )
    return rows.mappings().all()


async def in_flight(connection: AsyncConnection) -> dict[str, int]:
    """Return how many runs each worker has in hand."""
    return {row.worker_id: row.held for row in await connection.execute(IN_FLIGHT)}


async def end_delays(connection: AsyncConnection) -> list[int]:
    """Make retries ready whose delay has passed; return their tasks' ids."""
    return list((await connection.execute(END_DELAYS)).scalars())


async def next_delay(connection: AsyncConnection) -> timedelta | None:
    """Return how long until the next delayed run is due."""
    delay: timedelta | None = (await connection.execute(NEXT_DELAY)).scalar_one_or_none()
    return delay


async def tasks_with_held_runs(connection: AsyncConnection) -> list[int]:
    """Return the ids of the tasks with runs that wait for others of their task."""
    return list((await connection.execute(TASKS_WITH_HELD_RUNS)).scalars())


async def gated_tasks(
    connection: AsyncConnection, task_ids: Sequence[int]
) -> list[tuple[int, int | None, int, list[HeldRun]]]:
    """Return, for each task with held runs: its id, its limit, how many are busy, and the first held."""
    held: dict[int, list[HeldRun]] = {}
    rows = await connection.execute(HELD_RUNS, {"task_ids": list(task_ids), "most": MOST_RELEASED_AT_ONCE})
    for row in rows:
        held.setdefault(row.task_id, []).append(HeldRun(row.id, Hold(row.hold)))
    if not held:
        return []
    tasks = await connection.execute(GATED_TASKS, {"task_ids": list(held)})
    return [(row.id, row.max_concurrency, row.busy, held[row.id]) for row in tasks]


async def release(connection: AsyncConnection, run_ids: Sequence[int]) -> int:
    """Let held runs through to the workers; return how many."""
    return (await connection.execute(RELEASE, {"run_ids": list(run_ids)})).rowcount


async def take_back(connection: AsyncConnection, attempts: Sequence[tuple[int, int]]) -> Sequence[RowMapping]:
    """Return runs to the queue that no worker got, given as (run, attempt)."""
    rows = await connection.execute(
        TAKE_BACK,
        {"run_ids": [run for run, _ in attempts], "attempts": [attempt for _, attempt in attempts]},
    )
    return rows.mappings().all()


async def cancelling(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return the runs whose workers are to end them: id, attempt, worker_id."""
    return (await connection.execute(CANCELLING)).mappings().all()
