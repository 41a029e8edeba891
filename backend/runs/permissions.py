"""Whether a user may do something with a task or a run, by the folder that the task is in now.

What a user may not read does not exist for them. A user who may do it in every folder causes no statement.
"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.refusals import run_not_found, task_not_found
from shared.access import Access
from shared.enums import Permission
from shared.errors import NotFoundError

# By the primary keys, as the next two. The task of a test run is deleted.
FOLDER_OF_TASK = text("select folder from tasks where id = :id and deleted_at is null")
FOLDER_OF_RUN = text("select t.folder from runs r join tasks t on t.id = r.task_id where r.id = :id")
FOLDERS_OF_RUNS = text(
    """
    select r.id, t.folder from runs r join tasks t on t.id = r.task_id where r.id = any(cast(:ids as bigint[]))
    """
)


def check_folder(access: Access, folder: str, needed: Permission, *, hidden: NotFoundError) -> None:
    """Raise `hidden` where a user may not read what is in a folder, and `ForbiddenError` where they may no more."""
    if not access.permits(folder, Permission.READ):
        raise hidden
    access.require(folder, needed)


async def check_task(
    connection: AsyncConnection, task_id: int, access: Access, needed: Permission = Permission.READ
) -> None:
    """Raise `NotFoundError` or `ForbiddenError` unless a user may do something with a task."""
    if not access.permits_everywhere(needed):
        folder = await _folder_of_task(connection, task_id)
        check_folder(access, folder, needed, hidden=task_not_found(task_id))


async def permits_on_task(connection: AsyncConnection, task_id: int, access: Access, needed: Permission) -> bool:
    """Return whether something is permitted with a task; raises `NotFoundError` where it cannot be read."""
    if _is_same_everywhere(access, needed):
        return access.permits_everywhere(needed)
    folder = await _folder_of_task(connection, task_id)
    check_folder(access, folder, Permission.READ, hidden=task_not_found(task_id))
    return access.permits(folder, needed)


async def check_run(
    connection: AsyncConnection, run_id: int, access: Access, needed: Permission = Permission.READ
) -> None:
    """Raise `NotFoundError` or `ForbiddenError` unless a user may do something with a run."""
    if not access.permits_everywhere(needed):
        check_folder(access, await _folder_of_run(connection, run_id), needed, hidden=run_not_found(run_id))


async def permits_on_run(connection: AsyncConnection, run_id: int, access: Access, needed: Permission) -> bool:
    """Return whether something is permitted with a run; raises `NotFoundError` where it cannot be read."""
    if _is_same_everywhere(access, needed):
        return access.permits_everywhere(needed)
    folder = await _folder_of_run(connection, run_id)
    check_folder(access, folder, Permission.READ, hidden=run_not_found(run_id))
    return access.permits(folder, needed)


def _is_same_everywhere(access: Access, needed: Permission) -> bool:
    """Return whether the folder does not matter: everything can be read, and the rest is permitted in all or none."""
    return access.reads_all and (access.permits_everywhere(needed) or not access.permits_somewhere(needed))


async def check_runs(
    connection: AsyncConnection, run_ids: Iterable[int], access: Access, needed: Permission
) -> frozenset[int]:
    """Return those of the runs that a user may not read; raises `ForbiddenError` if one of the others is refused."""
    if access.permits_everywhere(needed):
        return frozenset()
    hidden = set()
    for run_id, folder in await connection.execute(FOLDERS_OF_RUNS, {"ids": sorted(set(run_ids))}):
        if access.permits(folder, Permission.READ):
            access.require(folder, needed)
        else:
            hidden.add(run_id)
    return frozenset(hidden)


async def _folder_of_task(connection: AsyncConnection, task_id: int) -> str:
    folder: str | None = (await connection.execute(FOLDER_OF_TASK, {"id": task_id})).scalar_one_or_none()
    if folder is None:
        raise task_not_found(task_id)
    return folder


async def _folder_of_run(connection: AsyncConnection, run_id: int) -> str:
    folder: str | None = (await connection.execute(FOLDER_OF_RUN, {"id": run_id})).scalar_one_or_none()
    if folder is None:
        raise run_not_found(run_id)
    return folder
