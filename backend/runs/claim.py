"""The statements of the assigner: ready runs, claims, and attempts to cancel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.direct_statement import DirectStatement
from backend.database.folder_conditions import FolderStatement
from backend.runs.conditions import STARTED
from backend.runs.lock import locked_if
from backend.runs.model import SUMMARY_COLUMNS, SUMMARY_FIELDS, RunChange, RunChangeKind, RunRow, read_changes, read_run
from backend.workers.assignment import Choice, ReadyRun
from shared.access import Access

BATCH = 256
"""Runs that one statement claims: larger batches would delay the first run of a burst."""

# In one round trip: the runs that each worker holds, from the index runs_in_flight; every distinct waiting placement,
# by one probe of the index runs_ready each; and from this index the first waiting runs by rank, whatever they need.
ASSIGN_FACTS = text(
    f"""
    with recursive waiting (placement) as (
        (select placement from runs where status = 'pending' and hold is null order by placement limit 1)
        union all
        select (select r.placement from runs r
                where r.status = 'pending' and r.hold is null and r.placement > w.placement
                order by r.placement limit 1)
        from waiting w where w.placement is not null
    )
    select worker_id, null as placement, count(*) as held, null::bigint as id, null::bigint as dispatch_rank,
        null::bigint as task_id, null::smallint as priority
    from runs where {STARTED} and worker_id is not null group by worker_id
    union all
    select null, placement, 0, null, null, null, null from waiting where placement is not null
    union all
    (select null, r.placement, 0, r.id, r.dispatch_rank, r.task_id, r.priority
    from waiting p
    cross join lateral (
        select id, placement, dispatch_rank, task_id, priority from runs
        where status = 'pending' and hold is null and placement = p.placement
            and task_id <> all(coalesce((select cast(:parked as bigint[]))))
        order by dispatch_rank, id limit (select cast(:most as integer))
    ) r
    order by r.dispatch_rank, r.id limit (select cast(:most as integer)))
    """  # noqa: S608
)

# Counted from the index runs_ready; a long queue is counted to a limit, so that each pass stays cheap.
COUNT_READY = FolderStatement(
    """
    select p.placement, c.runs from unnest(cast(:placements as text[])) as p (placement)
    cross join lateral (
        select count(*) as runs from (
            select from runs where status = 'pending' and hold is null and placement = p.placement
                and granted_task(task_id) limit 10000) first
    ) c
    """
)

# The first of each placement by rank: as many index entries of runs_ready as are asked for. Parameters stand in
# subqueries because the planner then estimates the same whatever their values are, and keeps one plan: it would plan
# the statement again each time (0.5 ms) for the sake of an array with fewer than ten elements. `coalesce` makes one
# value of a subquery, which `any` and `all` would otherwise read row by row.
READY_RUNS = text(
    f"""
    select r.id, r.placement, r.dispatch_rank, r.task_id, r.priority
    from unnest((select cast(:placements as text[])), (select cast(:room as integer[]))) as p (placement, room)
    cross join lateral (
        select id, placement, dispatch_rank, task_id, priority from runs
        where status = 'pending' and hold is null and placement = p.placement
            and task_id <> all(coalesce((select cast(:parked as bigint[]))))
        order by dispatch_rank, id limit least(p.room, {BATCH})
    ) r
    order by r.dispatch_rank, r.id limit {BATCH}
    """  # noqa: S608
)

_CHOICES = "select * from unnest(cast(:run_ids as bigint[]), cast(:worker_ids as text[])) as c (run_id, worker_id)"
_ATTEMPTS = "select * from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[])) as a (run_id, attempt)"

# A run that was cancelled since it was read is no longer pending, and is left out.
CLAIM = text(
    f"""
    with {locked_if(_CHOICES, "status = 'pending' and hold is null")}, claimed as (
        update runs set status = 'dispatched', worker_id = c.worker_id, attempt = attempt + 1,
            dispatched_at = now(), started_at = null, not_before = null,
            first_dispatched_at = coalesce(first_dispatched_at, now())
        from locked c where runs.id = c.id
        returning runs.*
    )
    select {SUMMARY_COLUMNS}, r.arguments, r.environment, now() - r.first_dispatched_at as tried_for, r.traceparent
    from claimed r join tasks t on t.id = r.task_id order by r.dispatch_rank, r.id
    """  # noqa: S608
)

# Undelivered runs return to the queue as if they had not been assigned; the number of the attempt is not reused.
UNASSIGN = text(
    f"""
    with {locked_if(_ATTEMPTS, "status = 'dispatched'")}, back as (
        update runs set status = 'pending', worker_id = null, dispatched_at = null
        from locked a where runs.id = a.id and runs.attempt = a.attempt
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from back r join tasks t on t.id = r.task_id
    """  # noqa: S608
)

# Runs whose worker was asked to end them and has not yet reported, from the index runs_cancelling.
CANCELLING = text(
    f"""
    select id, attempt, worker_id from runs
    where cancel_requested_at is not null and {STARTED} and worker_id is not null
    order by cancel_requested_at limit 1000
    """  # noqa: S608
)


_ASSIGN_FACTS = DirectStatement(ASSIGN_FACTS)
_READY_RUNS = DirectStatement(READY_RUNS)
_CLAIM = DirectStatement(CLAIM)


@dataclass(frozen=True, slots=True)
class AssignFacts:
    """The number of runs that each worker holds, the placements with waiting runs, and the first of these by rank."""

    in_flight: dict[str, int]
    placements: list[str]
    first: list[ReadyRun]


async def read_assign_facts(connection: AsyncConnection, *, most: int = 0, parked: Iterable[int] = ()) -> AssignFacts:
    """Return what decides whether there is anything to assign, with up to `most` runs, none of parked tasks."""
    facts = AssignFacts(in_flight={}, placements=[], first=[])
    for worker_id, placement, held, *run in await _ASSIGN_FACTS.rows(
        connection, {"most": most, "parked": list(parked)}
    ):
        if worker_id is not None:
            facts.in_flight[worker_id] = held
        elif run[0] is None:
            facts.placements.append(placement)
        else:
            run_id, rank, task_id, priority = run
            facts.first.append(ReadyRun(run_id, placement, rank, task_id, priority))
    return facts


async def count_ready(connection: AsyncConnection, placements: Sequence[str], access: Access) -> dict[str, int]:
    """Return how many runs that a user may read wait in each placement, counted to 10,000."""
    rows = await connection.execute(COUNT_READY.within(access), {"placements": list(placements)})
    return {row.placement: row.runs for row in rows}


async def ready_runs(
    connection: AsyncConnection, room: Mapping[str, int], *, parked: Iterable[int] = ()
) -> list[ReadyRun]:
    """Return the first runs by rank, a batch at most.

    Of a placement there are no more than there is room for, and none of parked tasks.
    """
    rows = await _READY_RUNS.rows(
        connection,
        {"placements": list(room), "room": list(room.values()), "parked": list(parked)},
    )
    return [ReadyRun(*row) for row in rows]


class ClaimedRun(NamedTuple):
    """A run that was assigned to a worker, with its inputs and its trace.

    `tried_for` is the time since its first attempt was claimed.
    """

    run: RunRow
    arguments: list[str] | None
    environment: dict[str, str] | None
    tried_for: timedelta
    traceparent: str | None


_OWN_COLUMNS = len(SUMMARY_FIELDS)


async def claim(connection: AsyncConnection, choices: Sequence[Choice]) -> list[ClaimedRun]:
    """Mark the chosen runs dispatched and return them; one that is no longer pending is left out."""
    rows = await _CLAIM.rows(
        connection,
        {
            "run_ids": [choice.run_id for choice in choices],
            "worker_ids": [choice.worker_id for choice in choices],
        },
    )
    return [ClaimedRun(read_run(row), *row[_OWN_COLUMNS:]) for row in rows]


async def unassign(connection: AsyncConnection, attempts: Sequence[tuple[int, int]]) -> list[RunChange]:
    """Return runs to the queue that no worker received, given as (run, attempt)."""
    rows = await connection.execute(
        UNASSIGN,
        {"run_ids": [run for run, _ in attempts], "attempts": [attempt for _, attempt in attempts]},
    )
    return read_changes(RunChangeKind.RETURNED, rows)


@dataclass(frozen=True, slots=True)
class RequestedCancel:
    """An attempt that its worker is to end."""

    run_id: int
    attempt: int
    worker_id: str


async def cancelling(connection: AsyncConnection) -> list[RequestedCancel]:
    """Return the attempts that workers are to end and have not reported."""
    return [RequestedCancel(*row) for row in await connection.execute(CANCELLING)]
