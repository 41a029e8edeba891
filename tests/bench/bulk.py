"""How long one request takes that changes 5,000 tasks or their runs, selected by a filter."""

import time
from collections.abc import Awaitable, Callable

import asyncpg

from shared.models.bulk import (
    BulkResult,
    CancelRuns,
    DeleteTasks,
    LabelTasks,
    MoveTasks,
    PauseTasks,
    ResumeTasks,
    RetryRuns,
    TriggerTasks,
    UndoTasks,
)
from shared.models.run_filter import RunFilterFields
from shared.models.task_filter import TaskFilterFields
from tests.bench.processes import Processes
from tests.bench.report import report

TASKS = 5_000
FOLDER = "bulk"
NAME = "bulk-task"


async def _update_limit(url: str) -> float:
    """Return how long PostgreSQL alone takes to change as many tasks, and to copy as many versions."""
    connection = await asyncpg.connect(url)
    try:
        began = time.perf_counter()
        async with connection.transaction():
            ids = [row["id"] for row in await connection.fetch("select id from tasks where folder = $1", FOLDER)]
            await connection.execute("update tasks set version = version + 1 where id = any($1)", ids)
            await connection.execute(
                "insert into task_versions select task_id, version + 1, definition, changed_by, now() "
                "from task_versions v where task_id = any($1) "
                "and version = (select t.version - 1 from tasks t where t.id = v.task_id)",
                ids,
            )
        return time.perf_counter() - began
    finally:
        await connection.close()


async def measure(system: Processes) -> None:
    """Change 5,000 tasks in each way; no worker accepts their runs."""
    client, chosen = system.client, TaskFilterFields(folder=FOLDER)
    for start in range(0, TASKS, 1_000):
        await client.apply_tasks(
            [
                {
                    "name": f"{NAME}-{number:05}",
                    "executor": "shell",
                    "command": "true",
                    "schedule": f"{number % 60} {number % 24} * * *",
                    "folder": FOLDER,
                    "labels": {"team": f"t{number % 7}"},
                    "worker_labels": {"nowhere": "yes"},
                }
                for number in range(start, start + 1_000)
            ]
        )
    limit = await _update_limit(system.servers.database_url)

    async def timed(name: str, send: Callable[[], Awaitable[BulkResult]]) -> BulkResult:
        began = time.perf_counter()
        result = await send()
        took = time.perf_counter() - began
        assert result.changed == TASKS, result
        report(f"bulk_{name}_{TASKS}_s", took, "s", limit)
        return result

    async def undo(of: BulkResult) -> BulkResult:
        return await client.change_tasks(UndoTasks(action="undo", undoes="label", ids=of.ids, versions=of.versions))

    runs = RunFilterFields(q=NAME)
    await timed("pause", lambda: client.change_tasks(PauseTasks(action="pause", filter=chosen)))
    await timed("resume", lambda: client.change_tasks(ResumeTasks(action="resume", filter=chosen)))
    added = LabelTasks(action="label", add={"tier": "1"}, remove=["team"], filter=chosen)
    labelled = await timed("label", lambda: client.change_tasks(added))
    await timed("undo", lambda: undo(labelled))
    await timed("move", lambda: client.change_tasks(MoveTasks(action="move", folder=f"{FOLDER}/below", filter=chosen)))
    await timed("trigger", lambda: client.change_tasks(TriggerTasks(action="trigger", filter=chosen)))
    await timed("cancel", lambda: client.change_runs(CancelRuns(action="cancel", filter=runs)))
    await timed("retry", lambda: client.change_runs(RetryRuns(action="retry", filter=runs)))
    counting = DeleteTasks(action="delete", filter=chosen, dry_run=True)
    await timed("delete_dry_run", lambda: client.change_tasks(counting))
    await timed("delete", lambda: client.change_tasks(DeleteTasks(action="delete", filter=chosen)))
