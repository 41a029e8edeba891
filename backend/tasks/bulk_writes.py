"""Writes the same change to many locked tasks: each statement changes the rows and records their new versions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.scheduling.reschedule import reschedule
from backend.scheduling.set_aside import UnreadableSchedule
from backend.settings import Settings
from backend.tasks.bulk_plan import LockedTask
from shared.models.bulk import BulkTasks, LabelTasks, MoveTasks, PauseTasks, ResumeTasks, UndoneAction, UndoTasks

_AT_ONCE = 1000
_RESCHEDULED_AT_ONCE = 200
"""Between two statements, reading rows holds the event loop for a few milliseconds."""

_PAUSED = """status = 'paused', paused_reason = null, next_occurrence_at = null, next_run_at = null,
    schedule_since = now(), missed_at = null"""
_RESUMED = "status = 'active', paused_reason = null"


def _change(what: str) -> TextClause:
    """Return the statement that changes tasks and records their versions.

    By the primary keys of tasks and task_versions: each version is looked up by itself (offset 0), because PostgreSQL
    keeps the plan that it made when it did not know the table yet, and that one reads the whole table. The definition
    of a version is that of the version before with what a change of many tasks can change: nothing is computed for each
    task outside PostgreSQL.
    """
    return text(
        f"""
        with changed as (
            update tasks set {what}, version = tasks.version + 1, updated_at = now()
            where tasks.id = any(cast(:ids as bigint[]))
            returning tasks.id, tasks.version, tasks.status, tasks.folder, tasks.labels
        ), recorded as (
            insert into task_versions (task_id, version, definition, changed_by, changed_at)
            select c.id, c.version,
                v.definition || jsonb_build_object('status', c.status, 'folder', c.folder, 'labels', c.labels),
                :changed_by, now()
            from changed c cross join lateral (
                select definition from task_versions where task_id = c.id and version = c.version - 1 offset 0) v
        )
        select id, version from changed order by id
        """  # noqa: S608
    )


def _of_the_version_before(field: str, operator: str) -> str:
    """Return the SQL of a field at the version before the current one of a row of `tasks`."""
    return f"""(select v.definition{operator}'{field}' from task_versions v
        where v.task_id = tasks.id and v.version = tasks.version - 1)"""  # noqa: S608


PAUSE = _change(_PAUSED)
RESUME = _change(_RESUMED)
LABEL = _change("labels = (tasks.labels - cast(:remove as text[])) || cast(:add as jsonb)")
MOVE = _change("folder = :folder")
RESTORE_LABELS = _change(f"labels = coalesce({_of_the_version_before('labels', '->')}, labels)")
RESTORE_FOLDER = _change(f"folder = coalesce({_of_the_version_before('folder', '->>')}, folder)")

# By the primary key.
FORMER_FOLDERS = text(
    """
    select v.task_id, coalesce(v.definition->>'folder', '') as folder from task_versions v
    join unnest(cast(:ids as bigint[]), cast(:versions as integer[])) as w (id, version)
        on v.task_id = w.id and v.version = w.version - 1
    """
)

_UNDOING: Mapping[UndoneAction, TextClause] = {
    "pause": RESUME,
    "resume": PAUSE,
    "label": RESTORE_LABELS,
    "move": RESTORE_FOLDER,
}


def _statement(request: BulkTasks) -> tuple[TextClause, dict[str, Any]]:
    match request:
        case PauseTasks():
            return PAUSE, {}
        case ResumeTasks():
            return RESUME, {}
        case LabelTasks():
            return LABEL, {"add": json.dumps(request.add), "remove": request.remove}
        case MoveTasks():
            return MOVE, {"folder": request.folder}
        case UndoTasks():
            return _UNDOING[request.undoes], {}
    raise AssertionError(f"{request.action} writes no version")


async def write(
    connection: AsyncConnection, request: BulkTasks, tasks: Sequence[LockedTask], *, changed_by: str
) -> dict[int, int]:
    """Change locked tasks as a request says; return the new version of each that was changed, by id."""
    statement, values = _statement(request)
    versions: dict[int, int] = {}
    for start in range(0, len(tasks), _AT_ONCE):
        ids = [task.id for task in tasks[start : start + _AT_ONCE]]
        rows = await connection.execute(statement, {"ids": ids, "changed_by": changed_by, **values})
        versions |= {row.id: row.version for row in rows}
    return versions


async def follow_schedules(
    connection: AsyncConnection, request: BulkTasks, task_ids: Sequence[int], *, settings: Settings
) -> list[UnreadableSchedule]:
    """Store when resumed tasks are due next; return those whose schedule cannot be evaluated, which are paused again.

    A request that resumes none changes nothing.
    """
    statement, _ = _statement(request)
    unreadable: list[UnreadableSchedule] = []
    if statement is RESUME:
        for start in range(0, len(task_ids), _RESCHEDULED_AT_ONCE):
            part = task_ids[start : start + _RESCHEDULED_AT_ONCE]
            unreadable += await reschedule(connection, part, settings=settings, keeps_due=True)
    return unreadable


async def former_folders(connection: AsyncConnection, tasks: Sequence[LockedTask]) -> dict[int, str]:
    """Return the folders of tasks at the version before their current one."""
    values = {"ids": [task.id for task in tasks], "versions": [task.version for task in tasks]}
    return {row.task_id: row.folder for row in await connection.execute(FORMER_FOLDERS, values)}
