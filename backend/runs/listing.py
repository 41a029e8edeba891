"""Lists of runs, page by page."""

from typing import Any

from sqlalchemy import Select, func, or_, select

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
SUMMARIES: Select[Any] = (
    select(*_COLUMNS)
    .select_from(RUNS.join(TASKS, TASKS.c.id == RUNS.c.task_id))
    .where(or_(TASKS.c.deleted_at.is_(None), TASKS.c.deleted_at > func.now()))
)
"""All runs of tasks that are not deleted, and test runs."""


async def list_runs(
    context: ServiceContext, wanted: RunFilter, page: PageRequest, *, online: OnlineWorkers, access: Access
) -> tuple[list[Run], PagePosition]:
    """Return one page of the runs that a user may read, the newest first, without the tails of their output."""
    async with context.database.transaction() as connection:
        runs, position = await fetch_page(
            connection,
            _readable(access).where(*await where(connection, wanted, access)),
            read=read_run,
            row_id=RUNS.c.id,
            sortable=SORTABLE,
            default_sort="-id",
            page=page,
        )
        reasons = await explain(connection, runs, online=online, access=access)
    return [to_run(run, reason=reasons.get(run.id)) for run in runs], position


def _readable(access: Access) -> Select[Any]:
    return SUMMARIES if access.reads_all else SUMMARIES.where(in_folders(TASKS.c.folder, access))
