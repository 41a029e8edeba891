"""Restores a task to a former version."""

from backend.context import Actor, ServiceContext
from backend.tasks.change import patch_task
from backend.tasks.versions import read_version
from shared.models.task import TASK_FIELD_NAMES, Task


async def restore_version(
    context: ServiceContext, task_id: int, version: int, *, if_match: str | None, actor: Actor
) -> Task:
    """Give a task the fields of a former version, as a new version; its name and its status stay."""
    found = await read_version(context, task_id, version, access=actor.access)
    restored = {
        name: value
        for name, value in (found.definition or {}).items()
        if name in TASK_FIELD_NAMES and name not in ("name", "status")
    }
    return await patch_task(context, task_id, restored, if_match=if_match, actor=actor)
