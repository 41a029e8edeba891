"""Workers, and their load over time."""

from typing import Annotated

from pydantic import Field

from shared.enums import WorkerKeyState, WorkerStatus
from shared.models.base import Output, Timestamp

_Text = Annotated[str, Field(max_length=1000)]
_Texts = Annotated[list[_Text], Field(max_length=1000)]
_TextLists = Annotated[dict[_Text, _Texts], Field(max_length=1000)]


class WorkerRules(Output):
    """What a worker runs: what its machine has and its owner permits. None permits everything.

    `run_as` runs commands of tasks that name no user; those of `users` may be named. `secrets` maps the names of the
    secrets that the worker has, or that its owner permits, to the folders of the tasks that may use them;
    `has_secret_rules`: no other secret is permitted. The limits are the highest of a run.
    """

    executors: _Texts
    run_as: _Text
    users: _Texts = []
    commands: _Texts | None = None
    folders: _Texts | None = None
    labels: _TextLists = {}
    working_directories: _Texts | None = None
    environment: _Texts | None = None
    secrets: _TextLists = {}
    has_secret_rules: bool = False
    memory_mb: int | None = None
    cpu_seconds: int | None = None
    open_files: int | None = None
    processes: int | None = None
    cpus: float | None = None
    timeout_seconds: int | None = None


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
    rules: WorkerRules | None = None
    """In the answer for one worker; null where the worker's version does not report them."""


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
