"""What the backend says of itself."""

from shared.enums import Priority
from shared.models.base import Output, Timestamp


class Check(Output):
    """One thing that readiness depends on."""

    name: str
    ok: bool
    latency_ms: float | None = None
    detail: str | None = None


class Readiness(Output):
    """Whether the backend can serve."""

    ready: bool
    checks: list[Check]


class Health(Output):
    """That the process lives."""

    status: str = "ok"
    version: str


class SystemInfo(Output):
    """Versions and uptime."""

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


class SystemStats(Output):
    """Counts now, and rates over the last hour."""

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


class ExecutorInfo(Output):
    """What can run, and what a task of it must say."""

    name: str
    description: str
    requires_command: bool
    supports_arguments: bool
    supports_environment: bool
    supports_working_directory: bool


class DispatcherInfo(Output):
    """Which replica dispatches, and since when."""

    replica_id: str | None = None
    hostname: str | None = None
    since: Timestamp | None = None
    active: bool = False


class UnschedulableRuns(Output):
    """Runs that wait although no online worker could ever take them."""

    task_type: str
    reason: str
    runs: int


class QueueDepth(Output):
    """What waits and what runs, now."""

    at: Timestamp
    by_priority: dict[Priority, int]
    by_task_type: dict[str, int]
    blocked: int
    waiting: int
    in_flight: int
    oldest_waiting_seconds: float | None = None
    unschedulable: list[UnschedulableRuns] = []


class QueueSample(Output):
    """The queue over one step of time; the depth is the greatest seen in it."""

    at: Timestamp
    by_priority: dict[Priority, int]
    waiting: int
    in_flight: int
    succeeded: int = 0
    failed: int = 0
    oldest_waiting_seconds: float | None = None


class QueueHistory(Output):
    """A series for charts; a step without a sample is absent, not zero."""

    resolution_seconds: int
    samples: list[QueueSample]


class Percentiles(Output):
    """How long it was, in milliseconds, for half, for 95 % and for 99 % of the runs."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


class ThroughputStep(Output):
    """What ended in one step of time: `wait` from queued to started without retries, `duration` of the last attempt."""

    at: Timestamp
    succeeded: int
    failed: int
    wait: Percentiles | None = None
    duration: Percentiles | None = None


class ThroughputHistory(Output):
    """A series for charts; a step in which nothing ended is absent."""

    resolution_seconds: int
    steps: list[ThroughputStep]


class AuditEvent(Output):
    """Who did what to which object."""

    id: int
    at: Timestamp
    actor: str
    action: str
    object_type: str
    object_id: str
    object_name: str | None = None
    detail: dict[str, object] = {}
