"""The backend's health, versions, statistics and audit log."""

from shared.enums import Priority, Via
from shared.models.base import Output, Timestamp


class Check(Output):
    """One condition of readiness."""

    name: str
    ok: bool
    latency_ms: float | None = None
    detail: str | None = None


class Readiness(Output):
    """Whether the backend can serve requests."""

    ready: bool
    checks: list[Check]


class Health(Output):
    """The answer of a running process."""

    status: str = "ok"
    version: str


class ProcessResources(Output):
    """What one replica uses of what is limited."""

    database_connections_in_use: int
    database_connections_idle: int
    database_connections_max: int
    event_loop_tasks: int
    open_files: int | None = None
    """Files and sockets; None where the system does not say."""
    open_files_max: int | None = None
    shortages: list[str] = []
    """What is almost used up, as sentences."""


class SystemInfo(Output):
    """The backend's versions and uptime."""

    version: str
    python_version: str
    database_version: str
    broker: str
    roles: list[str]
    replica_id: str
    started_at: Timestamp
    uptime_seconds: float
    local: bool
    now: Timestamp
    resources: ProcessResources | None = None
    """Of the replica that answers."""


class SystemStats(Output):
    """Current counts, and rates of the last hour."""

    tasks_total: int
    tasks_active: int
    runs_waiting: int
    runs_blocked: int
    runs_in_flight: int
    oldest_waiting_seconds: float | None = None
    workers_online: int
    workers_draining: int
    workers_lost: int
    slots_total: int
    slots_in_use: int
    succeeded_last_hour: int
    failed_last_hour: int
    failed_tasks_last_hour: int
    runs_per_second: float
    start_latency_p50_ms: float | None = None
    start_latency_p99_ms: float | None = None
    faults: int = 0
    """What was set aside or restarted, and waits for an operator: `GET /api/system/faults`."""


class ExecutorInfo(Output):
    """An executor, and the fields that its tasks require or support."""

    name: str
    description: str
    requires_command: bool
    supports_arguments: bool
    supports_environment: bool
    supports_working_directory: bool
    supports_run_as: bool = False


class DispatcherInfo(Output):
    """The active dispatcher, and since when it is active."""

    replica_id: str | None = None
    hostname: str | None = None
    since: Timestamp | None = None
    active: bool = False


class UnschedulableRuns(Output):
    """Waiting runs that no online worker can execute."""

    task_type: str
    reason: str
    runs: int


class QueueDepth(Output):
    """The current depth of the queue."""

    at: Timestamp
    by_priority: dict[Priority, int]
    by_task_type: dict[str, int]
    blocked: int
    waiting: int
    in_flight: int
    oldest_waiting_seconds: float | None = None
    unschedulable: list[UnschedulableRuns] = []


class QueueSample(Output):
    """The queue in one interval; the depth is the maximum of its samples."""

    at: Timestamp
    by_priority: dict[Priority, int]
    waiting: int
    in_flight: int
    succeeded: int = 0
    failed: int = 0
    oldest_waiting_seconds: float | None = None


class QueueHistory(Output):
    """A time series. An interval without a sample is absent, not zero."""

    resolution_seconds: int
    samples: list[QueueSample]


class Percentiles(Output):
    """Percentiles of a duration, in milliseconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


class ThroughputStep(Output):
    """The runs that finished in an interval.

    `wait` is the time from queued to started, without retries; `duration` is that of the last attempt.
    """

    at: Timestamp
    succeeded: int
    failed: int
    wait: Percentiles | None = None
    duration: Percentiles | None = None


class ThroughputHistory(Output):
    """A time series. An interval without finished runs is absent."""

    resolution_seconds: int
    steps: list[ThroughputStep]


class AuditEntry(Output):
    """An entry of the audit log."""

    id: int
    at: Timestamp
    actor: str
    action: str
    object_type: str
    object_id: str
    object_name: str | None = None
    detail: dict[str, object] = {}
    user_id: int | None = None
    token_id: int | None = None
    address: str | None = None
    request_id: str | None = None
    via: Via | None = None
