"""Tasks, runs and workers that fit what is typed into the palette."""

import asyncio
import re

from console.actions import Action
from console.command_palette.fuzzy import rank
from console.context import Context
from console.status_words import status_words
from console.views.view import Follow
from console.words import tr
from shared.errors import NotFoundError
from shared.models.run import Run
from shared.models.task import Task
from shared.models.worker import Worker

_MOST_TASKS = 12
_MOST_WORKERS = 5
_RUN_ID = re.compile(r"^(?:run\s*)?#?\s*(\d{1,18})$", re.IGNORECASE)


def run_id_in(query: str) -> int | None:
    """Return the run that is asked for by `123`, `#123` or `run 123`."""
    found = _RUN_ID.match(query.strip())
    return int(found[1]) if found else None


async def find_objects(context: Context, query: str, follow: Follow) -> list[Action]:
    """Return an action that opens each object, best first; `follow` shows a view with what is wanted."""
    client = context.connection.client
    run_id = run_id_in(query)

    async def run() -> list[Action]:
        if run_id is None:
            return []
        try:
            return [_open_run(await client.get_run(run_id), follow)]
        except NotFoundError:
            return []

    async def tasks() -> list[Action]:
        page = await client.list_tasks(q=query, limit=_MOST_TASKS)
        return [_open_task(task, follow) for task in rank(query, page.data, lambda task: task.name)] or [
            _open_task(task, follow) for task in page.data
        ]

    async def workers() -> list[Action]:
        if (await context.permissions.loaded()).is_member:
            return []
        page = await client.list_workers()
        fitting = rank(query, page.data, lambda worker: f"{worker.hostname} {worker.id}")
        return [_open_worker(worker, follow) for worker in fitting[:_MOST_WORKERS]]

    groups = await asyncio.gather(run(), tasks(), workers())
    return [action for group in groups for action in group]


def _open_task(task: Task, follow: Follow) -> Action:
    return Action(
        f"task.{task.id}", task.name, lambda: follow("task", {"task": task.id}), group=tr("Task"), icon_name="tasks"
    )


def _open_run(run: Run, follow: Follow) -> Action:
    return Action(
        f"run.{run.id}",
        tr("Run %1 of %2 · %3", run.id, run.task_name, status_words(run.status)),
        lambda: follow("run", {"run": run.id}),
        group=tr("Run"),
        icon_name="runs",
    )


def _open_worker(worker: Worker, follow: Follow) -> Action:
    return Action(
        f"worker.{worker.id}",
        worker.hostname,
        lambda: follow("workers", {"worker": worker.id}),
        group=tr("Worker"),
        icon_name="workers",
    )
