"""Deletes runs past their retention, one batch a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.batch import process_batch
from backend.faults.model import set_aside
from backend.faults.store import set_aside_ids, store_faults
from backend.runs.conditions import FINAL, STARTED
from backend.runs.of_task import newest_first, runs_of

STORED_RUN = "stored run"
"""What the fault of a run is about that cannot be deleted."""

# By the primary keys.
DELETE = text(
    f"""
    with gone as (
        delete from runs where id = any(cast(:ids as bigint[])) and not {STARTED} returning id
    )
    delete from log_chunks where run_id in (select id from gone)
    """  # noqa: S608
)

# Ended runs of one task beyond its limits: by count from the newest back, by age over the index runs_by_task.
OF_TASK = text(
    f"""
    with line as (
        select coalesce((
            select id from runs r where {runs_of("cast(:task_id as bigint)")} and fan_out_run_id is null
                and {FINAL}
            order by {newest_first()} offset :keep_runs limit 1), 0) as id
        where cast(:keep_runs as integer) is not null
    )
    select r.id from runs r
    where r.task_id = :task_id and r.{FINAL} and r.id <> all(cast(:set_aside as bigint[]))
        and (r.id <= (select id from line)
            or r.completed_at < now() - cast(:keep_days as integer) * interval '1 day')
    order by r.id limit :batch
    """  # noqa: S608
)

# Ended runs of all other tasks by age, over the index runs_completed. A batch begins where the last one ended: the
# index still has the deleted entries before it, and reading them again takes longest at ten million runs.
OVERALL = text(
    """
    select r.id, r.completed_at from runs r join tasks t on t.id = r.task_id
    where r.completed_at < now() - cast(:keep_days as integer) * interval '1 day'
        and r.completed_at >= coalesce(cast(:since as timestamptz), '-infinity')
        and t.keep_days is null and t.keep_runs is null and r.id <> all(cast(:set_aside as bigint[]))
    order by r.completed_at limit :batch
    """
)

# Tasks that limit what is kept, over the primary key; :keep_runs is the limit for tasks without one.
TASKS_WITH_LIMITS = text(
    """
    select id, coalesce(keep_runs, case when keep_days is null then cast(:keep_runs as integer) end) as keep_runs,
        keep_days
    from tasks where id > :after and deleted_at is null
        and (keep_runs is not null or keep_days is not null or cast(:keep_runs as integer) is not null)
    order by id limit 500
    """
)


@dataclass(frozen=True, slots=True)
class RetentionLimit:
    """What is kept of the ended runs of a task; None is no limit."""

    task_id: int
    keep_runs: int | None
    keep_days: int | None


async def tasks_with_limits(connection: AsyncConnection, *, after: int, keep_runs: int | None) -> list[RetentionLimit]:
    """Return the limits of the next tasks after an id; `keep_runs` is for tasks without a limit."""
    rows = await connection.execute(TASKS_WITH_LIMITS, {"after": after, "keep_runs": keep_runs})
    return [RetentionLimit(row.id, row.keep_runs, row.keep_days) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgedBatch:
    """A batch of runs: how many were deleted, whether there may be more, and the `since` of the next batch."""

    removed: int
    is_full: bool
    until: datetime | None = None


async def purge_task(connection: AsyncConnection, limit: RetentionLimit, *, by_age: bool, batch: int) -> PurgedBatch:
    """Delete up to `batch` ended runs of a task beyond its limit."""
    values = {
        "task_id": limit.task_id,
        "keep_runs": limit.keep_runs,
        "keep_days": limit.keep_days if by_age else None,
        "batch": batch,
        "set_aside": await runs_set_aside(connection),
    }
    ids = list((await connection.execute(OF_TASK, values)).scalars())
    return PurgedBatch(removed=await delete_runs(connection, ids), is_full=len(ids) == batch)


async def purge_overall(
    connection: AsyncConnection, *, keep_days: int, batch: int, since: datetime | None
) -> PurgedBatch:
    """Delete up to `batch` ended runs that are older, of tasks without a limit."""
    values = {"keep_days": keep_days, "batch": batch, "since": since, "set_aside": await runs_set_aside(connection)}
    rows = (await connection.execute(OVERALL, values)).all()
    removed = await delete_runs(connection, [row.id for row in rows])
    return PurgedBatch(removed=removed, is_full=len(rows) == batch, until=rows[-1].completed_at if rows else since)


async def runs_set_aside(connection: AsyncConnection) -> list[int]:
    """Return the runs that could not be deleted."""
    return [int(run_id) for run_id in await set_aside_ids(connection, STORED_RUN)]


async def delete_runs(connection: AsyncConnection, run_ids: Sequence[int]) -> int:
    """Delete runs and their logs; return how many. A run that PostgreSQL refuses to delete is set aside."""

    async def delete(ids: Sequence[int]) -> None:
        await connection.execute(DELETE, {"ids": list(ids)})

    refused = await process_batch(connection, run_ids, delete)
    await store_faults(
        connection,
        [
            set_aside(
                STORED_RUN,
                run_id,
                cause=error,
                next_step="It stays beyond its retention. Remove the trigger, the reference or the damage, then: "
                "taskdeck faults retry",
            )
            for run_id, error in refused
        ],
    )
    return len(run_ids) - len(refused)
