"""Removing what is older than anyone wants to keep, a batch at a time."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.of_task import newest_first, runs_of

_DELETE = """
    , gone as (
        delete from runs where id in (select id from old) returning id
    ), logs as (
        delete from log_chunks where run_id in (select id from gone)
    )
    select (select count(*) from gone) as removed
"""
_FINAL = "('succeeded', 'failed', 'timed_out', 'cancelled', 'skipped')"

# Tasks with a limit of their own: by age over the index runs_by_task, by count from the newest back.
OF_TASK = text(
    f"""
    with line as (
        select coalesce((
            select id from runs r where {runs_of("cast(:task_id as bigint)")} and fan_out_run_id is null
                and status in {_FINAL}
            order by {newest_first()} offset :keep_runs limit 1), 0) as id
        where cast(:keep_runs as integer) is not null
    ), old as (
        select r.id from runs r
        where r.task_id = :task_id and r.status in {_FINAL}
            and (r.id <= (select id from line)
                or r.completed_at < now() - cast(:keep_days as integer) * interval '1 day')
        order by r.id limit :batch
    )
    """  # noqa: S608
    + _DELETE
)

# All others, by age, from the index runs_completed, going on where the last batch ended: what stands before is gone
# and not yet out of the index, or kept by its task's own limit. At ten million runs to pass it by again takes longest.
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

TASKS_WITH_LIMITS = text(
    """
    select id, coalesce(keep_runs, case when keep_days is null then cast(:keep_runs as integer) end) as keep_runs,
        keep_days
    from tasks where id > :after and deleted_at is null
        and (keep_runs is not null or keep_days is not null or cast(:keep_runs as integer) is not null)
    order by id limit 500
    """
)


async def tasks_with_limits(
    connection: AsyncConnection, *, after: int, keep_runs: int | None
) -> list[tuple[int, int | None, int | None]]:
    """Return tasks behind an id that limit what is kept: id, runs, days; `keep_runs` is for those without a limit."""
    rows = await connection.execute(TASKS_WITH_LIMITS, {"after": after, "keep_runs": keep_runs})
    return [(row.id, row.keep_runs, row.keep_days) for row in rows]


async def purge_task(
    connection: AsyncConnection, task_id: int, *, keep_runs: int | None, keep_days: int | None, batch: int
) -> int:
    """Remove up to `batch` ended runs of a task beyond what it keeps; return how many."""
    parameters = {"task_id": task_id, "keep_runs": keep_runs, "keep_days": keep_days, "batch": batch}
    removed: int = (await connection.execute(OF_TASK, parameters)).scalar_one()
    return removed


async def purge_overall(
    connection: AsyncConnection, *, keep_days: int, batch: int, since: datetime | None
) -> tuple[int, datetime | None]:
    """Remove up to `batch` ended runs older than so many days, of tasks without a limit.

    Return how many, and where the next batch goes on: the `since` to give for it.
    """
    parameters = {"keep_days": keep_days, "batch": batch, "since": since}
    row = (await connection.execute(OVERALL, parameters)).one()
    return row.removed, row.until
