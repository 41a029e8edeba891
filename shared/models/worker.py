"""Workers, and their load over time."""

from shared.enums import WorkerKeyState, WorkerStatus
from shared.models.base import Output, Timestamp


class Worker(Output):
    """A process that executes attempts."""

    id: str
    hostname: str
    version: str
    task_types: list[str]
    labels: dict[str, str] = {}
    slots: int
    current_task_count: int
    status: WorkerStatus
    started_at: Timestamp | None = None
    last_heartbeat_at: Timestamp | None = None
    heartbeat_age_seconds: float | None = None
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    incarnation: str = ""
    refusal: str | None = None
    """Why messages in its name are refused, with the next step."""
    key_state: WorkerKeyState = WorkerKeyState.NONE
    enrolled_at: Timestamp | None = None


class WorkerEnrolment(Output):
    """The key of a worker, which is shown once: the content of its key file."""

    worker_id: str
    key: str
    enrolled_at: Timestamp


class WorkerKeyInfo(Output):
    """A worker that was enrolled, whether or not it was ever started."""

    worker_id: str
    key_state: WorkerKeyState
    enrolled_at: Timestamp
    enrolled_by: str
    revoked_at: Timestamp | None = None
    revoked_by: str | None = None


class WorkerSample(Output):
    """The maximum of slots in use in one interval."""

    at: Timestamp
    slots: int
    busy: int
    cpu_percent: float | None = None
    memory_bytes: int | None = None


class WorkerHistory(Output):
    """The load of a worker over time. An interval without a heartbeat is absent."""

    worker_id: str
    samples: list[WorkerSample]
