"""Which tasks a request for many means: those of its ids, or those that the filter of the list selects."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.bulk import Refusals, Selected, check_selected
from backend.database.folder_conditions import FolderStatement
from backend.database.schema import TASKS
from backend.tasks.bulk_plan import LockedTask
from backend.tasks.search import TaskFilter, matching
from shared.access import Access
from shared.enums import BulkReason, Permission, TaskStatus
from shared.models.bulk import MOST_BULK, TaskSelection, UndoTasks

# By the primary key, as the next one.
BY_IDS = FolderStatement(
    """
    select id, name, folder from tasks
    where id = any(cast(:ids as bigint[])) and deleted_at is null and granted(folder) order by id
    """
)
# The folder is asked again of the row that was locked: it may have been moved since it was selected.
LOCK = FolderStatement(
    """
    select id, name, folder, status, labels, version from tasks
    where id = any(cast(:ids as bigint[])) and deleted_at is null and granted(folder) order by id for update
    """,
    needed=Permission.EDIT,
)


async def select_tasks(
    connection: AsyncConnection, request: TaskSelection | UndoTasks, access: Access, refusals: Refusals
) -> dict[int, Selected]:
    """Return the tasks that a request means, among those that a user may read, in the order of their ids.

    Ids of which there is no such task are counted among the refusals. Raises as `check_selected`.
    """
    if isinstance(request, UndoTasks) or request.filter is None:
        wanted = sorted(set(request.ids or ()))
        rows = await connection.execute(BY_IDS.within(access), {"ids": wanted})
    else:
        conditions = await matching(connection, TaskFilter.of(request.filter), access)
        columns = TASKS.c
        query = select(columns.id, columns.name, columns.folder).where(columns.deleted_at.is_(None), *conditions)
        rows = await connection.execute(query.order_by(columns.id).limit(MOST_BULK + 1))
        wanted = []
    found = {row.id: Selected(row.id, row.name, row.folder) for row in rows}
    check_selected(max(len(found), len(wanted)), at_most=request.at_most, what="tasks")
    for task_id in wanted:
        if task_id not in found:
            refusals.add(BulkReason.GONE, task_id)
    return found


async def lock_tasks(
    connection: AsyncConnection, selected: Mapping[int, Selected], access: Access, refusals: Refusals
) -> list[LockedTask]:
    """Lock those of the tasks that a user may edit, in the order of their ids; count the others as refused."""
    rows = await connection.execute(LOCK.within(access), {"ids": list(selected)})
    tasks = [LockedTask(row.id, row.name, row.folder, TaskStatus(row.status), row.labels, row.version) for row in rows]
    count_left_out(refusals, selected, {task.id for task in tasks}, access, Permission.EDIT)
    return tasks


def count_left_out(
    refusals: Refusals, selected: Mapping[int, Selected], found: set[int], access: Access, needed: Permission
) -> None:
    """Count those of the selected tasks that are not among the found: not permitted, or deleted a moment ago."""
    for task in selected.values():
        if task.id not in found:
            is_permitted = access.permits(task.folder, needed)
            refusals.add(BulkReason.GONE if is_permitted else BulkReason.NOT_PERMITTED, task.id, task.name)
