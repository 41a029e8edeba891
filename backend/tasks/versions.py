"""The versions of a task: recorded at each change, listed, read and compared."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.runs.permissions import check_folder, permits_on_task
from backend.runs.refusals import task_not_found
from backend.tasks.diff import diff
from backend.tasks.model import read_task
from shared.access import Access
from shared.enums import Permission
from shared.errors import NotFoundError
from shared.models.task import ENVIRONMENT_MASK, TaskFields
from shared.models.task_version import FieldChange, TaskVersion

MOST_VERSIONS = 500
"""The newest so many are listed; each comes with its whole definition from the database."""

RECORD = text(
    """
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    select v.task_id, v.version, cast(v.definition as jsonb), :changed_by, now()
    from unnest(cast(:task_ids as bigint[]), cast(:versions as integer[]), cast(:definitions as text[]))
        as v (task_id, version, definition)
    """
)
# By the primary key of task_versions, as the next two.
LIST = text(
    """
    select version, changed_by, changed_at, definition from task_versions where task_id = :task_id
    order by version desc limit :most
    """
)
GET = text(
    """
    select version, changed_by, changed_at, definition from task_versions
    where task_id = :task_id and version = :version
    """
)
DEFINITIONS = text(
    """
    select v.task_id, v.version, v.definition from task_versions v
    join unnest(cast(:task_ids as bigint[]), cast(:versions as integer[])) as w (task_id, version)
    on v.task_id = w.task_id and v.version = w.version
    """
)


async def record_version(
    connection: AsyncConnection, task_id: int, version: int, fields: TaskFields, *, changed_by: str
) -> None:
    """Record a task's fields at a version; its runs refer to it."""
    await record_versions(connection, [(task_id, version, fields)], changed_by=changed_by)


async def record_versions(
    connection: AsyncConnection, versions: Sequence[tuple[int, int, TaskFields]], *, changed_by: str
) -> None:
    """Record the fields of tasks, given as (task, version, fields)."""
    await connection.execute(
        RECORD,
        {
            "task_ids": [task_id for task_id, _, _ in versions],
            "versions": [version for _, version, _ in versions],
            "definitions": [fields.model_dump_json() for _, _, fields in versions],
            "changed_by": changed_by,
        },
    )


async def read_definitions(
    connection: AsyncConnection, versions: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], TaskFields]:
    """Return the fields of tasks at versions, given as (task, version), without those that cannot be read."""
    wanted = sorted(set(versions))
    rows = await connection.execute(
        DEFINITIONS, {"task_ids": [task for task, _ in wanted], "versions": [version for _, version in wanted]}
    )
    return {
        (task_id, version): TaskFields.model_construct(**definition)
        for task_id, version, definition in rows
        if isinstance(definition, dict)
    }


async def list_versions(context: ServiceContext, task_id: int, *, access: Access) -> list[TaskVersion]:
    """Return a task's versions, the newest first, each with what it changed.

    The values of environment variables are masked for who may not edit the task.
    """
    async with context.database.transaction() as connection:
        task = await read_task(connection, task_id)
        check_folder(access, task.folder, Permission.READ, hidden=task_not_found(task_id))
        shows_values = access.permits(task.folder, Permission.EDIT)
        rows = (await connection.execute(LIST, {"task_id": task_id, "most": MOST_VERSIONS})).all()
    definitions = [_masked(row.definition, shows_values=shows_values) for row in rows]
    return [
        TaskVersion(
            version=row.version,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
            changes=diff(older, definition) if older is not None else [],
        )
        for row, definition, older in zip(rows, definitions, [*definitions[1:], None], strict=False)
    ]


async def read_version(context: ServiceContext, task_id: int, version: int, *, access: Access) -> TaskVersion:
    """Return one version with its definition; raises `NotFoundError`. Values are masked as in the list."""
    async with context.database.transaction() as connection:
        shows_values = await permits_on_task(connection, task_id, access, Permission.EDIT)
        row = (await connection.execute(GET, {"task_id": task_id, "version": version})).one_or_none()
    if row is None:
        raise NotFoundError(f"Task {task_id} has no version {version}.")
    return TaskVersion(
        version=row.version,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        definition=_masked(row.definition, shows_values=shows_values),
    )


async def compare_versions(
    context: ServiceContext, task_id: int, *, before: int, after: int, access: Access
) -> list[FieldChange]:
    """Return the fields that differ between two versions; raises `NotFoundError`."""
    old = await read_version(context, task_id, before, access=access)
    new = await read_version(context, task_id, after, access=access)
    return diff(old.definition or {}, new.definition or {})


def _masked(definition: Any, *, shows_values: bool) -> dict[str, Any]:
    if not isinstance(definition, dict) or not isinstance(definition.get("environment") or {}, dict):
        return {}
    if shows_values or not definition.get("environment"):
        return definition
    return definition | {"environment": dict.fromkeys(definition["environment"], ENVIRONMENT_MASK)}
