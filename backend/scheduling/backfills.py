"""Backfills: the runs of a task for past occurrences, so many at a time, which can be cancelled together."""

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.runs.cancel import cancel_runs
from backend.runs.create import insert_runs
from backend.runs.limits import Hold
from backend.runs.outbox import publish
from backend.runs.permissions import check_folder
from backend.runs.refusals import task_not_found
from backend.runs.template import TEMPLATE_COLUMNS, RunTemplate, read_template
from backend.scheduling.backfill_plan import TooManyOccurrencesError, backfill_status, occurrences_of
from backend.scheduling.model import SCHEDULE_COLUMNS, SCHEDULE_WIDTH, ScheduledTask, read_schedule
from backend.settings import Settings
from shared.access import Access
from shared.enums import Permission, RunTrigger
from shared.errors import ConflictError, NotFoundError, ValidationFailedError
from shared.models.backfill import MOST_RUNS, Backfill, BackfillRequest, BackfillStatus
from shared.schedule.effort import TooMuchEffortError, effort_limit
from shared.schedule.timing import Timing

_SELECT = """
    select b.id, b.task_id, t.name as task_name, t.folder, b.since, b.until, b.max_concurrency, b.total, b.created_by,
        b.created_at, b.cancelled_at, c.finished, c.succeeded, c.failed
    from backfills b join tasks t on t.id = b.task_id
    cross join lateral (
        select count(*) filter (where r.completed_at is not null) as finished,
            count(*) filter (where r.status = 'succeeded') as succeeded,
            count(*) filter (where r.status in ('failed', 'timed_out')) as failed
        from runs r where r.backfill_id = b.id
    ) c
"""
LIST = FolderStatement(
    _SELECT
    + """ where t.deleted_at is null and granted(t.folder)
        and (cast(:task_id as bigint) is null or b.task_id = :task_id)
    order by b.id desc limit 200"""
)
GET = FolderStatement(_SELECT + " where b.id = :id and t.deleted_at is null and granted(t.folder)")
TASK = text(
    f"""
    select {SCHEDULE_COLUMNS}, {TEMPLATE_COLUMNS}, t.folder from tasks t left join calendars c on c.name = t.calendar
    where t.id = :task_id and t.deleted_at is null for update of t
    """  # noqa: S608
)

INSERT = text(
    """
    insert into backfills (task_id, since, until, max_concurrency, total, created_by)
    values (:task_id, :since, :until, :max_concurrency, :total, :created_by) returning id
    """
)
CANCEL = text("update backfills set cancelled_at = now() where id = :id and cancelled_at is null")
# The runs of a backfill without an outcome, from the index runs_of_backfill.
UNFINISHED = text(
    """
    select id from runs where backfill_id = :id and status in ('blocked', 'pending', 'dispatched', 'running')
    """
)
# Occurrences that succeeded, whatever created their runs, from the index runs_by_occurrence.
SUCCEEDED = text(
    """
    select distinct scheduled_for from runs where task_id = :task_id and scheduled_for >= :since
        and scheduled_for < :until and status = 'succeeded' and fan_out_run_id is null
    """
)


async def list_backfills(context: ServiceContext, *, task_id: int | None, access: Access) -> list[Backfill]:
    """Return the newest 200 backfills that a user may read, of one task or of all."""
    async with context.database.transaction() as connection:
        return [_backfill(row) for row in await connection.execute(LIST.within(access), {"task_id": task_id})]


async def read_backfill(context: ServiceContext, backfill_id: int, *, access: Access) -> Backfill:
    """Return a backfill; raises `NotFoundError`, also where a user may not read it."""
    async with context.database.transaction() as connection:
        return await _read(connection, backfill_id, access)


async def start_backfill(context: ServiceContext, task_id: int, asked: BackfillRequest, *, actor: Actor) -> Backfill:
    """Create a run for each occurrence of a past window; `max_concurrency` of them run at once.

    A dry run, and a window without occurrences, create nothing and return a backfill without an id. Raises
    `NotFoundError`, `ForbiddenError`, `ConflictError` for a task without occurrences of its own, and
    `ValidationFailedError`.
    """
    async with context.database.transaction() as connection:
        task, template, folder = await _lock_task(connection, task_id, actor.access)
        times = await _occurrences(connection, task, asked, settings=context.settings)
        if asked.dry_run or not times:
            return Backfill(
                task_id=task_id,
                task_name=task.name,
                folder=folder,
                since=asked.since,
                until=asked.until,
                max_concurrency=asked.max_concurrency,
                total=len(times),
                status=BackfillStatus.RUNNING if times else BackfillStatus.SUCCEEDED,
                times=times,
            )
        backfill_id = await _insert(connection, task_id, asked, total=len(times), created_by=actor.name)
        new = [
            template.run(
                RunTrigger.BACKFILL,
                hold=Hold.BACKFILL,
                scheduled_for=at,
                backfill_id=backfill_id,
                priority=asked.priority,
            )
            for at in times
        ]
        created = await insert_runs(connection, new, aging=context.settings.priority_aging)
        await audit.record(
            connection,
            actor=actor,
            action="task.backfill",
            object_type="task",
            object_id=task_id,
            object_name=task.name,
            detail={"backfill_id": backfill_id, "runs": len(times)},
        )
        made = await _read(connection, backfill_id, actor.access)
    publish(context, created)
    return made


async def cancel_backfill(context: ServiceContext, backfill_id: int, *, actor: Actor) -> Backfill:
    """Cancel the runs of a backfill that have not ended; raises `ForbiddenError`, and `ConflictError` if all have."""
    async with context.database.transaction() as connection:
        found = await _read(connection, backfill_id, actor.access)
        actor.access.require(found.folder, Permission.RUN)
        left = list((await connection.execute(UNFINISHED, {"id": backfill_id})).scalars())
        if not left:
            raise ConflictError(f"Backfill {backfill_id} has ended: it {found.status}.")
        await connection.execute(CANCEL, {"id": backfill_id})
        reason = f"backfill cancelled by {actor.name}"
        changes = await cancel_runs(connection, left, reason=reason)
        await audit.record(
            connection,
            actor=actor,
            action="backfill.cancel",
            object_type="backfill",
            object_id=backfill_id,
            object_name=found.task_name,
        )
        cancelled = await _read(connection, backfill_id, actor.access)
    publish(context, changes)
    return cancelled


async def _lock_task(
    connection: AsyncConnection, task_id: int, access: Access
) -> tuple[ScheduledTask, RunTemplate, str]:
    """Return a task, locked, with its folder; raises `ForbiddenError` where a user may not run it."""
    row = (await connection.execute(TASK, {"task_id": task_id})).one_or_none()
    if row is None:
        raise task_not_found(task_id)
    check_folder(access, row.folder, Permission.RUN, hidden=task_not_found(task_id))
    return read_schedule(row), read_template(row[SCHEDULE_WIDTH:]), row.folder


async def _occurrences(
    connection: AsyncConnection, task: ScheduledTask, asked: BackfillRequest, *, settings: Settings
) -> list[datetime]:
    """Return the occurrences of which a backfill creates runs."""
    if asked.until > task.now:
        raise ValidationFailedError.of("until", "must not be in the future: the schedule creates those runs")
    if task.schedule is None:
        raise ConflictError(f"{task.name} has no schedule, so it has no occurrences to run.")
    timing = task.facts(misfire_grace=settings.misfire_grace).timing
    if timing.follows_last_run:
        raise ConflictError(f"{task.name} follows its last run, so it has no occurrences of its own.")
    done: frozenset[datetime] = frozenset()
    if asked.only_missing:
        window = {"task_id": task.id, "since": asked.since, "until": asked.until}
        done = frozenset((await connection.execute(SUCCEEDED, window)).scalars())
    try:
        return await asyncio.to_thread(
            _walk,
            timing,
            since=asked.since,
            until=asked.until,
            without=done,
            newest_first=asked.newest_first,
            most=MOST_RUNS,
        )
    except TooMuchEffortError as error:
        raise ValidationFailedError.of("until", str(error)) from error
    except TooManyOccurrencesError:
        raise ValidationFailedError.of(
            "until", f"the window holds more than {MOST_RUNS:,} occurrences; use a shorter one"
        ) from None


def _walk(
    timing: Timing, *, since: datetime, until: datetime, without: frozenset[datetime], newest_first: bool, most: int
) -> list[datetime]:
    with effort_limit():
        return occurrences_of(timing, since=since, until=until, without=without, newest_first=newest_first, most=most)


async def _read(connection: AsyncConnection, backfill_id: int, access: Access) -> Backfill:
    row = (await connection.execute(GET.within(access), {"id": backfill_id})).one_or_none()
    if row is None:
        raise NotFoundError(f"Backfill {backfill_id} does not exist.")
    return _backfill(row)


async def _insert(
    connection: AsyncConnection, task_id: int, asked: BackfillRequest, *, total: int, created_by: str
) -> int:
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


def _backfill(row: Row[Any]) -> Backfill:
    status = backfill_status(
        total=row.total, finished=row.finished, succeeded=row.succeeded, is_cancelled=row.cancelled_at is not None
    )
    return Backfill.model_validate({**row._mapping, "status": status})
