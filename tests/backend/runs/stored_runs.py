"""Tasks and runs in any state, written as they are stored, and what changed of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, text

from backend.context import Actor, ServiceContext
from backend.database.schema import RUNS
from shared.enums import RunStatus
from tests.backend.scheduling.stored_tasks import add_task

OPERATOR = Actor(1, "olga")
_ORDINARY = {
    "task_version": 1,
    "trigger": "api",
    "priority": 1,
    "placement": "noop",
    "queued_at": text("now()"),
    "dispatch_rank": 0,
}

Stored = dict[int, Mapping[str, Any]]
"""Every column of every run, by id."""


async def store_task(context: ServiceContext, name: str = "stored", **columns: object) -> int:
    """Store a task and return its id; `columns` differ from those of an ordinary one."""
    async with context.database.transaction() as connection:
        task_id = await add_task(connection, name)
        for column, value in columns.items():
            await connection.execute(
                text(f"update tasks set {column} = :value where id = :id"),
                {"value": value, "id": task_id},
            )
    return task_id


async def store_run(
    context: ServiceContext, task_id: int, status: RunStatus = RunStatus.PENDING, **columns: object
) -> int:
    """Store a run and return its id; `columns` differ from those of an ordinary one."""
    values: dict[str, object] = {**_ORDINARY, "task_id": task_id, "status": status}
    if status.is_held_by_worker:
        values |= {"worker_id": "w", "attempt": 1, "dispatched_at": text("now()")}
    if status.is_final:
        values |= {"completed_at": text("now()")}
    async with context.database.transaction() as connection:
        query = insert(RUNS).values(**(values | columns)).returning(RUNS.c.id)
        return int((await connection.execute(query)).scalar_one())


async def stored_runs(context: ServiceContext) -> Stored:
    """Return every column of every run."""
    async with context.database.transaction() as connection:
        return {row["id"]: dict(row) for row in (await connection.execute(RUNS.select())).mappings()}


def changed(before: Stored, after: Stored) -> dict[int, set[str]]:
    """Return the columns that differ, for each run that changed or is new."""
    return {
        run_id: names
        for run_id, row in after.items()
        if (names := {name for name in row if row[name] != before.get(run_id, {}).get(name)})
    }


async def audited(context: ServiceContext) -> list[tuple[str, str]]:
    """Return what the audit log says, oldest first: the action and the id of its object."""
    async with context.database.transaction() as connection:
        rows = await connection.execute(text("select action, object_id from audit_log order by id"))
        return [(action, object_id) for action, object_id in rows]
