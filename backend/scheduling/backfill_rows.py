"""Backfills: groups of runs for past occurrences."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.scheduling.backfill_plan import backfill_status
from shared.models.backfill import Backfill, BackfillRequest

_SELECT = """
    select b.id, b.task_id, t.name as task_name, b.since, b.until, b.max_concurrency, b.total, b.created_by,
        b.created_at, b.cancelled_at, c.finished, c.succeeded, c.failed
    from backfills b join tasks t on t.id = b.task_id
    cross join lateral (
        select count(*) filter (where r.completed_at is not null) as finished,
            count(*) filter (where r.status = 'succeeded') as succeeded,
            count(*) filter (where r.status in ('failed', 'timed_out')) as failed
        from runs r where r.backfill_id = b.id
    ) c
"""
LIST = text(
    _SELECT
    + """ where t.deleted_at is null and (cast(:task_id as bigint) is null or b.task_id = :task_id)
    order by b.id desc limit 200"""
)
GET = text(_SELECT + " where b.id = :id and t.deleted_at is null")
INSERT = text(
    """
    insert into backfills (task_id, since, until, max_concurrency, total, created_by)
    values (:task_id, :since, :until, :max_concurrency, :total, :created_by) returning id
    """
)
CANCEL = text("update backfills set cancelled_at = now() where id = :id and cancelled_at is null")
UNFINISHED = text(
    """
    select id from runs where backfill_id = :id and status in ('blocked', 'pending', 'dispatched', 'running')
    """
)
SUCCEEDED = text(
    """
    select distinct scheduled_for from runs where task_id = :task_id and scheduled_for >= :since
        and scheduled_for < :until and status = 'succeeded' and fan_out_run_id is null
    """
)


def _backfill(row: RowMapping) -> Backfill:
    status = backfill_status(
        total=row["total"],
        finished=row["finished"],
        succeeded=row["succeeded"],
        is_cancelled=row["cancelled_at"] is not None,
    )
    return Backfill.model_validate({**row, "status": status})


async def list_all(connection: AsyncConnection, *, task_id: int | None) -> list[Backfill]:
    """Return the newest backfills, of one task or of all, 200 at most."""
    return [_backfill(row) for row in (await connection.execute(LIST, {"task_id": task_id})).mappings()]


async def get(connection: AsyncConnection, backfill_id: int) -> Backfill | None:
    """Return a backfill, or None."""
    row = (await connection.execute(GET, {"id": backfill_id})).mappings().one_or_none()
    return _backfill(row) if row else None


async def insert(
    connection: AsyncConnection, task_id: int, asked: BackfillRequest, *, total: int, created_by: str
) -> int:
    """Keep a new backfill and return its id."""
    found = await connection.execute(
        INSERT,
        {
            "task_id": task_id,
            "since": asked.since,
            "until": asked.until,
            "max_concurrency": asked.max_concurrency,
            "total": total,
            "created_by": created_by,
        },
    )
    backfill_id: int = found.scalar_one()
    return backfill_id


async def mark_cancelled(connection: AsyncConnection, backfill_id: int) -> None:
    """Remember that a backfill was cancelled."""
    await connection.execute(CANCEL, {"id": backfill_id})


async def unfinished(connection: AsyncConnection, backfill_id: int) -> Sequence[int]:
    """Return the runs of a backfill that have no outcome."""
    return list((await connection.execute(UNFINISHED, {"id": backfill_id})).scalars())


async def succeeded(
    connection: AsyncConnection, task_id: int, *, since: datetime, until: datetime
) -> frozenset[datetime]:
    """Return the occurrences of a window that succeeded, whatever made their runs."""
    rows = await connection.execute(SUCCEEDED, {"task_id": task_id, "since": since, "until": until})
    return frozenset(rows.scalars())
