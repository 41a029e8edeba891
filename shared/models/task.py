"""A task as the API takes and gives it."""

import re
from copy import copy
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, create_model, field_validator, model_validator
from pydantic.fields import FieldInfo

from shared.enums import (
    DependencyCondition,
    DependencyWindow,
    MisfirePolicy,
    OnWorkerLost,
    OverlapPolicy,
    Priority,
    RetryBackoff,
    RunStatus,
    TaskStatus,
)
from shared.models.base import Input, Output, Timestamp
from shared.schedule.cron import CronError, CronExpression

MAX_TIMEOUT_SECONDS = 7 * 24 * 3600
MAX_COMMAND_LENGTH = 256 * 1024
_ENVIRONMENT_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_FOLDER = re.compile(r"^[^/\x00]+(/[^/\x00]+)*$")


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain a NUL character")
    return value


def _strip_name(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("must not be empty; give the task a name of 1 to 255 characters")
    return value


Text = Annotated[str, AfterValidator(_without_nul)]
ShortText = Annotated[str, StringConstraints(max_length=255), AfterValidator(_without_nul)]
Labels = dict[Annotated[str, StringConstraints(min_length=1, max_length=63)], ShortText]


def check_timezone(value: str) -> str:
    """Return `value` if it names an IANA zone; raises ValueError with an example otherwise."""
    if value not in available_timezones():
        raise ValueError(f"unknown time zone {value!r}; use an IANA name such as UTC, Europe/Berlin or Asia/Shanghai")
    return value


def _check_environment(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if not _ENVIRONMENT_NAME.match(name):
            raise ValueError(f"{name!r} is not a variable name; use letters, digits and _, not beginning with a digit")
    return value


Environment = Annotated[dict[str, Text], AfterValidator(_check_environment)]
Arguments = list[Text]
Timezone = Annotated[str, AfterValidator(check_timezone)]


class Dependency(Input):
    """One edge: this task waits for a run of `task_id` that meets `condition`."""

    task_id: int = Field(ge=1)
    condition: DependencyCondition = DependencyCondition.SUCCESS
    window: DependencyWindow = DependencyWindow.LATEST


class TaskFields(Input):
    """All that a person decides about a task; what POST and PUT take."""

    name: Annotated[str, StringConstraints(max_length=255), AfterValidator(_without_nul), AfterValidator(_strip_name)]
    description: Text | None = Field(default=None, max_length=10_000)
    folder: ShortText = ""
    executor: str = Field(min_length=1, max_length=100)
    task_type: str = Field(default="", max_length=100, description="Default: the executor's name.")
    command: Text = Field(default="", max_length=MAX_COMMAND_LENGTH)
    arguments: Arguments = Field(default=[], max_length=1000)
    environment: Environment = Field(default={}, max_length=1000)
    working_directory: Annotated[Text, StringConstraints(max_length=4096)] | None = None
    schedule: Annotated[str, StringConstraints(max_length=255)] | None = None
    timezone: Timezone = "UTC"
    jitter_seconds: int = Field(default=0, ge=0, le=86_400)
    misfire_policy: MisfirePolicy = MisfirePolicy.FIRE_ONCE
    overlap_policy: OverlapPolicy = OverlapPolicy.QUEUE
    priority: Priority = Priority.NORMAL
    status: TaskStatus = TaskStatus.ACTIVE
    retry_count: int = Field(default=0, ge=0, le=100)
    retry_delay_seconds: int = Field(default=10, ge=0, le=MAX_TIMEOUT_SECONDS)
    retry_backoff: RetryBackoff = RetryBackoff.EXPONENTIAL
    retry_max_delay_seconds: int = Field(default=3600, ge=0, le=MAX_TIMEOUT_SECONDS)
    timeout_seconds: int = Field(default=3600, ge=1, le=MAX_TIMEOUT_SECONDS)
    on_worker_lost: OnWorkerLost = OnWorkerLost.RETRY
    max_concurrency: int | None = Field(default=None, ge=1, le=1_000_000)
    depends_on: list[Dependency] = Field(default=[], max_length=1000)
    worker_labels: Labels = {}
    labels: Labels = {}

    @field_validator("folder")
    @classmethod
    def _folder(cls, value: str) -> str:
        value = value.strip("/")
        if value and not _FOLDER.match(value):
            raise ValueError("must be a path such as finance/daily, without empty parts")
        return value

    @field_validator("schedule")
    @classmethod
    def _schedule(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            CronExpression.parse(value, hash_key="")
        except CronError as error:
            raise ValueError(str(error)) from error
        return value.strip()

    @field_validator("depends_on")
    @classmethod
    def _depends_on(cls, value: list[Dependency]) -> list[Dependency]:
        seen = [edge.task_id for edge in value]
        doubled = {upstream for upstream in seen if seen.count(upstream) > 1} if len(seen) < 1001 else set()
        if doubled:
            raise ValueError(f"names task {min(doubled)} twice; one edge for each upstream task is enough")
        return value

    @model_validator(mode="after")
    def _task_type_defaults_to_executor(self) -> Self:
        if not self.task_type:
            self.task_type = self.executor
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the schedule is read."""
        return ZoneInfo(self.timezone)


def _optional(field: FieldInfo) -> Any:
    """Return the same field with its limits, but not required."""
    optional = copy(field)
    optional.default, optional.default_factory = None, None
    return optional


TASK_FIELD_NAMES: tuple[str, ...] = tuple(TaskFields.model_fields)


TaskPatch: type[Input] = create_model(  # type: ignore[call-overload]
    "TaskPatch",
    __base__=Input,
    __doc__="Any of the fields of a task; what PATCH takes. A field that is not given stays as it is.",
    **{name: (field.annotation, _optional(field)) for name, field in TaskFields.model_fields.items()},
)


class LastRun(Output):
    """The newest run of a task, in short."""

    id: int
    status: RunStatus
    completed_at: Timestamp | None = None
    started_at: Timestamp | None = None
    execution_time_ms: int | None = None


class Task(Output):
    """A task as it is stored."""

    id: int
    name: str
    description: str | None = None
    folder: str = ""
    executor: str
    task_type: str
    command: str = ""
    arguments: list[str] = []
    environment: dict[str, str] = {}
    working_directory: str | None = None
    schedule: str | None = None
    timezone: str = "UTC"
    jitter_seconds: int = 0
    misfire_policy: MisfirePolicy = MisfirePolicy.FIRE_ONCE
    overlap_policy: OverlapPolicy = OverlapPolicy.QUEUE
    priority: Priority = Priority.NORMAL
    status: TaskStatus = TaskStatus.ACTIVE
    retry_count: int = 0
    retry_delay_seconds: int = 10
    retry_backoff: RetryBackoff = RetryBackoff.EXPONENTIAL
    retry_max_delay_seconds: int = 3600
    timeout_seconds: int = 3600
    on_worker_lost: OnWorkerLost = OnWorkerLost.RETRY
    max_concurrency: int | None = None
    depends_on: list[Dependency] = []
    worker_labels: dict[str, str] = {}
    labels: dict[str, str] = {}
    version: int = 1
    created_at: Timestamp
    updated_at: Timestamp
    next_run_at: Timestamp | None = None
    last_run: LastRun | None = None

    @property
    def etag(self) -> str:
        """The value that `If-Match` compares."""
        return f'"{self.id}-{self.version}"'


class TriggerRequest(Input):
    """How one manual run differs from its task."""

    priority: Priority | None = None
    arguments: Arguments | None = Field(default=None, max_length=1000)
    environment: Environment | None = Field(default=None, max_length=1000)
    ignore_dependencies: bool = True
    ignore_limits: bool = False


class BatchItem(Input):
    """One run of a batch."""

    task_id: int = Field(ge=1)
    priority: Priority | None = None
    arguments: Arguments | None = Field(default=None, max_length=1000)
    environment: Environment | None = Field(default=None, max_length=1000)


class BatchRequest(Input):
    """Many runs at once, all or nothing."""

    runs: list[BatchItem] = Field(min_length=1, max_length=10_000)


class BatchResult(Output):
    """The runs made, in the order asked for."""

    run_ids: list[int]


class SchedulePreviewRequest(Input):
    """What a schedule would do."""

    schedule: str = Field(max_length=255)
    timezone: Timezone = "UTC"
    count: int = Field(default=10, ge=1, le=1000)
    after: Timestamp | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the schedule is read."""
        return ZoneInfo(self.timezone)


class SchedulePreview(Output):
    """The next times, with the zone's offset, and the schedule in words."""

    times: list[str]
    description: str


class UpcomingTimes(Output):
    """When a task will run next, with its jitter."""

    times: list[Timestamp]
