"""Test runs: a command from the editor runs once, before its task is saved."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.database.schema import TASKS
from backend.runs.create import insert_runs
from backend.runs.model import to_run
from backend.runs.outbox import publish
from backend.runs.template import RunTemplate
from backend.tasks.checks import check_executor
from backend.tasks.model import columns_of
from backend.tasks.versions import record_version
from shared.enums import Permission, RunDistribution, RunTrigger
from shared.models.run import Run
from shared.models.task import TaskFields

KEPT = timedelta(hours=1)
_LONGEST_NAME = 255
_SUFFIX = " (test run)"
_WITHOUT: dict[str, Any] = {
    "schedule": None,
    "starts_at": None,
    "ends_at": None,
    "calendar": None,
    "blackouts": [],
    "depends_on": [],
    "retry_count": 0,
    "concurrency_group": None,
    "max_concurrency": None,
    "distribution": RunDistribution.SINGLE,
    "shard_count": None,
    "pause_after_failures": None,
    "late_after_seconds": None,
    "expected_duration_seconds": None,
    "keep_runs": None,
    "keep_days": None,
}
"""A test run has no schedule, dependencies, retries, limits or retention."""


def test_run_fields(fields: TaskFields) -> TaskFields:
    """Return the fields of a test run: the same command on the same kind of workers, once."""
    name = fields.name[: _LONGEST_NAME - len(_SUFFIX)] + _SUFFIX
    return fields.model_copy(update=_WITHOUT | {"name": name})


async def start_test_run(context: ServiceContext, fields: TaskFields, *, actor: Actor) -> Run:
    """Run a command from the editor once; the run and its log are purged after an hour.

    The run belongs to a task that is deleted from the start: no list shows it, nothing depends on it, and nobody is
    alerted. Raises `ForbiddenError`, and `ValidationFailedError` if the executor does not accept the command.
    """
    actor.access.require(fields.folder, Permission.EDIT)
    check_executor(fields, context.executors)
    tested = test_run_fields(fields)
    async with context.database.transaction() as connection:
        task_id = await _insert_deleted(connection, tested)
        await record_version(connection, task_id, 1, tested, changed_by=actor.name)
        new = RunTemplate.of_fields(tested, task_id=task_id, version=1).run(RunTrigger.MANUAL)
        (created,) = await insert_runs(connection, [new], aging=context.settings.priority_aging)
        await audit.record(
            connection,
            actor=actor,
            action="task.test_run",
            object_type="run",
            object_id=created.run.id,
            object_name=fields.name,
        )
    publish(context, [created])
    return to_run(created.run)


async def _insert_deleted(connection: AsyncConnection, fields: TaskFields) -> int:
    """Insert a task that is deleted already, and return its id; it is purged after `KEPT`."""
    statement = (
        insert(TASKS)
        .values(
            **columns_of(fields),
            version=1,
            created_at=func.now(),
            updated_at=func.now(),
            deleted_at=func.now() + KEPT,
        )
        .returning(TASKS.c.id)
    )
    task_id: int = (await connection.execute(statement)).scalar_one()
    return task_id
