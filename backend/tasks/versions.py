"""What a task was: its versions, what they changed, and going back to one."""

from typing import Any

from backend.context import Actor, ServiceContext
from backend.tasks import version_rows as store
from backend.tasks.change import TaskService
from backend.tasks.diff import diff
from shared.errors import NotFoundError
from shared.models.task import ENVIRONMENT_MASK, TASK_FIELD_NAMES, Task
from shared.models.task_version import FieldChange, TaskVersion


class TaskHistory:
    """The use cases around a task's versions; `shows_values` False masks environment values, as for viewers."""

    def __init__(self, context: ServiceContext, tasks: TaskService) -> None:
        self._context = context
        self._tasks = tasks

    async def versions(self, task_id: int, *, shows_values: bool) -> list[TaskVersion]:
        """Return a task's versions, the newest first, each with what it changed."""
        await self._tasks.get(task_id)
        async with self._context.database.transaction() as connection:
            rows = await store.newest(connection, task_id)
        definitions = [_seen(row["definition"], shows_values) for row in rows]
        return [
            TaskVersion(
                version=row["version"],
                changed_by=row["changed_by"],
                changed_at=row["changed_at"],
                changes=diff(older, definition) if older is not None else [],
            )
            for row, definition, older in zip(rows, definitions, [*definitions[1:], None], strict=False)
        ]

    async def version(self, task_id: int, version: int, *, shows_values: bool) -> TaskVersion:
        """Return one version with its definition; raises `NotFoundError`."""
        async with self._context.database.transaction() as connection:
            row = await store.get(connection, task_id, version)
        if row is None:
            raise NotFoundError(f"Task {task_id} has no version {version}; its versions list those there are.")
        return TaskVersion(
            version=row["version"],
            changed_by=row["changed_by"],
            changed_at=row["changed_at"],
            definition=_seen(row["definition"], shows_values),
        )

    async def diff(self, task_id: int, *, before: int, after: int, shows_values: bool) -> list[FieldChange]:
        """Return what differs between two versions."""
        old = await self.version(task_id, before, shows_values=shows_values)
        new = await self.version(task_id, after, shows_values=shows_values)
        return diff(old.definition or {}, new.definition or {})

    async def restore(self, task_id: int, version: int, *, if_match: str | None, actor: Actor) -> Task:
        """Give a task the fields that it had at a version, but for its name and whether it is paused."""
        found = await self.version(task_id, version, shows_values=True)
        kept = {
            name: value
            for name, value in (found.definition or {}).items()
            if name in TASK_FIELD_NAMES and name not in ("name", "status")
        }
        return await self._tasks.patch(task_id, kept, if_match=if_match, actor=actor)


def _seen(definition: dict[str, Any], shows_values: bool) -> dict[str, Any]:
    if shows_values or not definition.get("environment"):
        return definition
    return definition | {"environment": dict.fromkeys(definition["environment"], ENVIRONMENT_MASK)}
