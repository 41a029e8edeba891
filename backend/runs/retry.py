"""Retry an ended run by hand, as a new run."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.runs.create import insert_runs
from backend.runs.model import to_run
from backend.runs.outbox import publish
from backend.runs.permissions import check_run
from backend.runs.refusals import run_not_found, why_not_retried
from backend.runs.template import tasks_to_run, template_of_version
from backend.runs.upstreams import copy_upstreams
from shared.enums import Permission, Priority, RunDistribution, RunStatus, RunTrigger
from shared.errors import ConflictError
from shared.models.run import Run
from shared.models.trigger import RetryDefinition

# By the primary key. The lock keeps retention from removing the run before its retry refers to it.
SOURCE = text(
    """
    select task_id, task_version, status, priority, scheduled_for, arguments, environment, fan_out_run_id,
        shard_index, shard_total
    from runs where id = :id for share
    """
)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a retry takes over from the run."""

    task_id: int
    task_version: int
    status: RunStatus
    priority: Priority
    scheduled_for: datetime | None
    arguments: list[str] | None
    environment: dict[str, str] | None
    fan_out_run_id: int | None
    shard_index: int | None
    shard_total: int | None


async def retry(context: ServiceContext, run_id: int, *, definition: RetryDefinition, actor: Actor) -> Run:
    """Retry an ended run with the arguments it had, by the task as it is now or as it was then.

    A child run is retried alone, as the same shard. Raises `NotFoundError`, `ForbiddenError`, and `ConflictError` where
    the run has not ended or its task was deleted.
    """
    async with context.database.transaction() as connection:
        await check_run(connection, run_id, actor.access, Permission.RUN)
        source = await _source(connection, run_id)
        task = (await tasks_to_run(connection, [source.task_id])).get(source.task_id)
        if task is None:
            raise ConflictError(f"The task of run {run_id} was deleted. The run cannot be retried.")
        template = task.template
        if definition is RetryDefinition.ORIGINAL:
            template = await template_of_version(connection, source.task_id, source.task_version)
        if source.shard_index is not None:
            template = replace(template, distribution=RunDistribution.SINGLE)
        new = template.run(
            RunTrigger.RETRY,
            priority=source.priority,
            scheduled_for=source.scheduled_for,
            parent_run_id=run_id,
            arguments=source.arguments,
            environment=source.environment,
            shard_index=source.shard_index,
            shard_total=source.shard_total,
        )
        (created,) = await insert_runs(connection, [new], aging=context.settings.priority_aging)
        await copy_upstreams(connection, from_run=source.fan_out_run_id or run_id, to_run=created.run.id)
        await audit.record(
            connection,
            actor=actor,
            action="run.retry",
            object_type="run",
            object_id=run_id,
            object_name=task.name,
            detail={"run_id": created.run.id, "definition": definition},
        )
    publish(context, [created])
    return to_run(created.run)


async def _source(connection: AsyncConnection, run_id: int) -> _Source:
    row = (await connection.execute(SOURCE, {"id": run_id})).one_or_none()
    if row is None:
        raise run_not_found(run_id)
    task_id, version, status, priority, *others = row
    source = _Source(task_id, version, RunStatus(status), Priority.from_level(priority), *others)
    refusal = why_not_retried(run_id, source.status)
    if refusal is not None:
        raise ConflictError(refusal)
    return source
