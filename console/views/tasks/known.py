"""What the task editor knows of the backend: the names that a task may use, and the defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.words import tr
from shared.client import TaskdeckClient
from shared.errors import NotFoundError
from shared.models.concurrency_group import ConcurrencyGroup
from shared.models.schedule import Calendar
from shared.models.system import ExecutorInfo
from shared.models.task import TaskFields

_MOST_TASKS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a task may name: executors, calendars, concurrency groups, other tasks by name."""

    executors: Sequence[ExecutorInfo]
    calendars: Sequence[Calendar] = ()
    groups: Sequence[ConcurrencyGroup] = ()
    task_ids: Mapping[str, int] = field(default_factory=dict)

    def calendar(self, name: str) -> Calendar | None:
        """Return a calendar by its name."""
        return next((one for one in self.calendars if one.name == name), None)


_FOLDED = (
    "calendar",
    "blackouts",
    "starts_at",
    "ends_at",
    "jitter_seconds",
    "late_after_seconds",
    "pause_after_failures",
    "retry_delay_seconds",
    "retry_backoff",
    "retry_max_delay_seconds",
    "retry_timeout_seconds",
    "retry_exit_codes",
    "retry_http_statuses",
    "retry_on_timeout",
    "distribution",
    "shard_count",
    "max_concurrency",
    "concurrency_group",
    "queue_timeout_seconds",
    "expected_duration_seconds",
    "keep_runs",
    "keep_days",
    "max_memory_mb",
    "max_cpu_seconds",
    "max_open_files",
)
USUAL = {name: TaskFields.model_fields[name].get_default(call_default_factory=True) for name in _FOLDED}
"""The fields that are folded away while they are as usual."""


async def load_known(client: TaskdeckClient, upstream_ids: Sequence[int]) -> Known:
    """Fetch the names; of the tasks the first 500 by name, and those that the task depends on."""
    tasks = {task.name: task.id for task in (await client.list_tasks(limit=_MOST_TASKS)).data}
    for task_id in set(upstream_ids) - set(tasks.values()):
        try:
            name = (await client.get_task(task_id)).name
        except NotFoundError:
            name = tr("task %1, which you may not read", task_id)
        tasks[name] = task_id
    calendars = (await client.request("GET", "/api/calendars"))["data"]
    groups = (await client.request("GET", "/api/concurrency-groups"))["data"]
    return Known(
        executors=await client.executors(),
        calendars=[Calendar.model_validate(one) for one in calendars],
        groups=[ConcurrencyGroup.model_validate(one) for one in groups],
        task_ids=tasks,
    )
