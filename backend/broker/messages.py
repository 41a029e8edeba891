"""The messages between backend and workers, and their encoding.

No message holds a time of a worker, whose clock may be wrong. It says how long ago something happened by the worker's
monotonic clock, and how long after the start of the worker's process it was sent, so that the receiver knows how long
it was on its way (`backend.workers.clock_offset`). Both are subtracted from the database's time.
"""

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import json
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from backend.broker.message_class import message
from shared.enums import LogStream
from shared.models.worker import WorkerRules

T = TypeVar("T")

# What a heartbeat may say is bounded: it decides about assignments, and its row is read by every list.
MOST_SLOTS = 10_000
_MOST_HELD = 100_000
"""Ten for each slot of the largest worker."""
_MOST_NAMED = 10
"""Processes that a sentence names."""
_WorkerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
_Name = Annotated[str, Field(max_length=255)]
_Count = Annotated[int, Field(ge=0, le=2**53)]
_Figure = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class Ending(StrEnum):
    """How an attempt ended.

    `rejected`: its worker returns it, because it drains or was stopped; no retry is spent. `lost` is the only one that
    no worker reports: the dispatcher concludes it from a worker's silence.
    """

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    LOST = "lost"


class WorkerState(StrEnum):
    """The state of a worker in its heartbeat; `stopped` is in its last one."""

    ONLINE = "online"
    DRAINING = "draining"
    STOPPED = "stopped"


@message(frozen=True, slots=True)
class AttemptRef:
    """One attempt. Its number is the fencing token: a result of an earlier number changes nothing."""

    run_id: int
    attempt: int


@message(frozen=True, slots=True, kw_only=True)
class UpstreamResult:
    """The result of an upstream run; `output` is JSON."""

    task_name: str
    run_id: int
    status: str
    output: str | None = None


@message(frozen=True, slots=True, kw_only=True)
class SentSecret:
    """A secret of the backend for one attempt: `sealed` for its worker, or the `problem` why it cannot be sent."""

    name: str
    sealed: str | None = None
    problem: str | None = None


@message(frozen=True, slots=True, kw_only=True)
class Assignment:
    """All that a worker needs to execute one attempt."""

    run_id: int
    attempt: int
    task_id: int
    task_name: str
    executor: str
    command: str
    arguments: list[str]
    environment: dict[str, str]
    working_directory: str | None
    timeout_seconds: float
    scheduled_for: datetime | None = None
    shard_index: int | None = None
    shard_total: int | None = None
    fan_out_run_id: int | None = None
    upstreams: list[UpstreamResult] = field(default_factory=list)
    max_memory_mb: int | None = None
    max_cpu_seconds: int | None = None
    max_open_files: int | None = None
    folder: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    """Of the task: what a worker's owner permits may depend on them."""
    secrets: list[SentSecret] = field(default_factory=list)
    """Those that the task refers to and the backend has."""
    run_as: str | None = None
    """The user whom the task names; None is whom the worker's owner names, or the worker's own."""
    traceparent: str | None = None
    """The trace that the attempt belongs to."""

    @property
    def ref(self) -> AttemptRef:
        """The attempt that is assigned."""
        return AttemptRef(self.run_id, self.attempt)


@message(frozen=True, slots=True)
class Assign:
    """Execute these attempts."""

    assignments: list[Assignment]
    kind: Literal["assign"] = "assign"


@message(frozen=True, slots=True)
class Cancel:
    """End these attempts and report how they ended."""

    attempts: list[AttemptRef]
    kind: Literal["cancel"] = "cancel"


@message(frozen=True, slots=True)
class Revoke:
    """End these attempts without a report: they no longer count."""

    attempts: list[AttemptRef]
    kind: Literal["revoke"] = "revoke"


WorkerCommand = Annotated[Assign | Cancel | Revoke, Field(discriminator="kind")]


@message(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """That a worker is alive, what it is, and every attempt that it holds or reported in the last five minutes.

    It is also the worker's registration. `incarnation` is new with each start of the process, and later ones are
    greater; `sequence` counts the heartbeats of one incarnation from 1. `refused_commands` counts the commands that the
    worker refused since the last heartbeat. `ended_survivors` are attempts whose processes could not be ended, and have
    ended since.
    """

    worker_id: _WorkerId
    incarnation: Annotated[str, Field(max_length=64)]
    sequence: _Count
    state: WorkerState
    hostname: _Name
    version: Annotated[str, Field(max_length=50)]
    task_types: Annotated[list[_Name], Field(max_length=1000)]
    labels: Annotated[dict[_Name, _Name], Field(max_length=1000)]
    slots: Annotated[int, Field(ge=1, le=MOST_SLOTS)]
    held: Annotated[list[AttemptRef], Field(max_length=_MOST_HELD)]
    active_count: Annotated[int, Field(ge=0, le=MOST_SLOTS)]
    cpu_percent: _Figure | None = None
    memory_bytes: _Count | None = None
    loop_lag_seconds: _Figure | None = None
    uptime_seconds: _Figure = 0.0
    refused_commands: _Count = 0
    rules: WorkerRules | None = None
    """Not in every one: they change with a restart only."""
    ended_survivors: Annotated[list[AttemptRef], Field(max_length=_MOST_HELD)] = field(default_factory=list)


@message(frozen=True, slots=True, kw_only=True)
class AttemptStarted:
    """The command of an attempt was started `ago_ms` before the report was sent.

    `worker_id` is set by who receives the report, from the report's own.
    """

    run_id: int
    attempt: int
    ago_ms: int
    worker_id: str | None = None

    @property
    def ref(self) -> AttemptRef:
        """The attempt that began."""
        return AttemptRef(self.run_id, self.attempt)


@message(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """What an attempt left behind: filled by its executor, completed by the worker, stored with the run.

    A new field is written here, and with its column's type in `RESULT_COLUMNS` of `backend.runs.finish`.
    """

    ending: Ending
    error: str | None = None
    """Why it did not succeed, in one line."""
    exit_code: int | None = None
    """128 + n for signal n, as shells count."""
    http_status: int | None = None
    output: str | None = None
    """The JSON that the command left for later tasks."""
    cpu_ms: int | None = None
    """CPU time of its processes, in user and system mode."""
    peak_memory_bytes: int | None = None

    # What follows is the worker's own: a value from an executor is replaced.
    execution_time_ms: int | None = None
    """None where it never began."""
    stdout_tail: str | None = None
    """The last 64 KiB."""
    stderr_tail: str | None = None
    log_pieces: int | None = None
    """The sequence of its last `LogPiece`."""

    def completed(
        self, *, execution_time_ms: int, stdout_tail: str | None, stderr_tail: str | None, log_pieces: int
    ) -> "AttemptResult":
        """Return what its executor filled, with the worker's own part.

        Written out: `dataclasses.replace` takes twice as long, for each attempt.
        """
        return AttemptResult(
            ending=self.ending,
            error=self.error,
            exit_code=self.exit_code,
            http_status=self.http_status,
            output=self.output,
            cpu_ms=self.cpu_ms,
            peak_memory_bytes=self.peak_memory_bytes,
            execution_time_ms=execution_time_ms,
            stdout_tail=stdout_tail,
            stderr_tail=stderr_tail,
            log_pieces=log_pieces,
        )

    def with_reason(self, reason: str) -> "AttemptResult":
        """Return the result with one more thing that a person should know, also of an attempt that succeeded."""
        return replace(self, error=f"{self.error}; {reason}" if self.error else reason)


@message(frozen=True, slots=True, kw_only=True)
class SurvivingProcess:
    """A process that a worker could not end; `command` is empty where it cannot be read."""

    pid: int
    command: str = ""

    @property
    def words(self) -> str:
        """The process as sentences name it, such as `4242 (sleep 60)`."""
        return f"{self.pid} ({self.command})" if self.command else str(self.pid)


def processes_in_words(processes: Sequence[SurvivingProcess]) -> str:
    """Return processes as sentences name them: the first ten, and the number of the others."""
    named = ", ".join(one.words for one in processes[:_MOST_NAMED])
    more = len(processes) - _MOST_NAMED
    return f"{'process' if len(processes) == 1 else 'processes'} {named}{f' and {more} more' if more > 0 else ''}"


@message(frozen=True, slots=True, kw_only=True)
class AttemptEnd:
    """An attempt ended `ago_ms` before this was sent.

    `worker_id` is set by who receives the report, from the report's own. `survivors` are the ids of processes that the
    worker could not end, `surviving` the same with their commands; a worker of a former version sends the ids alone.
    `traceparent` is the span of the attempt, where the worker makes one.
    """

    run_id: int
    attempt: int
    result: AttemptResult
    ago_ms: int = 0
    worker_id: str | None = None
    survivors: list[int] = field(default_factory=list)
    surviving: list[SurvivingProcess] = field(default_factory=list)
    traceparent: str | None = None

    @property
    def ref(self) -> AttemptRef:
        """The attempt that ended."""
        return AttemptRef(self.run_id, self.attempt)

    def ended(self, *, ago_ms: int, worker_id: str | None, result: AttemptResult) -> "AttemptEnd":
        """Return it with what its receiver knows, or with the time until it is sent.

        Written out: `dataclasses.replace` takes twice as long, for each attempt.
        """
        return AttemptEnd(
            run_id=self.run_id,
            attempt=self.attempt,
            result=result,
            ago_ms=ago_ms,
            worker_id=worker_id,
            survivors=self.survivors,
            surviving=self.surviving,
            traceparent=self.traceparent,
        )


@message(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """What happened to attempts of a worker since its last report, in order.

    It was sent `sent_ms` after the worker's process started.
    """

    worker_id: str
    incarnation: str
    sent_ms: int | None = None
    started: list[AttemptStarted] = field(default_factory=list)
    finished: list[AttemptEnd] = field(default_factory=list)

    def split(self) -> list["WorkerReport"]:
        """Return a report for each attempt."""
        starts = [replace(self, started=[one], finished=[]) for one in self.started]
        return starts + [replace(self, started=[], finished=[one]) for one in self.finished]


@message(frozen=True, slots=True, kw_only=True)
class LogPiece:
    """Output of an attempt; `sequence` counts its pieces from 1 over both streams, in the order of writing.

    `worker_id` is set by who receives the message, from the message's own; so in `Progress` and `Sample`.
    """

    run_id: int
    attempt: int
    stream: LogStream
    sequence: int
    ago_ms: int
    text: str
    worker_id: str | None = None


@message(frozen=True, slots=True, kw_only=True)
class LogBatch:
    """Pieces of output from one worker; sent `sent_ms` after its process started."""

    worker_id: str
    pieces: list[LogPiece]
    incarnation: str = ""
    sent_ms: int | None = None

    def split(self) -> list["LogBatch"]:
        """Return a batch for each piece."""
        return [replace(self, pieces=[one]) for one in self.pieces]


@message(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress that a command reports; `percent` from 0 to 100."""

    run_id: int
    attempt: int
    percent: float | None
    text: str
    worker_id: str | None = None


@message(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the processes of an attempt used together since the last sample; 100 % is one core."""

    run_id: int
    attempt: int
    elapsed_ms: int
    cpu_percent: float
    memory_bytes: int
    worker_id: str | None = None


@message(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """Progress and resource usage of the commands of one worker. It may be lost: only charts show it."""

    worker_id: str
    incarnation: str = ""
    progress: list[Progress] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def split(self) -> list["Telemetry"]:
        """Return a message for each progress and sample."""
        progress = [replace(self, progress=[one], samples=[]) for one in self.progress]
        return progress + [replace(self, progress=[], samples=[one]) for one in self.samples]


class MalformedMessageError(ValueError):
    """A message does not have the form of its queue; it belongs in the dead letters."""


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is part of no message")


_encode = json.Encoder(enc_hook=_plain).encode


class Codec(Generic[T]):
    """Writes and reads one kind of message as JSON; `split` divides a message into messages of one part each."""

    def __init__(
        self, adapter: TypeAdapter[T], *, split: Callable[[T], Sequence[T]] = lambda message: (message,)
    ) -> None:
        self._adapter = adapter
        self.split = split

    def encode(self, message: T) -> bytes:
        """Return the message as UTF-8 JSON.

        msgspec writes it in a third of pydantic's time. What is read is checked, so pydantic reads it.
        """
        return _encode(message)

    def decode(self, body: bytes) -> T:
        """Return the message; raises `MalformedMessageError`."""
        try:
            return self._adapter.validate_json(body)
        except ValidationError as error:
            raise MalformedMessageError(str(error)) from error


WORKER_COMMANDS: Codec[Assign | Cancel | Revoke] = Codec(TypeAdapter(WorkerCommand))
HEARTBEATS: Codec[Heartbeat] = Codec(TypeAdapter(Heartbeat))
REPORTS: Codec[WorkerReport] = Codec(TypeAdapter(WorkerReport), split=WorkerReport.split)
LOGS: Codec[LogBatch] = Codec(TypeAdapter(LogBatch), split=LogBatch.split)
TELEMETRY: Codec[Telemetry] = Codec(TypeAdapter(Telemetry), split=Telemetry.split)
