"""The closed sets of words that database, API, code and screen share."""

from enum import IntEnum, StrEnum


class TaskStatus(StrEnum):
    """Whether a task's schedule and dependencies create runs."""

    ACTIVE = "active"
    PAUSED = "paused"


class RunStatus(StrEnum):
    """Where a run is in its life; the last five are final."""

    BLOCKED = "blocked"
    PENDING = "pending"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"

    @property
    def is_final(self) -> bool:
        """Whether the run has its one recorded outcome."""
        return self in FINAL_STATUSES

    @property
    def is_held_by_worker(self) -> bool:
        """Whether a worker has been given the run and has not yet reported its end."""
        return self in (RunStatus.DISPATCHED, RunStatus.RUNNING)


FINAL_STATUSES = frozenset(
    {
        RunStatus.SUCCEEDED,
        RunStatus.FAILED,
        RunStatus.TIMED_OUT,
        RunStatus.CANCELLED,
        RunStatus.SKIPPED,
    }
)


class QueueState(StrEnum):
    """Where a run stands in the queue, in the order in which runs start.

    `held` waits for a limit, an overlap or a backfill's pace; `delayed` for the time of its next try.
    """

    RUNNING = "running"
    READY = "ready"
    HELD = "held"
    DELAYED = "delayed"
    BLOCKED = "blocked"


class WaitingCode(StrEnum):
    """Why a run has not started; `turn`: it is let through as soon as the dispatcher looks."""

    SLOT = "slot"
    UNSCHEDULABLE = "unschedulable"
    TASK_LIMIT = "task_limit"
    GROUP_LIMIT = "group_limit"
    RATE = "rate"
    OVERLAP = "overlap"
    BACKFILL = "backfill"
    RETRY_DELAY = "retry_delay"
    UPSTREAMS = "upstreams"
    EXPANDING = "expanding"
    TURN = "turn"


class RunTrigger(StrEnum):
    """What made a run."""

    SCHEDULE = "schedule"
    MANUAL = "manual"
    DEPENDENCY = "dependency"
    RETRY = "retry"
    API = "api"
    BACKFILL = "backfill"
    FAN_OUT = "fan_out"


class Priority(StrEnum):
    """How urgent a run is; critical goes before all else."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def level(self) -> int:
        """The number kept in the database, 0 (low) to 3 (critical)."""
        return PriorityLevel[self.name].value

    @classmethod
    def from_level(cls, level: int) -> "Priority":
        """Return the priority of a stored level."""
        return cls[PriorityLevel(level).name]


class PriorityLevel(IntEnum):
    """Priority as a number that sorts."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


class MisfirePolicy(StrEnum):
    """What happens to occurrences missed while nothing could fire them."""

    FIRE_ONCE = "fire_once"
    SKIP = "skip"
    FIRE_ALL = "fire_all"


class OverlapPolicy(StrEnum):
    """What a due occurrence does while the task's last run has not ended."""

    QUEUE = "queue"
    QUEUE_ALL = "queue_all"
    ALLOW = "allow"
    SKIP = "skip"
    REPLACE = "replace"


class CalendarPolicy(StrEnum):
    """What becomes of an occurrence that falls on a day off of the task's calendar."""

    SKIP = "skip"
    NEXT_WORKING_DAY = "next_working_day"


class RunDistribution(StrEnum):
    """On how many workers an occurrence runs: on one, once on every matching one, or as numbered shards."""

    SINGLE = "single"
    BROADCAST = "broadcast"
    SHARDED = "sharded"


class RetryBackoff(StrEnum):
    """How the delay grows from one retry to the next."""

    EXPONENTIAL = "exponential"
    FIXED = "fixed"


class OnWorkerLost(StrEnum):
    """What becomes of a run whose worker is lost: at least once, or at most once."""

    RETRY = "retry"
    FAIL = "fail"


class DependencyCondition(StrEnum):
    """Which outcome of the upstream satisfies an edge."""

    SUCCESS = "success"
    FAILURE = "failure"
    COMPLETION = "completion"


class DependencyWindow(StrEnum):
    """Which upstream runs an edge asks: the latest, or every one in the downstream's period."""

    LATEST = "latest"
    PERIOD = "period"


class WorkerStatus(StrEnum):
    """What the backend knows of a worker."""

    ONLINE = "online"
    DRAINING = "draining"
    OFFLINE = "offline"
    LOST = "lost"


class Role(StrEnum):
    """What a person may do: each role may do all that the one before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def allows(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class BackendRole(StrEnum):
    """The parts of a backend that one process may hold."""

    API = "api"
    DISPATCHER = "dispatcher"
    WORKER = "worker"


class LogStream(StrEnum):
    """Where a command wrote a line."""

    STDOUT = "stdout"
    STDERR = "stderr"


class EventType(StrEnum):
    """The domain events, which are also the routing keys on the exchange `events`."""

    TASK_CREATED = "task.created"
    TASK_UPDATED = "task.updated"
    TASK_DELETED = "task.deleted"
    RUN_CREATED = "run.created"
    RUN_DISPATCHED = "run.dispatched"
    RUN_STARTED = "run.started"
    RUN_RETRYING = "run.retrying"
    ALERT_RAISED = "alert.raised"
    RUN_PROGRESS = "run.progress"
    RUN_UPDATED = "run.updated"
    RUN_FINISHED = "run.finished"
    WORKER_ONLINE = "worker.online"
    WORKER_UPDATED = "worker.updated"
    WORKER_DRAINING = "worker.draining"
    WORKER_OFFLINE = "worker.offline"
    WORKER_LOST = "worker.lost"
    WORKER_REMOVED = "worker.removed"
    QUEUE_SAMPLED = "queue.sampled"
    DISPATCHER_ELECTED = "dispatcher.elected"

    @property
    def topic(self) -> "StreamTopic":
        """The topic of the live stream that carries the event."""
        return _TOPIC_OF[self.partition(".")[0]]


class StreamTopic(StrEnum):
    """The kinds of events that a client of the live stream subscribes to; `queues` includes the dispatcher's."""

    RUNS = "runs"
    WORKERS = "workers"
    QUEUES = "queues"
    TASKS = "tasks"
    ALERTS = "alerts"


_TOPIC_OF = {
    "run": StreamTopic.RUNS,
    "worker": StreamTopic.WORKERS,
    "queue": StreamTopic.QUEUES,
    "dispatcher": StreamTopic.QUEUES,
    "task": StreamTopic.TASKS,
    "alert": StreamTopic.ALERTS,
}
