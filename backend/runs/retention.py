"""Deletes runs past their retention, one batch a statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.conditions import FINAL
from backend.runs.of_task import newest_first, runs_of

_DELETE = """
    , gone as (
        delete from runs where id in (select id from old) returning id
    ), logs as (
        delete from log_chunks where run_id in (select id from gone)
    )
    select (select count(*) from gone) as removed
"""

# Ended runs of one task beyond its limits: by count from the newest back, by age over the index runs_by_task.
OF_TASK = text(
    f"""
    with line as (
        select coalesce((
            select id from runs r where {runs_of("cast(:task_id as bigint)")} and fan_out_run_id is null
                and {FINAL}
            order by {newest_first()} offset :keep_runs limit 1), 0) as id
        where cast(:keep_runs as integer) is not null
    ), old as (
        select r.id from runs r
        where r.task_id = :task_id and r.{FINAL}
            and (r.id <= (select id from line)
                or r.completed_at < now() - cast(:keep_days as integer) * interval '1 day')
        order by r.id limit :batch
    )
    """  # noqa: S608
    + _DELETE
)

# Ended runs of all other tasks by age, over the index runs_completed. A batch begins where the last one ended: the
# index still has the deleted entries before it, and reading them again takes longest at ten million runs.
OVERALL = text(
    """
    with old as (
        select r.id, r.completed_at from runs r join tasks t on t.id = r.task_id
        where r.completed_at < now() - cast(:keep_days as integer) * interval '1 day'
            and r.completed_at >= coalesce(cast(:since as timestamptz), '-infinity')
            and t.keep_days is null and t.keep_runs is null
        order by r.completed_at limit :batch
    )
    """  # noqa: S608
    + _DELETE
    + ", (select max(completed_at) from old) as until"
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


async def purge_task(connection: AsyncConnection, limit: RetentionLimit, *, by_age: bool, batch: int) -> int:
    """Delete up to `batch` ended runs of a task beyond its limit; return how many."""
    values = {
        "task_id": limit.task_id,
        "keep_runs": limit.keep_runs,
        "keep_days": limit.keep_days if by_age else None,
        "batch": batch,
    }
    removed: int = (await connection.execute(OF_TASK, values)).scalar_one()
    return removed


async def purge_overall(
    connection: AsyncConnection, *, keep_days: int, batch: int, since: datetime | None
) -> tuple[int, datetime | None]:
    """Delete up to `batch` ended runs that are older, of tasks without a limit.

    Return how many, and the `since` of the next batch.
    """
    parameters = {"keep_days": keep_days, "batch": batch, "since": since}
    row = (await connection.execute(OVERALL, parameters)).one()
    return row.removed, row.until
