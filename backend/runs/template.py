"""What a new run takes over from its task."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.create import NewRun
from backend.runs.limits import Hold, hold_at_birth
from backend.workers.placement import task_placement
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger
from shared.models.task import TaskFields

TEMPLATE_COLUMNS = (
    "t.id, t.version, t.priority, t.task_type, t.worker_labels, t.max_concurrency, t.concurrency_group, "
    "t.distribution, t.queue_timeout_seconds, t.executor, t.run_as"
)
"""What `read_template` reads, of `tasks t`. A statement may select more behind it."""
TEMPLATE_WIDTH = TEMPLATE_COLUMNS.count(",") + 1

# By the primary keys of tasks and task_dependencies: a trigger reads no more than that.
TASKS_TO_RUN = text(
    f"""
    select {TEMPLATE_COLUMNS}, t.name, t.folder,
        exists (select from task_dependencies d where d.task_id = t.id) as has_upstreams
    from tasks t where t.id = any(cast(:task_ids as bigint[])) and t.deleted_at is null
    """  # noqa: S608
)

DEFINITION = text("select definition from task_versions where task_id = :task_id and version = :version")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTemplate:
    """What all runs of a version of a task have in common."""

    task_id: int
    version: int
    priority: Priority
    placement: str
    max_concurrency: int | None
    concurrency_group: str | None
    distribution: RunDistribution
    queue_timeout: timedelta | None

    @classmethod
    def of_fields(cls, fields: TaskFields, *, task_id: int, version: int) -> Self:
        """Return the template of a version of a task."""
        return cls(
            task_id=task_id,
            version=version,
            priority=Priority(fields.priority),
            placement=task_placement(
                fields.task_type or fields.executor,
                fields.worker_labels,
                executor=fields.executor,
                run_as=fields.run_as,
            ),
            max_concurrency=fields.max_concurrency,
            concurrency_group=fields.concurrency_group,
            distribution=RunDistribution(fields.distribution),
            queue_timeout=_seconds(fields.queue_timeout_seconds),
        )

    @property
    def is_fan_out(self) -> bool:
        """Whether a run becomes child runs which do the work."""
        return self.distribution is not RunDistribution.SINGLE

    def hold(self, *, ignores_limits: bool = False) -> Hold | None:
        """Return what holds a run that waits for nothing else."""
        return hold_at_birth(
            max_concurrency=self.max_concurrency,
            concurrency_group=self.concurrency_group,
            is_expanded=self.is_fan_out,
            ignores=ignores_limits,
        )

    def run(
        self,
        trigger: RunTrigger,
        *,
        status: RunStatus = RunStatus.PENDING,
        hold: Hold | None = None,
        ignores_limits: bool = False,
        priority: Priority | None = None,
        scheduled_for: datetime | None = None,
        parent_run_id: int | None = None,
        arguments: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        error: str | None = None,
        shard_index: int | None = None,
        shard_total: int | None = None,
        backfill_id: int | None = None,
    ) -> NewRun:
        """Return a new run; `hold` replaces the one that the task's limits ask for, `priority` the task's."""
        return NewRun(
            task_id=self.task_id,
            task_version=self.version,
            trigger=trigger,
            priority=priority or self.priority,
            placement=self.placement,
            status=status,
            hold=(hold or self.hold(ignores_limits=ignores_limits)) if status is RunStatus.PENDING else None,
            ignores_limits=ignores_limits,
            scheduled_for=scheduled_for,
            parent_run_id=parent_run_id,
            arguments=arguments,
            environment=environment,
            error=error,
            concurrency_group=self.concurrency_group,
            distribution=self.distribution if self.is_fan_out else None,
            queue_timeout=self.queue_timeout,
            shard_index=shard_index,
            shard_total=shard_total,
            backfill_id=backfill_id,
        )


def read_template(row: Sequence[Any]) -> RunTemplate:
    """Return the template of a row that begins with `TEMPLATE_COLUMNS`."""
    task_id, version, level, task_type, labels, most, group, distribution, *more = row[:TEMPLATE_WIDTH]
    seconds, executor, run_as = more
    return RunTemplate(
        task_id=task_id,
        version=version,
        priority=Priority.from_level(level),
        placement=task_placement(task_type, labels, executor=executor, run_as=run_as),
        max_concurrency=most,
        concurrency_group=group,
        distribution=RunDistribution(distribution),
        queue_timeout=_seconds(seconds),
    )


def _seconds(value: int | None) -> timedelta | None:
    return timedelta(seconds=value) if value is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskToRun:
    """A task as a new run needs it; `has_upstreams`: it depends on other tasks."""

    name: str
    folder: str
    template: RunTemplate
    has_upstreams: bool


async def tasks_to_run(connection: AsyncConnection, task_ids: Iterable[int]) -> dict[int, TaskToRun]:
    """Return those of the tasks that exist, as they are now."""
    rows = await connection.execute(TASKS_TO_RUN, {"task_ids": sorted(set(task_ids))})
    return {
        row.id: TaskToRun(
            name=row.name, folder=row.folder, template=read_template(row), has_upstreams=row.has_upstreams
        )
        for row in rows
    }


async def template_of_version(connection: AsyncConnection, task_id: int, version: int) -> RunTemplate:
    """Return the template of a task as it was at a version that some run has."""
    definition = (await connection.execute(DEFINITION, {"task_id": task_id, "version": version})).scalar_one()
    return RunTemplate.of_fields(TaskFields.model_construct(**definition), task_id=task_id, version=version)
