"""A run, its attempts and its log as the API gives them."""

from shared.enums import LogStream, Priority, RunStatus, RunTrigger
from shared.models.base import Output, Timestamp


class Run(Output):
    """One occurrence of a task."""

    id: int
    task_id: int
    task_name: str
    status: RunStatus
    trigger: RunTrigger
    scheduled_for: Timestamp | None = None
    attempt: int = 0
    worker_id: str | None = None
    priority: Priority = Priority.NORMAL
    queued_at: Timestamp
    dispatched_at: Timestamp | None = None
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    exit_code: int | None = None
    error: str | None = None
    stdout_tail: str | None = None
    stderr_tail: str | None = None
    execution_time_ms: int | None = None
    parent_run_id: int | None = None
    task_version: int = 1
    waiting_reason: str | None = None
    not_before: Timestamp | None = None
    cancel_requested_at: Timestamp | None = None


class Attempt(Output):
    """One try of a run on one worker; a superseded one changed nothing."""

    attempt: int
    worker_id: str | None = None
    outcome: str
    dispatched_at: Timestamp | None = None
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    exit_code: int | None = None
    error: str | None = None
    execution_time_ms: int | None = None
    superseded: bool = False


class LogChunk(Output):
    """A piece of what a command wrote, as it came; `id` goes back as `after`."""

    id: int
    attempt: int
    stream: LogStream
    sequence: int
    at: Timestamp
    text: str
