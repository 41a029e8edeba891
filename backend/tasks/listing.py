"""Lists of tasks: pages, counts, folders, and the recent outcomes of each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.database.paging import fetch_page
from backend.database.schema import TASKS
from backend.faults.model import ITEM_ERRORS, NewFault
from backend.faults.store import store_faults
from backend.pages import PagePosition, PageRequest
from backend.runs import recent_outcomes as outcomes
from backend.runs.permissions import check_folder
from backend.runs.refusals import task_not_found
from backend.tasks.model import SELECT_TASKS, read_row, read_task, unreadable_task
from backend.tasks.search import TaskFilter, matching
from shared.access import Access
from shared.enums import Permission
from shared.models.task import Task
from shared.models.task_overview import RecentOutcomes, TaskFolder

SORTABLE = {
    name: TASKS.c[name]
    for name in (
        "id",
        "name",
        "folder",
        "status",
        "executor",
        "task_type",
        "priority",
        "created_at",
        "updated_at",
        "next_run_at",
    )
}

_UNIQUE = frozenset({"name"})

# An index-only scan of tasks_folder.
FOLDERS = FolderStatement(
    """
    select folder, count(*) as tasks from tasks where deleted_at is null and granted(folder)
    group by folder order by folder
    """
)


async def list_tasks(
    connection: AsyncConnection, wanted: TaskFilter, page: PageRequest, *, access: Access
) -> tuple[list[Task], PagePosition]:
    """Return one page of the tasks that a user may read; one whose row cannot be read is set aside."""
    faults: list[NewFault] = []

    def read(row: Row[Any]) -> Task | None:
        try:
            return read_row(row)
        except ITEM_ERRORS as error:
            faults.append(unreadable_task(row, error))
            return None

    found = await fetch_page(
        connection,
        SELECT_TASKS.where(*await matching(connection, wanted, access)),
        read=read,
        row_id=TASKS.c.id,
        sortable=SORTABLE,
        default_sort="name",
        page=page,
        unique=_UNIQUE,
    )
    await store_faults(connection, faults)
    return found


async def get_task(context: ServiceContext, task_id: int, *, access: Access) -> Task:
    """Return a task; raises `NotFoundError`, also where a user may not read it."""
    async with context.database.transaction() as connection:
        task = await read_task(connection, task_id)
    check_folder(access, task.folder, Permission.READ, hidden=task_not_found(task_id))
    return task


async def read_page(
    context: ServiceContext, wanted: TaskFilter, page: PageRequest, *, access: Access
) -> tuple[list[Task], PagePosition]:
    """Return one page of tasks, and the position of the next."""
    async with context.database.transaction() as connection:
        return await list_tasks(connection, wanted, page, access=access)


async def count_tasks(context: ServiceContext, wanted: TaskFilter, *, access: Access) -> int:
    """Return the exact number of tasks that a filter selects among those that a user may read."""
    async with context.database.transaction() as connection:
        conditions = await matching(connection, wanted, access)
        query = select(func.count()).select_from(TASKS).where(TASKS.c.deleted_at.is_(None), *conditions)
        total: int = (await connection.execute(query)).scalar_one()
    return total


async def list_folders(context: ServiceContext, *, access: Access) -> list[TaskFolder]:
    """Return every folder that a user may read and that directly contains tasks, with their number."""
    async with context.database.transaction() as connection:
        return [TaskFolder(path=path, tasks=tasks) for path, tasks in await connection.execute(FOLDERS.within(access))]


async def list_recent_outcomes(
    context: ServiceContext, task_ids: Sequence[int], *, most: int, access: Access
) -> list[RecentOutcomes]:
    """Return how the last runs of each task ended, the newest first; none of one that a user may not read."""
    async with context.database.transaction() as connection:
        return await outcomes.recent_outcomes(connection, task_ids, most=most, access=access)
