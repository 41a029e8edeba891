"""The statements of the assigner: ready runs, claims, and attempts to cancel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import FolderStatement
from backend.runs.conditions import STARTED
from backend.runs.lock import in_id_order, lock_runs
from backend.runs.model import SUMMARY_COLUMNS, SUMMARY_FIELDS, RunChange, RunChangeKind, RunRow, read_changes, read_run
from backend.workers.assignment import Choice, ReadyRun
from shared.access import Access

# The runs that each worker holds, from the index runs_in_flight; and every distinct waiting placement, by one probe
# of the index runs_ready each.
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
    select worker_id, null as placement, count(*) as held from runs
    where {STARTED} and worker_id is not null group by worker_id
    union all
    select null, placement, 0 from waiting where placement is not null
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

# The first of each placement by rank: as many index entries of runs_ready as are asked for.
READY_RUNS = text(
    """
    select r.id, r.placement, r.dispatch_rank, r.task_id, r.priority
    from unnest(cast(:placements as text[]), cast(:room as integer[])) as p (placement, room)
    cross join lateral (
        select id, placement, dispatch_rank, task_id, priority from runs
        where status = 'pending' and hold is null and placement = p.placement
            and task_id <> all(cast(:parked as bigint[]))
        order by dispatch_rank, id limit least(p.room, :batch)
    ) r
    order by r.dispatch_rank, r.id limit :batch
    """
)

# A run that was cancelled since it was read is no longer pending, and is left out.
CLAIM = text(
    f"""
    with locked as (
        {in_id_order("id = any(cast(:run_ids as bigint[])) and status = 'pending' and hold is null")}
    ), claimed as (
        update runs set status = 'dispatched', worker_id = c.worker_id, attempt = attempt + 1,
            dispatched_at = now(), started_at = null, not_before = null,
            first_dispatched_at = coalesce(first_dispatched_at, now())
        from unnest(cast(:run_ids as bigint[]), cast(:worker_ids as text[])) as c (run_id, worker_id), locked
        where runs.id = c.run_id and runs.id = locked.id and runs.status = 'pending' and runs.hold is null
        returning runs.*
    )
    select {SUMMARY_COLUMNS}, r.arguments, r.environment, now() - r.first_dispatched_at as tried_for
    from claimed r join tasks t on t.id = r.task_id order by r.dispatch_rank, r.id
    """  # noqa: S608
)

# Undelivered runs return to the queue as if they had not been assigned; the number of the attempt is not reused.
UNASSIGN = text(
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
    f"""
    select id, attempt, worker_id from runs
    where cancel_requested_at is not null and {STARTED} and worker_id is not null
    order by cancel_requested_at limit 1000
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class AssignFacts:
    """The number of runs that each worker holds, and the placements with waiting runs."""

    in_flight: dict[str, int]
    placements: list[str]


async def read_assign_facts(connection: AsyncConnection) -> AssignFacts:
    """Return the facts that decide whether there is anything to assign."""
    rows = (await connection.execute(ASSIGN_FACTS)).all()
    return AssignFacts(
        in_flight={row.worker_id: row.held for row in rows if row.placement is None},
        placements=[row.placement for row in rows if row.placement is not None],
    )


async def count_ready(connection: AsyncConnection, placements: Sequence[str], access: Access) -> dict[str, int]:
    """Return how many runs that a user may read wait in each placement, counted to 10,000."""
    rows = await connection.execute(COUNT_READY.within(access), {"placements": list(placements)})
    return {row.placement: row.runs for row in rows}


async def ready_runs(
    connection: AsyncConnection, room: Mapping[str, int], *, batch: int, parked: Iterable[int] = ()
) -> list[ReadyRun]:
    """Return the first runs by rank, no more of a placement than there is room for, without those of parked tasks."""
    rows = await connection.execute(
        READY_RUNS,
        {"placements": list(room), "room": list(room.values()), "batch": batch, "parked": list(parked)},
    )
    return [
        ReadyRun(id=row.id, placement=row.placement, rank=row.dispatch_rank, task_id=row.task_id, priority=row.priority)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that was assigned to a worker, with its inputs and the time since its first attempt was claimed."""

    run: RunRow
    arguments: list[str] | None
    environment: dict[str, str] | None
    tried_for: timedelta


async def claim(connection: AsyncConnection, choices: Sequence[Choice]) -> list[ClaimedRun]:
    """Mark the chosen runs dispatched and return them; one that is no longer pending is left out."""
    rows = await connection.execute(
        CLAIM,
        {
            "run_ids": [choice.run_id for choice in choices],
            "worker_ids": [choice.worker_id for choice in choices],
        },
    )
    return [ClaimedRun(read_run(row), *row[len(SUMMARY_FIELDS) :]) for row in rows]


async def unassign(connection: AsyncConnection, attempts: Sequence[tuple[int, int]]) -> list[RunChange]:
    """Return runs to the queue that no worker received, given as (run, attempt)."""
    await lock_runs(connection, (run for run, _ in attempts))
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
