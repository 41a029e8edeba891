"""Retry an ended run by hand, as a new run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import Actor, ServiceContext
from backend.runs.create import NewRun, insert_runs
from backend.runs.lock import by_id
from backend.runs.model import RunChange, to_run
from backend.runs.outbox import publish
from backend.runs.permissions import check_run
from backend.runs.refusals import run_not_found, why_not_retried
from backend.runs.template import RunTemplate, TaskToRun, tasks_to_run, templates_of_versions
from backend.runs.upstreams import copy_upstreams
from shared.enums import Permission, Priority, RunDistribution, RunStatus, RunTrigger
from shared.errors import ConflictError
from shared.models.run import Run
from shared.models.trigger import RetryDefinition

# By the primary key. The lock keeps retention from removing a run before its retry refers to it.
SOURCES = text(
    by_id(
        "select unnest(cast(:ids as bigint[]))",
        columns="id, task_id, task_version, status, priority, scheduled_for, arguments, environment, fan_out_run_id, "
        "shard_index, shard_total",
        lock="share",
    )
)


@dataclass(frozen=True, slots=True)
class RetriedRun:
    """What a retry takes over from the run."""

    id: int
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
        source = (await lock_retried(connection, [run_id])).get(run_id)
        if source is None:
            raise run_not_found(run_id)
        refusal = why_not_retried(run_id, source.status)
        if refusal is not None:
            raise ConflictError(refusal)
        tasks = await tasks_to_run(connection, [source.task_id])
        if source.task_id not in tasks:
            raise ConflictError(f"The task of run {run_id} was deleted. The run cannot be retried.")
        (created,) = await create_retries(
            connection, [source], tasks, definition=definition, aging=context.settings.priority_aging
        )
        await audit.record(
            connection,
            actor=actor,
            action="run.retry",
            object_type="run",
            object_id=run_id,
            object_name=tasks[source.task_id].name,
            detail={"run_id": created.run.id, "definition": definition},
        )
    publish(context, [created])
    return to_run(created.run)


async def lock_retried(connection: AsyncConnection, run_ids: Iterable[int]) -> dict[int, RetriedRun]:
    """Return those of the runs that exist, in the order of their ids, locked against their removal."""
    found: dict[int, RetriedRun] = {}
    for row in await connection.execute(SOURCES, {"ids": sorted(set(run_ids))}):
        run_id, task_id, version, status, priority, *others = row
        found[run_id] = RetriedRun(run_id, task_id, version, RunStatus(status), Priority.from_level(priority), *others)
    return found


async def create_retries(
    connection: AsyncConnection,
    sources: Sequence[RetriedRun],
    tasks: Mapping[int, TaskToRun],
    *,
    definition: RetryDefinition,
    aging: timedelta,
) -> list[RunChange]:
    """Create a new run of each of some ended runs, whose tasks exist, in their order."""
    templates = {task_id: task.template for task_id, task in tasks.items()}
    former: Mapping[tuple[int, int], RunTemplate] = {}
    if definition is RetryDefinition.ORIGINAL:
        former = await templates_of_versions(connection, ((one.task_id, one.task_version) for one in sources))
    new = [_retry_of(one, former.get((one.task_id, one.task_version), templates[one.task_id])) for one in sources]
    created = await insert_runs(connection, new, aging=aging)
    await copy_upstreams(
        connection,
        {change.run.id: one.fan_out_run_id or one.id for one, change in zip(sources, created, strict=True)},
    )
    return created


def _retry_of(source: RetriedRun, template: RunTemplate) -> NewRun:
    if source.shard_index is not None:
        template = replace(template, distribution=RunDistribution.SINGLE)
    return template.run(
        RunTrigger.RETRY,
        priority=source.priority,
        scheduled_for=source.scheduled_for,
        parent_run_id=source.id,
        arguments=source.arguments,
        environment=source.environment,
        shard_index=source.shard_index,
        shard_total=source.shard_total,
    )
