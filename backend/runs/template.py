"""A new run of a task: what it takes over from its task, and what keeps it at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from backend.runs.create import NewRun
from backend.runs.limits import Hold, hold_at_birth
from backend.workers.placement import placement
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger
from shared.models.task import Task, TaskFields


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTemplate:
    """What every run of a task at one version has in common."""

    task_id: int
    version: int
    priority: Priority
    placement: str
    max_concurrency: int | None
    concurrency_group: str | None
    distribution: RunDistribution
    queue_timeout: timedelta | None

    @classmethod
    def from_row(cls, row: Mapping[Any, Any], *, task_id: int) -> Self:
        """Return the template of a row with a task's columns."""
        seconds = row["queue_timeout_seconds"]
        return cls(
            task_id=task_id,
            version=row["version"],
            priority=Priority.from_level(row["priority"]),
            placement=placement(row["task_type"], row["worker_labels"]),
            max_concurrency=row["max_concurrency"],
            concurrency_group=row["concurrency_group"],
            distribution=RunDistribution(row["distribution"]),
            queue_timeout=timedelta(seconds=seconds) if seconds is not None else None,
        )

    @classmethod
    def from_task(cls, task: Task) -> Self:
        """Return the template of a task as it is now."""
        row = {name: getattr(task, name) for name in type(task).model_fields}
        return cls.from_row(row | {"priority": task.priority.level}, task_id=task.id)

    @classmethod
    def from_definition(cls, definition: TaskFields, task_id: int, version: int) -> Self:
        """Return the template of a task as it was at a version."""
        row = {name: getattr(definition, name) for name in TaskFields.model_fields}
        return cls.from_row(
            row | {"priority": Priority(definition.priority).level, "version": version}, task_id=task_id
        )

    @property
    def is_expanded(self) -> bool:
        """Whether a run stands for a group of runs that do the work."""
        return self.distribution is not RunDistribution.SINGLE

    def hold(self, *, ignores_limits: bool = False) -> Hold | None:
        """Return what keeps a run that waits for nothing else."""
        return hold_at_birth(
            max_concurrency=self.max_concurrency,
            group=self.concurrency_group,
            is_expanded=self.is_expanded,
            ignores=ignores_limits,
        )

    def run(self, trigger: RunTrigger, *, ignores_limits: bool = False, **more: Any) -> NewRun:
        """Return a new run; `more` are fields of `NewRun` that differ."""
        fields: dict[str, Any] = {
            "task_id": self.task_id,
            "task_version": self.version,
            "trigger": trigger,
            "priority": self.priority,
            "placement": self.placement,
            "hold": self.hold(ignores_limits=ignores_limits),
            "ignores_limits": ignores_limits,
            "concurrency_group": self.concurrency_group,
            "distribution": self.distribution if self.is_expanded else None,
            "queue_timeout": self.queue_timeout,
        }
        fields |= {name: value for name, value in more.items() if value is not None or name == "hold"}
        if fields.get("status") in (RunStatus.BLOCKED, RunStatus.SKIPPED):
            fields["hold"] = None
        return NewRun(**fields)


TEMPLATE_COLUMNS = (
    "t.id, t.version, t.priority, t.task_type, t.worker_labels, t.max_concurrency, t.concurrency_group, "
    "t.distribution, t.queue_timeout_seconds"
)
"""What `read_template` reads, of `tasks t`. A statement may select more behind it."""
TEMPLATE_WIDTH = TEMPLATE_COLUMNS.count(",") + 1


def read_template(row: Sequence[Any]) -> RunTemplate:
    """Return the template of a row that begins with `TEMPLATE_COLUMNS`."""
    task_id, version, level, task_type, labels, most, group, distribution, seconds = row[:TEMPLATE_WIDTH]
    return RunTemplate(
        task_id=task_id,
        version=version,
        priority=Priority.from_level(level),
        placement=placement(task_type, labels),
        max_concurrency=most,
        concurrency_group=group,
        distribution=RunDistribution(distribution),
        queue_timeout=timedelta(seconds=seconds) if seconds is not None else None,
    )
