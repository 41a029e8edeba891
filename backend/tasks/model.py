"""A task as the database gives it, and the statements that read one."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import in_folders
from backend.database.schema import TASKS
from backend.faults.model import ITEM_ERRORS, NewFault, cause_of, set_aside
from backend.runs.of_task import newest_first, runs_of
from backend.runs.refusals import task_not_found
from shared.access import Access
from shared.enums import DependencyCondition, DependencyWindow, Priority, RunStatus
from shared.errors import ConflictError
from shared.models.task import TASK_FIELD_NAMES, Dependency, LastRun, Task, TaskFields

_NOT_SHOWN = ("deleted_at", "next_occurrence_at", "schedule_since", "missed_at")

FIELD_COLUMNS = tuple(name for name in TASK_FIELD_NAMES if name != "depends_on")
"""The columns of `tasks` that hold a task's fields, each with the name of its field."""

_DEPENDS_ON = """
    (select coalesce(jsonb_agg(jsonb_build_object('task_id', d.upstream_id, 'condition', d.condition,
        'window', d.period) order by d.upstream_id), '[]')
     from task_dependencies d where d.task_id = tasks.id)
"""


def last_run_sql(task_id: str) -> str:
    """Return an SQL expression for the newest run of a task, as JSON: one probe of the index runs_by_task."""
    return f"""
        (select jsonb_build_object('id', r.id, 'status', r.status, 'started_at', r.started_at,
            'completed_at', r.completed_at, 'execution_time_ms', r.execution_time_ms)
         from runs r where {runs_of(task_id)} and r.fan_out_run_id is null order by {newest_first()} limit 1)
    """  # noqa: S608


def last_run_from_json(value: Mapping[str, Any] | None) -> LastRun | None:
    """Return what `last_run_sql` selected."""
    return LastRun.model_validate({**value, "status": RunStatus(value["status"])}) if value else None


SELECT_TASKS: Select[Any] = select(
    *(column for column in TASKS.c if column.name not in _NOT_SHOWN),
    literal_column(_DEPENDS_ON).label("depends_on"),
    literal_column(last_run_sql("tasks.id")).label("last_run"),
).where(TASKS.c.deleted_at.is_(None))
"""All tasks that are not deleted, for `read_row`."""
_SELECTED = tuple(SELECT_TASKS.selected_columns.keys())


def read_row(row: Row[Any]) -> Task:
    """Return the task of a row that begins with the columns of `SELECT_TASKS`."""
    fields = dict(zip(_SELECTED, row, strict=False))
    depends_on = [
        Dependency(
            task_id=edge["task_id"],
            condition=DependencyCondition(edge["condition"]),
            window=DependencyWindow(edge["window"]),
        )
        for edge in fields.pop("depends_on")
    ]
    last_run = last_run_from_json(fields.pop("last_run"))
    priority = Priority.from_level(fields.pop("priority"))
    return Task(**fields, priority=priority, depends_on=depends_on, last_run=last_run)


def columns_of(fields: TaskFields) -> dict[str, Any]:
    """Return the values of the columns of `tasks` that hold a task's fields."""
    values = fields.model_dump(exclude={"depends_on"})
    blackouts = [window.model_dump(mode="json", exclude_none=True) for window in fields.blackouts]
    return values | {"priority": fields.priority.level, "blackouts": blackouts}


def fields_of(task: Task) -> TaskFields:
    """Return the fields of a stored task that a person sets."""
    return TaskFields.model_validate(task.model_dump(include=set(TASK_FIELD_NAMES)))


def read_whole(row: Row[Any]) -> Task:
    """Do the same as `read_row`; raises `ConflictError` for a row that cannot be read."""
    try:
        return read_row(row)
    except ITEM_ERRORS as error:
        raise ConflictError(
            f"Task {row.id} ({row.name}) cannot be read: {cause_of(error)}. It was written by another version or by "
            "hand. Correct its row in the database, or restore it from a backup."
        ) from error


def unreadable_task(row: Row[Any], error: Exception) -> NewFault:
    """Return the fault of a task that lists leave out."""
    return set_aside(
        "listed task",
        row.id,
        name=row.name,
        cause=error,
        next_step="No list shows it. Correct its row in the database, or restore it from a backup.",
    )


async def find_task(connection: AsyncConnection, task_id: int) -> Task | None:
    """Return a task, or None; raises `ConflictError` for one that cannot be read."""
    row = (await connection.execute(SELECT_TASKS.where(TASKS.c.id == task_id))).one_or_none()
    return read_whole(row) if row else None


async def read_task(connection: AsyncConnection, task_id: int) -> Task:
    """Return a task; raises `NotFoundError`."""
    task = await find_task(connection, task_id)
    if task is None:
        raise task_not_found(task_id)
    return task


async def lock_task(connection: AsyncConnection, task_id: int) -> Task:
    """Return a task, locked against other changes until the transaction ends; raises `NotFoundError`."""
    query = select(TASKS.c.id).where(TASKS.c.id == task_id, TASKS.c.deleted_at.is_(None)).with_for_update()
    if (await connection.execute(query)).scalar_one_or_none() is None:
        raise task_not_found(task_id)
    return await read_task(connection, task_id)


async def read_names(connection: AsyncConnection, task_ids: Iterable[int], access: Access) -> dict[int, str]:
    """Return the names of the tasks of these ids that exist and that a user may read."""
    query = select(TASKS.c.id, TASKS.c.name).where(TASKS.c.id.in_(set(task_ids)), TASKS.c.deleted_at.is_(None))
    if not access.reads_all:
        query = query.where(in_folders(TASKS.c.folder, access))
    return {row.id: row.name for row in await connection.execute(query)}
