"""Runs, their attempts, logs and resource usage."""

from pydantic import JsonValue

from shared.enums import LogStream, Priority, RunDistribution, RunStatus, RunTrigger
from shared.models.base import Output, Timestamp
from shared.models.waiting import WaitingReason


class Run(Output):
    """One occurrence of a task; `waiting_reason` is the sentence of `waiting`, `folder` is the task's.

    The tails of the output, the `trace_id` and where it is shown, `trace_url`, are given for a single run only.
    """

    id: int
    task_id: int
    task_name: str
    folder: str = ""
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
    waiting: WaitingReason | None = None
    not_before: Timestamp | None = None
    cancel_requested_at: Timestamp | None = None
    fan_out_run_id: int | None = None
    distribution: RunDistribution | None = None
    shard_index: int | None = None
    shard_total: int | None = None
    backfill_id: int | None = None
    concurrency_group: str | None = None
    output: JsonValue = None
    http_status: int | None = None
    progress_percent: float | None = None
    progress_text: str | None = None
    cpu_ms: int | None = None
    peak_memory_bytes: int | None = None
    trace_id: str | None = None
    trace_url: str | None = None


class RunInputs(Output):
    """The inputs of a run: the fields of its task at that version, with those that were given for this run.

    `own` lists the fields that were given for this run. Values of the environment are masked for viewers.
    """

    task_version: int
    executor: str
    command: str | None = None
    working_directory: str | None = None
    run_as: str | None = None
    arguments: list[str] = []
    environment: dict[str, str] = {}
    timeout_seconds: int | None = None
    own: list[str] = []


class Attempt(Output):
    """One execution of a run on one worker. `superseded`: its result came too late and changed nothing."""

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


class ResourceSample(Output):
    """The resource usage of all processes of an attempt, `elapsed_ms` after its start; 100 % is one core."""

    attempt: int
    elapsed_ms: int
    cpu_percent: float
    memory_bytes: int


class LogChunk(Output):
    """A chunk of a command's output. `id` is the cursor for `after`."""

    id: int
    attempt: int
    stream: LogStream
    sequence: int
    at: Timestamp
    text: str
