"""What a new run takes over from its task."""

from collections import OrderedDict
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

# By the primary key.
DEFINITIONS = text(
    """
    select v.task_id, v.version, v.definition
    from unnest(cast(:task_ids as bigint[]), cast(:versions as integer[])) as w (task_id, version)
    join task_versions v on v.task_id = w.task_id and v.version = w.version
    """
)


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


class RecentTasks:
    """The tasks that were read a moment ago. What relies on one asks in its own statement whether it is still so."""

    def __init__(self, *, most: int = 1000) -> None:
        self._most = most
        self._tasks: OrderedDict[int, TaskToRun] = OrderedDict()

    def find(self, task_id: int) -> TaskToRun | None:
        """Return a task as it was, or None."""
        return self._tasks.get(task_id)

    def keep(self, task: TaskToRun) -> None:
        """Remember a task, and forget the one that was read first where there are too many."""
        self._tasks[task.template.task_id] = task
        while len(self._tasks) > self._most:
            self._tasks.popitem(last=False)


async def tasks_to_run(connection: AsyncConnection, task_ids: Iterable[int]) -> dict[int, TaskToRun]:
    """Return those of the tasks that exist, as they are now."""
    rows = await connection.execute(TASKS_TO_RUN, {"task_ids": sorted(set(task_ids))})
    return {
        row.id: TaskToRun(
            name=row.name, folder=row.folder, template=read_template(row), has_upstreams=row.has_upstreams
        )
        for row in rows
    }


async def templates_of_versions(
    connection: AsyncConnection, versions: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], RunTemplate]:
    """Return the templates of tasks as they were at versions that some runs have, by (task, version)."""
    wanted = sorted(set(versions))
    values = {"task_ids": [task_id for task_id, _ in wanted], "versions": [version for _, version in wanted]}
    return {
        (task_id, version): RunTemplate.of_fields(
            TaskFields.model_construct(**definition), task_id=task_id, version=version
        )
        for task_id, version, definition in await connection.execute(DEFINITIONS, values)
    }
