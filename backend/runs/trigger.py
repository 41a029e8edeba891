"""Run tasks now: one, or many at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.runs.create import NewRun, insert_runs, insert_statement, insert_values
from backend.runs.model import RunChange, RunChangeKind, read_changes, to_run
from backend.runs.outbox import publish
from backend.runs.permissions import check_folder
from backend.runs.refusals import task_not_found
from backend.runs.template import tasks_to_run
from shared.enums import Permission, RunStatus, RunTrigger
from shared.errors import FieldError, ValidationFailedError
from shared.models.run import Run
from shared.models.trigger import BatchItem, TriggerRequest

_MOST_ERRORS = 100
_MOST_NAMES = 10
"""A batch may hold 10,000 runs: as many errors as a person reads."""


# The run and its entry in the audit log in one statement: a trigger costs one commit and no transaction block.
INSERT_AND_AUDIT = insert_statement(
    """
    , audited as (
        insert into audit_log
            (actor, user_id, token_id, address, request_id, via, action, object_type, object_id, object_name, detail)
        select :actor, cast(:user_id as bigint), cast(:token_id as bigint), :address, :request_id, :via,
            'task.trigger', 'task', new.task_id::text, t.name, jsonb_build_object('run_id', new.id)
        from new join tasks t on t.id = new.task_id
    )
    """
)


async def trigger(context: ServiceContext, task_id: int, request: TriggerRequest, *, actor: Actor) -> Run:
    """Run a task now, paused or not; raises `NotFoundError`, and `ForbiddenError` without the permission."""
    async with context.database.statements() as connection:
        task = (await tasks_to_run(connection, [task_id])).get(task_id)
        if task is None:
            raise task_not_found(task_id)
        check_folder(actor.access, task.folder, Permission.RUN, hidden=task_not_found(task_id))
        is_blocked = task.has_upstreams and not request.ignore_dependencies
        new = task.template.run(
            RunTrigger.MANUAL,
            status=RunStatus.BLOCKED if is_blocked else RunStatus.PENDING,
            ignores_limits=request.ignore_limits,
            priority=request.priority,
            arguments=request.arguments,
            environment=request.environment,
        )
        created = await _insert(connection, new, actor=actor, aging=context.settings.priority_aging)
    publish(context, [created])
    await asyncio.sleep(0)  # The dispatcher reads the queue while the answer is composed.
    return to_run(created.run)


async def _insert(connection: AsyncConnection, run: NewRun, *, actor: Actor, aging: timedelta) -> RunChange:
    values = insert_values([run], aging=aging) | audit.origin_values(actor)
    (created,) = read_changes(RunChangeKind.CREATED, await connection.execute(INSERT_AND_AUDIT, values))
    return created


async def trigger_batch(context: ServiceContext, items: Sequence[BatchItem], *, actor: Actor) -> list[int]:
    """Create many runs, all or none, in one statement; return their ids in the order given.

    Raises `ForbiddenError` if one of the tasks may not be run.
    """
    async with context.database.transaction() as connection:
        tasks = await tasks_to_run(connection, {item.task_id for item in items})
        errors = [
            FieldError(f"runs.{index}.task_id", f"task {item.task_id} does not exist")
            for index, item in enumerate(items)
            if item.task_id not in tasks or not actor.access.permits(tasks[item.task_id].folder, Permission.READ)
        ]
        if errors:
            detail = f"{errors[0].field}: {errors[0].message}. No run was created."
            raise ValidationFailedError(detail, errors=errors[:_MOST_ERRORS])
        for folder in sorted({task.folder for task in tasks.values()}):
            actor.access.require(folder, Permission.RUN)
        new = [
            tasks[item.task_id].template.run(
                RunTrigger.API, priority=item.priority, arguments=item.arguments, environment=item.environment
            )
            for item in items
        ]
        created = await insert_runs(connection, new, aging=context.settings.priority_aging)
        names = sorted(task.name for task in tasks.values())
        await audit.record(
            connection,
            actor=actor,
            action="runs.batch",
            object_type="run",
            object_id=created[0].run.id,
            object_name=names[0] if len(names) == 1 else None,
            detail={"count": len(created)} | ({"tasks": names[:_MOST_NAMES]} if len(names) > 1 else {}),
        )
    publish(context, created)
    return [change.run.id for change in created]
