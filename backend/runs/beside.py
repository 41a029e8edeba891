"""The runs that ran on the worker of a run while it did."""

from sqlalchemy import text

from backend.context import ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.runs.detail import check_exists
from backend.runs.model import SUMMARY_COLUMNS, read_run, to_run
from shared.access import Access
from shared.models.run import Run

MOST_EXAMINED = 10_000
"""Of the runs that ended after the start of the run, so many of all workers are examined: it bounds the reading of a
busy month, and what ran at the same time ended soon after, or runs still."""

WHERE_AND_WHEN = text(
    "select worker_id, started_at, coalesce(completed_at, now()) as ended_at from runs where id = :id"
)

# What ended since from the index runs_completed, what runs still from runs_in_flight.
BESIDE = FolderStatement(
    f"""
    with ended as (
        select id, worker_id, started_at from runs
        where completed_at >= :since order by completed_at limit {MOST_EXAMINED}
    ), found as (
        select id from ended where worker_id = :worker_id and started_at < :until
        union all
        select id from runs
        where worker_id = :worker_id and status in ('dispatched', 'running') and started_at < :until
    )
    select {SUMMARY_COLUMNS}
    from runs r join tasks t on t.id = r.task_id
    where r.id in (select id from found) and r.id <> :id and granted(t.folder)
    order by r.started_at desc, r.id desc limit :limit
    """  # noqa: S608
)


async def runs_beside(context: ServiceContext, run_id: int, *, limit: int, access: Access) -> list[Run]:
    """Return up to `limit` runs that ran on the same worker at the same time, the last to start first.

    A run that has not started has none. Runs that a user may not read are left out. Raises `NotFoundError`.
    """
    await check_exists(context, run_id, access=access)
    async with context.database.transaction() as connection:
        run = (await connection.execute(WHERE_AND_WHEN, {"id": run_id})).one_or_none()
        if run is None or run.worker_id is None or run.started_at is None:
            return []
        values = {
            "id": run_id,
            "worker_id": run.worker_id,
            "since": run.started_at,
            "until": run.ended_at,
            "limit": limit,
        }
        rows = await connection.execute(BESIDE.within(access), values)
        return [to_run(read_run(row)) for row in rows]
