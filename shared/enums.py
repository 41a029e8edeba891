"""The closed sets of words that the database, the API, the code and the console share."""

from enum import IntEnum, StrEnum
from typing import Self


class TaskStatus(StrEnum):
    """Whether a task's schedule and dependencies create runs."""

    ACTIVE = "active"
    PAUSED = "paused"


class RunStatus(StrEnum):
    """The state of a run; the last five are final."""

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
        """Whether the run is finished, with its one recorded outcome."""
        return self in FINAL_STATUSES

    @property
    def is_held_by_worker(self) -> bool:
        """Whether the run is assigned to a worker which has not reported its end."""
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
    """The state of a run in the queue, in the order in which runs start.

    `held`: by a limit, the overlap policy or a backfill's limit. `delayed`: until its next attempt.
    """

    RUNNING = "running"
    READY = "ready"
    HELD = "held"
    DELAYED = "delayed"
    BLOCKED = "blocked"


class WaitingCode(StrEnum):
    """Why a run has not started; `turn`: it is next in line."""

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


class UnschedulableCause(StrEnum):
    """What online workers lack to ever accept a run."""

    NO_WORKER = "no_worker"
    WORKER_OFFLINE = "worker_offline"
    TASK_TYPE = "task_type"
    LABELS = "labels"
    WORKER_REFUSED = "worker_refused"
    """A worker would accept the run, but what it sends is refused."""
    EXECUTOR = "executor"
    RUN_AS = "run_as"
    """The owners of the workers permit neither the user that the task names."""


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
    """The urgency of a run; critical runs start before all others."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def level(self) -> int:
        """The number that is stored, 0 (low) to 3 (critical)."""
        return PriorityLevel[self.name].value

    @classmethod
    def from_level(cls, level: int) -> "Priority":
        """Return the priority of a stored number."""
        return cls[PriorityLevel(level).name]


class PriorityLevel(IntEnum):
    """Priorities as numbers that sort."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


class MisfirePolicy(StrEnum):
    """What happens to occurrences that were missed because no dispatcher was active."""

    FIRE_ONCE = "fire_once"
    SKIP = "skip"
    FIRE_ALL = "fire_all"


class OverlapPolicy(StrEnum):
    """What happens to a due occurrence while the task's previous run has not finished."""

    QUEUE = "queue"
    QUEUE_ALL = "queue_all"
    ALLOW = "allow"
    SKIP = "skip"
    REPLACE = "replace"


class CalendarPolicy(StrEnum):
    """What happens to an occurrence on a day of the task's calendar."""

    SKIP = "skip"
    NEXT_WORKING_DAY = "next_working_day"


class RunDistribution(StrEnum):
    """How an occurrence is distributed: one run, one child run on each matching worker, or numbered shards."""

    SINGLE = "single"
    BROADCAST = "broadcast"
    SHARDED = "sharded"


class RetryBackoff(StrEnum):
    """How the delay grows from one retry to the next."""

    EXPONENTIAL = "exponential"
    FIXED = "fixed"


class OnWorkerLost(StrEnum):
    """What happens to a run whose worker is lost: retry means at least once, fail means at most once."""

    RETRY = "retry"
    FAIL = "fail"


class DependencyCondition(StrEnum):
    """Which outcome of the upstream run satisfies a dependency."""

    SUCCESS = "success"
    FAILURE = "failure"
    COMPLETION = "completion"


class DependencyWindow(StrEnum):
    """Which upstream runs must satisfy a dependency: the latest, or all in the downstream task's period."""

    LATEST = "latest"
    PERIOD = "period"


class WorkerStatus(StrEnum):
    """The state of a worker, according to its heartbeats."""

    ONLINE = "online"
    DRAINING = "draining"
    OFFLINE = "offline"
    LOST = "lost"


class WorkerKeyState(StrEnum):
    """Whether a worker has a key with which it seals what it sends."""

    NONE = "none"
    ENROLLED = "enrolled"
    REVOKED = "revoked"


class _Ascending(StrEnum):
    """Words of which each includes those before it."""

    def allows(self, needed: Self) -> bool:
        """Whether this one includes `needed`."""
        order = list(type(self))
        return order.index(self) >= order.index(needed)


class Permission(_Ascending):
    """What a grant permits in a folder and in the folders below it; each includes those before it."""

    READ = "read"
    RUN = "run"
    """Trigger, cancel, retry and reorder runs, and run backfills."""
    EDIT = "edit"
    """Create, change, move and delete tasks, and silence their alerts."""
    ADMIN = "admin"
    """Grant permissions in the folder."""


class Role(_Ascending):
    """The permissions of a user in all folders; each role includes those of the one before it."""

    MEMBER = "member"
    """No permission but those that are granted."""
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def permission(self) -> Permission | None:
        """What the role permits in every folder."""
        return {
            Role.MEMBER: None,
            Role.VIEWER: Permission.READ,
            Role.OPERATOR: Permission.EDIT,
            Role.ADMIN: Permission.ADMIN,
        }[self]


class Scope(_Ascending):
    """What a token permits, within what its owner may do; each scope includes those before it."""

    READ = "read"
    RUN = "run"
    """Trigger, cancel, retry and reorder runs."""
    EDIT = "edit"
    ADMIN = "admin"

    def within(self, limit: "Scope") -> "Scope":
        """Return the narrower of two scopes."""
        return self if limit.allows(self) else limit


class Via(StrEnum):
    """The program that sent a request, as it names itself; any other one by what it authenticates with."""

    CONSOLE = "console"
    COMMAND_LINE = "command_line"
    TOKEN = "token"  # noqa: S105
    SESSION = "session"


class SignInFailure(StrEnum):
    """Why a sign-in through the browser ended without a user."""

    ACCESS_DENIED = "access_denied"
    """The provider refused, or the person cancelled there."""
    NOT_PERMITTED = "not_permitted"
    """The provider knows the person, and no group of theirs has a role here."""
    DISABLED = "disabled"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_INVALID = "provider_invalid"
    """The provider's answer proves nothing, or its documents cannot be used."""
    TIMED_OUT = "timed_out"
    """Nobody signed in while the client waited."""


class BackendRole(StrEnum):
    """The parts of a backend; one process has one or more of them."""

    API = "api"
    DISPATCHER = "dispatcher"
    WORKER = "worker"


class LogStream(StrEnum):
    """The stream to which a command wrote."""

    STDOUT = "stdout"
    STDERR = "stderr"


class FaultKind(StrEnum):
    """What happened to the object of a fault."""

    SET_ASIDE = "set_aside"
    """One item cannot be processed; it is skipped, and all others are processed."""
    RESTARTED = "restarted"
    """A service, a loop or a worker failed and was started again."""
    BLOCKED = "blocked"
    """A callback held the event loop of a process for too long."""
    GIVEN_UP = "given_up"
    """A run of a task is not retried, because it was lost with its worker too often."""
    FALLBACK = "fallback"
    """A plug-in failed, and what is built in did its work."""
    REFUSED = "refused"
    """Messages in a worker's name, or commands to it, are refused: their seal is missing or wrong."""
    CORRECTED = "corrected"
    """Stored values were wrong, such as next occurrences after a wrong clock, and were corrected."""
    SURVIVED = "survived"
    """A process of a run could not be ended."""
    LEFT_OUT = "left_out"
    """More occurrences of a task were missed than runs make up for."""
    UNREACHABLE = "unreachable"
    """The heartbeat to the outside cannot be sent: who watches it may report that Taskdeck is dead."""
    SHORTAGE = "shortage"
    """A process is close to a limit: its connections to the database, its open files or its asyncio tasks."""


class EventType(StrEnum):
    """The events. Their values are also the routing keys on the exchange `events`."""

    TASK_CREATED = "task.created"
    TASK_UPDATED = "task.updated"
    TASK_DELETED = "task.deleted"
    RUN_CREATED = "run.created"
    RUN_DISPATCHED = "run.dispatched"
    RUN_STARTED = "run.started"
    RUN_RETRYING = "run.retrying"
    ALERT_RAISED = "alert.raised"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    """Or an acknowledgement was taken back."""
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


class BulkReason(StrEnum):
    """Why a change of many tasks or runs did not change one of them."""

    GONE = "gone"
    """It does not exist, or may not be read."""
    NOT_PERMITTED = "not_permitted"
    ALREADY_PAUSED = "already_paused"
    ALREADY_ACTIVE = "already_active"
    UNCHANGED = "unchanged"
    """It has the labels, the folder or the priority already."""
    HAS_DEPENDENTS = "has_dependents"
    """A task that is not deleted with it depends on it."""
    INVALID_SCHEDULE = "invalid_schedule"
    """Its stored schedule cannot be evaluated."""
    CHANGED_SINCE = "changed_since"
    """It has changed since the change that is undone."""
    ALREADY_ENDED = "already_ended"
    ALREADY_STARTED = "already_started"
    NOT_ENDED = "not_ended"
    TASK_DELETED = "task_deleted"
