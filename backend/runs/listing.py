"""Lists of runs, page by page."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.bulk import Selected
from backend.context import ServiceContext
from backend.database.folder_conditions import in_folders
from backend.database.paging import fetch_page
from backend.database.schema import RUNS, TASKS
from backend.pages import PagePosition, PageRequest
from backend.runs.filter import where
from backend.runs.model import OF_TASK, SUMMARY_FIELDS, read_run, to_run
from backend.runs.waiting_facts import explain
from backend.workers.online import OnlineWorkers
from shared.access import Access
from shared.models.run import Run
from shared.models.run_filter import RunFilter

SORTABLE = {
    name: RUNS.c[name]
    for name in (
        "id",
        "queued_at",
        "dispatched_at",
        "started_at",
        "completed_at",
        "execution_time_ms",
        "priority",
    )
}

_COLUMNS = [TASKS.c[OF_TASK[name]].label(name) if name in OF_TASK else RUNS.c[name] for name in SUMMARY_FIELDS]
_DELETED = TASKS.alias("deleted")
_OF_NO_DELETED_TASK = RUNS.c.task_id.not_in(select(_DELETED.c.id).where(_DELETED.c.deleted_at <= func.now()))
"""Test runs are of tasks that are deleted later. The few tasks that are deleted and not yet purged are read once, from
the index tasks_deleted: to count 10,000 runs, PostgreSQL would otherwise join them with all tasks."""

SUMMARIES: Select[Any] = (
    select(*_COLUMNS).select_from(RUNS.join(TASKS, TASKS.c.id == RUNS.c.task_id)).where(_OF_NO_DELETED_TASK)
)
"""All runs of tasks that are not deleted, and test runs."""


async def list_runs(
    context: ServiceContext, wanted: RunFilter, page: PageRequest, *, online: OnlineWorkers, access: Access
) -> tuple[list[Run], PagePosition]:
    """Return one page of the runs that a user may read, the newest first, without the tails of their output."""
    async with context.database.transaction() as connection:
        conditions = await where(connection, wanted, access)
        counted = select(RUNS.c.id).where(_OF_NO_DELETED_TASK, *conditions) if access.reads_all else None
        runs, position = await fetch_page(
            connection,
            _readable(access).where(*conditions),
            read=read_run,
            row_id=RUNS.c.id,
            sortable=SORTABLE,
            default_sort=wanted.newest_first,
            page=page,
            counted=counted,
        )
        reasons = await explain(connection, runs, online=online, access=access)
    return [to_run(run, reason=reasons.get(run.id)) for run in runs], position


async def select_runs(connection: AsyncConnection, wanted: RunFilter, *, access: Access, most: int) -> list[Selected]:
    """Return up to `most` of the runs that the list of this filter shows, in the order of their ids."""
    query = _readable(access).where(*await where(connection, wanted, access))
    query = query.with_only_columns(RUNS.c.id, TASKS.c.name, TASKS.c.folder).order_by(RUNS.c.id).limit(most)
    return [Selected(*row) for row in await connection.execute(query)]


def _readable(access: Access) -> Select[Any]:
    return SUMMARIES if access.reads_all else SUMMARIES.where(in_folders(TASKS.c.folder, access))
