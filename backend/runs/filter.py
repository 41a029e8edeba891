"""The SQL of `RunFilter`, whose `matches` decides the same about one run."""

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, bindparam, func, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import FolderStatement
from backend.database.like import containing
from backend.database.schema import RUNS
from shared.access import Access
from shared.models.run_filter import RunFilter

# Tasks first: the runs of a few tasks come from the index runs_by_task, and no run is read for its name.
TASKS_NAMED = FolderStatement(
    """
    select id from tasks where name ilike :pattern and deleted_at is null and granted(folder) order by id limit :most
    """
)

# By the indexes tasks_folder and tasks_deleted.
READABLE = FolderStatement("select id from tasks where granted_task(id) order by id limit :most")

MOST_NAMED = 5_000
"""More tasks than this make a list of conditions that PostgreSQL plans slowly."""


async def tasks_named(connection: AsyncConnection, words: str, access: Access, *, most: int = MOST_NAMED) -> list[int]:
    """Return the ids of the tasks that a user may read whose names contain the words, in any case."""
    values = {"pattern": containing(words), "most": most}
    return list((await connection.execute(TASKS_NAMED.within(access), values)).scalars())


async def _few_readable_tasks(connection: AsyncConnection, access: Access) -> list[int] | None:
    """Return the ids of the tasks that a user may read, or None if they are many.

    The condition on their folders alone lets PostgreSQL pass by the runs of all others, because it does not know how
    few tasks are in a folder: a page of 49 runs among 500,000 took 232 ms, and takes 13 ms by the ids. Runs of many
    tasks are met soon.
    """
    ids = list((await connection.execute(READABLE.within(access), {"most": MOST_NAMED + 1})).scalars())
    return ids if len(ids) <= MOST_NAMED else None


async def where(connection: AsyncConnection, wanted: RunFilter, access: Access) -> list[ColumnElement[bool]]:
    """Return the conditions on `RUNS` of the runs that match."""
    conditions: list[ColumnElement[bool]] = []
    if not access.reads_all and (readable := await _few_readable_tasks(connection, access)) is not None:
        conditions.append(RUNS.c.task_id == any_(bindparam(None, readable, ARRAY(BigInteger), unique=True)))
    if wanted.task_id is not None:
        # As a literal: a plan for any task would be made for those that have nearly all runs.
        conditions.append(RUNS.c.task_id == bindparam(None, wanted.task_id, unique=True, literal_execute=True))
    if wanted.statuses:
        conditions.append(RUNS.c.status.in_(sorted(wanted.statuses)))
    if wanted.text:
        named = RUNS.c.task_id.in_(await tasks_named(connection, wanted.text, access))
        number = wanted.run_number
        conditions.append(named if number is None else or_(named, RUNS.c.id == number))
    if not wanted.has_child_runs:
        conditions.append(RUNS.c.fan_out_run_id.is_(None))
    for column, value in (
        (RUNS.c.worker_id, wanted.worker_id),
        (RUNS.c.trigger, wanted.trigger),
        (RUNS.c.fan_out_run_id, wanted.fan_out_run_id),
        (RUNS.c.backfill_id, wanted.backfill_id),
    ):
        if value is not None:
            conditions.append(column == value)
    for column, since, until in (
        (RUNS.c.queued_at, wanted.since, wanted.until),
        (RUNS.c.completed_at, wanted.ended_since, wanted.ended_until),
        (RUNS.c.queued_at, None, wanted.waiting_until),
    ):
        if since is not None:
            conditions.append(column >= since)
        if until is not None:
            conditions.append(column < until)
    if wanted.waiting_since is not None:
        waited_until = func.coalesce(RUNS.c.started_at, RUNS.c.completed_at)
        conditions.append(or_(waited_until.is_(None), waited_until >= wanted.waiting_since))
    return conditions
