"""The query parameters of the lists, as typed keyword arguments of the client; None leaves a filter out."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from shared.enums import Priority, QueueState, RunStatus, RunTrigger, TaskStatus, Via

Instant = datetime | str
"""An aware instant, or one written as RFC 3339."""


class PageParams(TypedDict, total=False):
    """`limit` is 1 to 500; `cursor` is the `next_cursor` of the page before."""

    limit: int
    cursor: str | None


class SortedPageParams(PageParams, total=False):
    """`sort` is a field, with `-` in front of it for descending order."""

    sort: str | None


class TaskFilter(TypedDict, total=False):
    """`folder` includes those below it, `label` is `key:value`, `name` is exact, `q` is in name or description."""

    folder: str | None
    status: TaskStatus | None
    executor: str | None
    task_type: str | None
    priority: Priority | None
    label: str | None
    name: str | None
    q: str | None
    has_schedule: bool | None


class TaskListParams(TaskFilter, SortedPageParams, total=False):
    """`skip` is the number of tasks before the page."""

    skip: int | None


class RunListParams(SortedPageParams, total=False):
    """`since` and `until` bound the time of queueing, `ended_…` that of the end.

    `waiting_since` and `waiting_until` select runs that waited at some moment between them. `q` is text in the name of
    the task, or the id of a run.
    """

    task_id: int | None
    status: Sequence[RunStatus] | RunStatus | None
    worker_id: str | None
    trigger: RunTrigger | None
    since: Instant | None
    until: Instant | None
    fan_out_run_id: int | None
    backfill_id: int | None
    q: str | None
    ended_since: Instant | None
    ended_until: Instant | None
    waiting_since: Instant | None
    waiting_until: Instant | None


class QueueParams(PageParams, total=False):
    """`q` is text in the name of the task."""

    state: Sequence[QueueState] | QueueState | None
    task_id: int | None
    task_ids: Sequence[int] | None
    q: str | None


class QueuedTasksParams(TypedDict, total=False):
    """`q` is text in the name of the task."""

    q: str | None
    limit: int


class AuditParams(SortedPageParams, total=False):
    """An `action` such as `task.` selects all actions on tasks."""

    actor: str | None
    action: str | None
    object_type: str | None
    object_id: str | None
    since: Instant | None
    until: Instant | None
    q: str | None
    user_id: int | None
    address: str | None
    request_id: str | None
    via: Via | None


class HistoryParams(TypedDict, total=False):
    """`resolution` is in seconds; the backend chooses it, and a span of an hour, where they are not given."""

    since: Instant | None
    until: Instant | None
    resolution: int | None


class WorkerHistoryParams(HistoryParams, total=False):
    """Without `worker_id` all workers are included."""

    worker_id: Sequence[str] | None
