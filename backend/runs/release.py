"""Held runs and the room there is for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.direct_statement import DirectStatement
from backend.database.metric_counts import counting_ended
from backend.runs.conditions import HELD, IN_CONCURRENCY_GROUP, IN_SLOT, OCCUPIES_CONCURRENCY_GROUP
from backend.runs.definition import RETRY_TIMEOUT, interval
from backend.runs.limits import HeldRun, Hold, Room, decide_release
from backend.runs.lock import locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from backend.runs.outcomes import EXAMINE

MOST_RELEASED_AT_ONCE = 500
RATE_WINDOW = timedelta(minutes=1)

# Retries whose delay has passed, from the index runs_delayed. A concurrency group counts each start, so there
# they queue again.
END_DELAYS = text(
    f"""
    with due as (
        select id from runs where status = 'pending' and hold = 'delay' and not_before <= now()
        order by not_before limit 1000
    ), {locked_if("select id as run_id from due", "status = 'pending' and hold = 'delay'")}
    update runs set hold = case when concurrency_group is not null and not ignores_limits then 'limit' end
    from locked where runs.id = locked.id
    returning runs.task_id, runs.hold
    """  # noqa: S608
)

# Runs that waited longer than their task allows, from the index runs_expiring.
EXPIRE = text(
    f"""
    with due as (
        select id from runs where status = 'pending' and expires_at <= now() order by expires_at limit 500
    ), {locked_if("select id as run_id from due", "status = 'pending' and expires_at <= now()")}, expired as (
        update runs set status = 'timed_out', hold = null, completed_at = now(),
            error = case
                when first_dispatched_at + {interval(RETRY_TIMEOUT)} <= now()
                then 'its attempts took longer than its retry_timeout_seconds'
                else 'waited in the queue longer than its queue_timeout_seconds' end
        from locked, task_versions v
        where runs.id = locked.id
            and v.task_id = runs.task_id and v.version = runs.task_version
        returning runs.*
    ) {EXAMINE.format(outcomes="expired")} {counting_ended("expired")}
    select {SUMMARY_COLUMNS} from expired r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# When the next delay or queue timeout ends: the first entries of runs_delayed and runs_expiring.
NEXT_TIMES = text(
    """
    select
        (select not_before - now() from runs where status = 'pending' and hold = 'delay'
            order by not_before limit 1) as delay,
        (select expires_at - now() from runs where status = 'pending' and expires_at is not null
            order by expires_at limit 1) as expiry
    """
)

# Every distinct task with held runs, by one probe of the index runs_held each.
TASKS_WITH_HELD_RUNS = text(
    f"""
    with recursive held (task_id) as (
        (select task_id from runs where {HELD}
         order by task_id limit 1)
        union all
        select (select r.task_id from runs r
                where {HELD} and r.task_id > h.task_id
                order by r.task_id limit 1)
        from held h where h.task_id is not null
    )
    select task_id from held where task_id is not null
    """  # noqa: S608
)

# The first held runs by rank: of each task from the index runs_held, of each concurrency group from
# runs_in_concurrency_group. Parameters stand in subqueries so that one plan serves all values of them: see READY_RUNS.
HELD_RUNS = text(
    f"""
    select r.* from unnest((select cast(:task_ids as bigint[]))) as t (task_id)
    cross join lateral (
        select id, task_id, hold, dispatch_rank, concurrency_group, backfill_id from runs
        where {HELD} and task_id = t.task_id
        order by dispatch_rank, id limit (select cast(:most as integer))
    ) r
    union
    select r.* from (
        select distinct concurrency_group as name from tasks
        where id = any(coalesce((select cast(:task_ids as bigint[])))) and concurrency_group is not null
    ) g
    cross join lateral (
        select id, task_id, hold, dispatch_rank, concurrency_group, backfill_id from runs
        where concurrency_group = g.name and {IN_CONCURRENCY_GROUP} and {HELD}
        order by dispatch_rank, id limit (select cast(:most as integer))
    ) r
    """  # noqa: S608
)

# For each task: released runs that have not ended (runs_in_flight_by_task, runs_waiting_by_task). A running parent run
# does no work itself.
TASK_ROOM = text(
    f"""
    select t.id, t.max_concurrency,
        (select count(*) from runs where task_id = t.id and {IN_SLOT})
        + (select count(*) from runs where task_id = t.id and status = 'pending'
            and (hold is null or hold in ('delay', 'expand'))) as busy
    from tasks t where t.id = any(cast(:task_ids as bigint[]))
    """  # noqa: S608
)

CONCURRENCY_GROUP_ROOM = text(
    f"""
    select g.name, g.max_concurrency, g.starts_per_minute,
        (select count(*) from runs r where r.concurrency_group = g.name
            and {OCCUPIES_CONCURRENCY_GROUP}) as busy,
        recent.starts, recent.oldest + cast(:window as interval) - now() as until_room
    from concurrency_groups g
    cross join lateral (
        select count(*) as starts, min(r.released_at) as oldest from runs r
        where g.starts_per_minute is not null and r.concurrency_group = g.name
            and r.released_at > now() - cast(:window as interval)
    ) recent
    where g.name = any(cast(:names as text[]))
    """  # noqa: S608
)

BACKFILL_ROOM = text(
    """
    select b.id, b.max_concurrency,
        (select count(*) from runs r where r.backfill_id = b.id
            and (r.status in ('dispatched', 'running')
                or (r.status = 'pending' and (r.hold is null or r.hold in ('delay', 'expand'))))) as busy
    from backfills b where b.id = any(cast(:ids as bigint[]))
    """
)

RELEASE = text(
    f"""
    with {locked_if("select unnest(cast(:run_ids as bigint[])) as run_id", HELD)}
    update runs set hold = case when runs.distribution is not null then 'expand' end, released_at = now()
    from locked where runs.id = locked.id
    returning runs.hold
    """  # noqa: S608
)

# Executed for each batch of runs that ended.
_NEXT_TIMES = DirectStatement(NEXT_TIMES)
_HELD_RUNS = DirectStatement(HELD_RUNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """Held runs with all the room that decides about them.

    `rate_waits` is how long until the rate of a concurrency group allows the next start.
    """

    held: Sequence[HeldRun]
    tasks: dict[int, Room]
    concurrency_groups: dict[str, Room]
    backfills: dict[int, Room]
    rate_waits: dict[str, timedelta]

    @property
    def until_room(self) -> timedelta | None:
        """How long until the first concurrency group that a rate closed has room again."""
        return min(self.rate_waits.values(), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTimes:
    """How long until the first delayed run may go, and until the first has waited too long; negative if it is late."""

    delay: timedelta | None
    expiry: timedelta | None


async def end_delays(connection: AsyncConnection) -> list[tuple[int, bool]]:
    """Let retries go whose delay has passed; return each one's task, and whether it is held by a limit now."""
    return [(row.task_id, row.hold is not None) for row in await connection.execute(END_DELAYS)]


async def expire(connection: AsyncConnection) -> list[RunChange]:
    """End runs that waited too long for a worker; return them."""
    return read_changes(RunChangeKind.FINISHED, await connection.execute(EXPIRE))


async def next_times(connection: AsyncConnection) -> NextTimes:
    """Return how long until a time comes that ends a wait."""
    ((delay, expiry),) = await _NEXT_TIMES.rows(connection, {})
    return NextTimes(delay=delay, expiry=expiry)


async def tasks_with_held_runs(connection: AsyncConnection) -> list[int]:
    """Return the ids of the tasks with runs that wait for others."""
    return list((await connection.execute(TASKS_WITH_HELD_RUNS)).scalars())


async def gated(connection: AsyncConnection, task_ids: Sequence[int]) -> Gated | None:
    """Return the first held runs of tasks, and of their concurrency groups; None where nothing is held."""
    rows = await _HELD_RUNS.rows(connection, {"task_ids": list(task_ids), "most": MOST_RELEASED_AT_ONCE})
    held = [HeldRun(run_id, task_id, Hold(hold), *others) for run_id, task_id, hold, *others in rows]
    return await room_for(connection, held) if held else None


async def room_for(connection: AsyncConnection, held: Sequence[HeldRun]) -> Gated:
    """Return held runs with the room of their tasks, concurrency groups and backfills; asks nothing if none is held."""
    if not held:
        return Gated(held=[], tasks={}, concurrency_groups={}, backfills={}, rate_waits={})
    found = await connection.execute(TASK_ROOM, {"task_ids": sorted({run.task_id for run in held})})
    tasks = {row.id: Room(row.busy, row.max_concurrency) for row in found}
    concurrency_groups: dict[str, Room] = {}
    waits: dict[str, timedelta] = {}
    names = sorted({run.concurrency_group for run in held if run.concurrency_group is not None})
    if names:
        for row in await connection.execute(CONCURRENCY_GROUP_ROOM, {"names": names, "window": RATE_WINDOW}):
            left = None if row.starts_per_minute is None else max(0, row.starts_per_minute - row.starts)
            concurrency_groups[row.name] = Room(row.busy, row.max_concurrency, left)
            if row.until_room is not None:
                waits[row.name] = row.until_room
    backfills: dict[int, Room] = {}
    ids = sorted({run.backfill_id for run in held if run.backfill_id is not None})
    if ids:
        found = await connection.execute(BACKFILL_ROOM, {"ids": ids})
        backfills = {row.id: Room(row.busy, row.max_concurrency) for row in found}
    return Gated(held=held, tasks=tasks, concurrency_groups=concurrency_groups, backfills=backfills, rate_waits=waits)


async def release(connection: AsyncConnection, run_ids: Sequence[int]) -> tuple[int, int]:
    """Release held runs; return how many go to workers, and how many become child runs."""
    holds = list((await connection.execute(RELEASE, {"run_ids": list(run_ids)})).scalars())
    return sum(hold is None for hold in holds), sum(hold is not None for hold in holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePass:
    """What one pass released: runs for workers, parent runs to expand, and runs that waited too long.

    `next_in` is the time until the next pass has something to do; None if nothing is known.
    """

    ready: int
    to_expand: int
    expired: Sequence[RunChange]
    next_in: timedelta | None


async def release_due(connection: AsyncConnection, task_ids: Iterable[int], *, all_tasks: bool) -> ReleasePass:
    """Expire runs that waited too long, end delays that have passed, and release held runs that have room.

    Held runs are those of the given tasks, or of all tasks. No statement depends on another being committed with it,
    so the connection may be in autocommit mode: if it fails, the next pass continues.
    """
    times = await next_times(connection)
    expired = await expire(connection) if _has_come(times.expiry) else []
    delayed = await end_delays(connection) if _has_come(times.delay) else []
    if expired or delayed:
        times = await next_times(connection)
    candidates = {*task_ids, *(change.run.task_id for change in expired)}
    candidates |= {task_id for task_id, is_held in delayed if is_held}
    if all_tasks:
        candidates.update(await tasks_with_held_runs(connection))
    ready = sum(not is_held for _, is_held in delayed)
    to_expand = 0
    waits = [times.delay, times.expiry]
    held = await gated(connection, sorted(candidates)) if candidates else None
    if held is not None:
        run_ids = decide_release(
            held.held,
            tasks=held.tasks,
            concurrency_groups=held.concurrency_groups,
            backfills=held.backfills,
        )
        if run_ids:
            to_workers, to_expand = await release(connection, run_ids)
            ready += to_workers
        waits.append(held.until_room)
    next_in = min((wait for wait in waits if wait is not None), default=None)
    return ReleasePass(ready=ready, to_expand=to_expand, expired=expired, next_in=next_in)


def _has_come(wait: timedelta | None) -> bool:
    return wait is not None and wait <= timedelta()
