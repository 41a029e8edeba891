"""Tasks and their fields."""

import re
from copy import copy
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, create_model, field_validator, model_validator
from pydantic.fields import FieldInfo

from shared.enums import (
    CalendarPolicy,
    DependencyCondition,
    DependencyWindow,
    MisfirePolicy,
    OnWorkerLost,
    OverlapPolicy,
    Priority,
    RetryBackoff,
    RunDistribution,
    RunStatus,
    TaskStatus,
)
from shared.folders import normal_folder
from shared.models.base import (
    Flag,
    GivenTimestamp,
    Input,
    Line,
    ObjectId,
    Output,
    Timestamp,
    VisibleLine,
    promised,
    refused,
    refused_together,
)
from shared.models.schedule import BlackoutWindow, Timezone
from shared.printable_text import INVISIBLE, PRINTABLE, VISIBLE, is_visible, why_unprintable
from shared.schedule.cron_fields import CronError
from shared.schedule.schedule import parse_schedule
from shared.time_zones import time_zone

T = TypeVar("T")

MAX_TIMEOUT_SECONDS = 7 * 24 * 3600
MAX_COMMAND_LENGTH = 256 * 1024
ENVIRONMENT_MASK = "***"
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BLANKS = rf"[\s{INVISIBLE}]*"
_FOLDER_SCHEMA = rf"^(?!.*[^/\s]\s*/[\s/]*/\s*[^/\s])(?!(?:.*/)?{_BLANKS}[{INVISIBLE}]{_BLANKS}(?:/|$)){PRINTABLE}*$"
MOST_ARGUMENT_BYTES = 128 * 1024 - 1
"""Linux: MAX_ARG_STRLEN, less the NUL at the end. It holds for an argument, and for a variable with its name."""
MOST_BYTES_TOGETHER = 512 * 1024
"""Of all arguments, and of all variables. Linux: 2 MiB with the command, results of upstream runs and a trigger's."""


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain a NUL character")
    return value


def _strip_name(value: str) -> str:
    value = value.strip()
    if not is_visible(value):
        raise ValueError("must not be empty; give the task a name of 1 to 255 characters that can be seen")
    return value


Text = Annotated[str, AfterValidator(_without_nul)]
ShortText = Annotated[Line, StringConstraints(max_length=255)]
Labels = Annotated[
    dict[Annotated[VisibleLine, StringConstraints(min_length=1, max_length=63)], ShortText],
    promised(propertyNames={"minLength": 1, "maxLength": 63, "pattern": f"^(?=.*{VISIBLE}){PRINTABLE}+$"}),
]


def _in_a_folder(value: str) -> str:
    value = normal_folder(value)
    if value and not all(is_visible(part) for part in value.split("/")):
        raise ValueError("must be a path such as finance/daily, without empty parts")
    return value


Folder = Annotated[ShortText, AfterValidator(_in_a_folder), promised(pattern=_FOLDER_SCHEMA)]
"""The folder of a task, saved without blanks and slashes around it; "" is the top folder."""


def _bytes_of(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _checked_together(value: T, total: int) -> T:
    if total > MOST_BYTES_TOGETHER:
        raise ValueError(
            f"has {total:,} bytes together; at most {MOST_BYTES_TOGETHER:,} are possible: put long values into files"
        )
    return value


def _check_argument(value: str) -> str:
    size = _bytes_of(value)
    if size > MOST_ARGUMENT_BYTES:
        raise ValueError(
            f"has {size:,} bytes; at most {MOST_ARGUMENT_BYTES:,} are possible: put it into a file, and give its path"
        )
    return value


def _check_arguments(value: list[str]) -> list[str]:
    return _checked_together(value, sum(_bytes_of(argument) + 1 for argument in value))


def _variable_problem(name: str, size: int) -> str | None:
    if not _ENVIRONMENT_NAME.fullmatch(name):
        return f"{name!r} is not a variable name; use letters, digits and _, not beginning with a digit"
    if size > MOST_ARGUMENT_BYTES:
        return (
            f"{name} has {size:,} bytes with its name; at most {MOST_ARGUMENT_BYTES:,} are possible: put the value "
            "into a file, and give its path"
        )
    return None


def _check_environment(value: dict[str, str]) -> dict[str, str]:
    sizes = {name: len(name) + len("=") + _bytes_of(text) for name, text in value.items()}
    problems = {name: _variable_problem(name, size) for name, size in sizes.items()}
    wrong = [(name, problem) for name, problem in problems.items() if problem is not None]
    if wrong:
        # One is not named by its path where its name is no line of text.
        raise refused_together([("" if why_unprintable(name) else name, problem) for name, problem in wrong])
    return _checked_together(value, sum(sizes.values()))


Environment = Annotated[
    dict[str, Text],
    AfterValidator(_check_environment),
    promised(propertyNames={"pattern": f"^{_ENVIRONMENT_NAME.pattern}$"}),
]
Arguments = Annotated[list[Annotated[Text, AfterValidator(_check_argument)]], AfterValidator(_check_arguments)]
USER_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.@-]*"
"""The names of users that POSIX calls portable, and those of directory services."""
RunAs = Annotated[str, StringConstraints(max_length=64, pattern=rf"^({USER_NAME})?$")]
ExitCode = Annotated[int, Field(ge=-1, le=255)]
HttpStatus = Annotated[int, Field(ge=100, le=599)]


class Dependency(Input):
    """A dependency: this task waits for a run of `task_id` that satisfies `condition`."""

    task_id: ObjectId
    condition: DependencyCondition = DependencyCondition.SUCCESS
    window: DependencyWindow = DependencyWindow.LATEST


class TaskFields(Input):
    """The fields of a task that a user sets, with POST and PUT."""

    name: Annotated[
        Line,
        StringConstraints(max_length=255),
        AfterValidator(_strip_name),
        promised(minLength=1, pattern=f"^(?=.*{VISIBLE}){PRINTABLE}*$"),
    ]
    description: Text | None = Field(default=None, max_length=10_000)
    folder: Folder = ""
    executor: str = Field(
        default="shell",
        min_length=1,
        max_length=100,
        description="One of those that GET /api/system/executors lists.",
    )
    task_type: Line = Field(default="", max_length=100, description="Default: the executor's name.")
    command: Text = Field(default="", max_length=MAX_COMMAND_LENGTH)
    arguments: Arguments = Field(default=[], max_length=1000)
    environment: Environment = Field(default={}, max_length=1000)
    working_directory: Annotated[Text, StringConstraints(max_length=4096)] | None = None
    run_as: RunAs | None = Field(
        default=None,
        description="The user of the worker's machine that runs the command, if the worker's owner permits it.",
    )
    schedule: Annotated[str, StringConstraints(max_length=255), promised(minLength=1)] | None = None
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
    starts_at: GivenTimestamp | None = None
    ends_at: GivenTimestamp | None = None
    calendar: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    calendar_policy: CalendarPolicy = CalendarPolicy.SKIP
    blackouts: list[BlackoutWindow] = Field(default=[], max_length=100)
    concurrency_group: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    queue_timeout_seconds: int | None = Field(default=None, ge=1, le=MAX_TIMEOUT_SECONDS)
    retry_timeout_seconds: int | None = Field(default=None, ge=1, le=4 * MAX_TIMEOUT_SECONDS)
    retry_exit_codes: list[ExitCode] | None = Field(default=None, min_length=1, max_length=256)
    retry_http_statuses: list[HttpStatus] | None = Field(default=None, min_length=1, max_length=500)
    retry_on_timeout: Flag = True
    pause_after_failures: int | None = Field(default=None, ge=1, le=1000)
    distribution: RunDistribution = RunDistribution.SINGLE
    shard_count: int | None = Field(default=None, ge=1, le=1000)
    expected_duration_seconds: int | None = Field(default=None, ge=1, le=MAX_TIMEOUT_SECONDS)
    late_after_seconds: int | None = Field(default=None, ge=1, le=MAX_TIMEOUT_SECONDS)
    keep_runs: int | None = Field(default=None, ge=1, le=10_000_000)
    keep_days: int | None = Field(default=None, ge=1, le=36_500)
    max_memory_mb: int | None = Field(default=None, ge=16, le=16_777_216)
    max_cpu_seconds: int | None = Field(default=None, ge=1, le=MAX_TIMEOUT_SECONDS)
    max_open_files: int | None = Field(default=None, ge=16, le=1_048_576)

    @field_validator("working_directory", "run_as")
    @classmethod
    def _empty_is_none(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("schedule")
    @classmethod
    def _schedule(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parse_schedule(value, hash_key="")
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
        return sorted(value, key=lambda edge: edge.task_id)

    @model_validator(mode="after")
    def _task_type_defaults_to_executor(self) -> Self:
        if not self.task_type:
            self.task_type = self.executor
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise refused("ends_at", "must be after starts_at")
        if self.distribution is RunDistribution.SHARDED and self.shard_count is None:
            raise refused("shard_count", "is required for a sharded task: the number of child runs")
        if self.schedule is None and any(edge.window is DependencyWindow.PERIOD for edge in self.depends_on):
            raise refused(
                "depends_on", "with window period needs a schedule: the period is from one occurrence to the next"
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the schedule."""
        return time_zone(self.timezone)


def _optional(field: FieldInfo) -> Any:
    """Return the same field with its constraints, but optional."""
    optional = copy(field)
    optional.default, optional.default_factory = None, None
    return optional


TASK_FIELD_NAMES: tuple[str, ...] = tuple(TaskFields.model_fields)


TaskPatch: type[Input] = create_model(  # type: ignore[call-overload]
    "TaskPatch",
    __base__=Input,
    __doc__="Some of the fields of a task, for PATCH. Fields that are not given keep their values.",
    **{name: (field.annotation, _optional(field)) for name, field in TaskFields.model_fields.items()},
)


class LastRun(Output):
    """The newest run of a task."""

    id: int
    status: RunStatus
    completed_at: Timestamp | None = None
    started_at: Timestamp | None = None
    execution_time_ms: int | None = None


class Task(Output):
    """A stored task."""

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
    run_as: str | None = None
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
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    calendar: str | None = None
    calendar_policy: CalendarPolicy = CalendarPolicy.SKIP
    blackouts: list[BlackoutWindow] = []
    concurrency_group: str | None = None
    queue_timeout_seconds: int | None = None
    retry_timeout_seconds: int | None = None
    retry_exit_codes: list[int] | None = None
    retry_http_statuses: list[int] | None = None
    retry_on_timeout: bool = True
    pause_after_failures: int | None = None
    distribution: RunDistribution = RunDistribution.SINGLE
    shard_count: int | None = None
    expected_duration_seconds: int | None = None
    late_after_seconds: int | None = None
    keep_runs: int | None = None
    keep_days: int | None = None
    max_memory_mb: int | None = None
    max_cpu_seconds: int | None = None
    max_open_files: int | None = None
    paused_reason: str | None = None
    version: int = 1
    created_at: Timestamp
    updated_at: Timestamp
    next_run_at: Timestamp | None = None
    last_run: LastRun | None = None

    def masked(self) -> Self:
        """Return the task without the values of its environment, for viewers and for events."""
        if not self.environment:
            return self
        return self.model_copy(update={"environment": dict.fromkeys(self.environment, ENVIRONMENT_MASK)})

    @property
    def etag(self) -> str:
        """The value that `If-Match` compares."""
        return f'"{self.id}-{self.version}"'
