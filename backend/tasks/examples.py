"""Adds the example tasks to a new local backend."""

import importlib.resources
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from backend.context import Actor, ServiceContext
from backend.runs.trigger import trigger
from backend.tasks.checks import checked_fields
from backend.tasks.create import create_task
from shared.errors import ConflictError
from shared.models.trigger import TriggerRequest
from shared.task_files import fill_in, in_order_of_dependencies, parse_tasks, with_upstream_ids

log = structlog.get_logger()


def load_examples(placeholders: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the fields of each example task, upstream tasks first."""
    tasks = []
    for file in sorted(importlib.resources.files("resources.examples").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            tasks += parse_tasks(fill_in(file.read_text(encoding="utf-8"), placeholders), source=file.name)
    return in_order_of_dependencies(tasks)


async def add_examples(context: ServiceContext, *, placeholders: Mapping[str, str], done: Path) -> None:
    """Add the examples once and run those without dependencies, so that the first screen is not empty.

    The file `done` marks that they were added, so that deleted examples do not return.
    """
    if done.exists():
        return
    actor = Actor(None, "first start")
    ids: dict[str, int] = {}
    for example in load_examples(placeholders):
        try:
            task = await create_task(context, checked_fields(with_upstream_ids(example, ids)), actor=actor)
        except ConflictError:
            log.info("example task not added: its name is taken", task=example["name"])
        else:
            ids[task.name] = task.id
            if not task.depends_on:
                await trigger(context, task.id, TriggerRequest(), actor=actor)
    done.touch()
