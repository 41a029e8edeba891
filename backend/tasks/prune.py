"""Deletes the tasks of a folder or with a label that a file does not name."""

from collections.abc import Collection, Sequence

from sqlalchemy import ARRAY, Text, all_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.bulk import Selected
from backend.context import Actor
from backend.database.schema import TASKS
from backend.runs.model import RunChange
from backend.tasks.bulk_plan import deletable
from backend.tasks.delete import delete_tasks, dependents_of
from backend.tasks.model import read_names
from backend.tasks.search import TaskFilter, matching
from shared.access import Access
from shared.enums import Permission
from shared.errors import ConflictError
from shared.models.definitions import PruneFilter
from shared.models.task_filter import TaskFilterFields

_MOST_NAMED = 10
"""Tasks that an error names."""


async def find_prunable(
    connection: AsyncConnection, wanted: PruneFilter, names: Collection[str], access: Access
) -> list[Selected]:
    """Return the tasks of a filter without those of these names, in the order of their ids."""
    conditions = await matching(
        connection, TaskFilter.of(TaskFilterFields(folder=wanted.folder, label=wanted.label)), access
    )
    columns = TASKS.c
    unnamed = columns.name != all_(bindparam("names", sorted(names), ARRAY(Text)))
    query = select(columns.id, columns.name, columns.folder).where(columns.deleted_at.is_(None), unnamed, *conditions)
    rows = await connection.execute(query.order_by(columns.id))
    return [Selected(row.id, row.name, row.folder) for row in rows]


async def prune_tasks(connection: AsyncConnection, tasks: Sequence[Selected], *, actor: Actor) -> list[RunChange]:
    """Delete locked tasks and cancel their runs; return what became of those.

    Raises `ForbiddenError` for a folder whose tasks the user may not edit, and `ConflictError` if a task that stays
    depends on one of them.
    """
    for folder in sorted({task.folder for task in tasks}):
        actor.access.require(folder, Permission.EDIT)
    ids = [task.id for task in tasks]
    dependents = await dependents_of(connection, ids)
    going = deletable(ids, dependents)
    staying = [task for task in tasks if task.id not in going]
    if staying:
        names = await read_names(
            connection, {one for task in staying for one in dependents.get(task.id, [])}, actor.access
        )
        listed = [
            f"{task.name} ({', '.join(names.get(one, 'a task that you may not read') for one in dependents[task.id])})"
            for task in staying[:_MOST_NAMED]
            if task.id in dependents
        ]
        raise ConflictError(
            f"Tasks cannot be pruned because others depend on them: {', '.join(listed)}. Name them in the file, or "
            "remove those dependencies first. Nothing was changed."
        )
    changes = await delete_tasks(connection, ids)
    await audit.record_each(
        connection,
        actor=actor,
        action="task.delete",
        object_type="task",
        objects=[(task.id, task.name, {"pruned": True}) for task in tasks],
    )
    return changes
