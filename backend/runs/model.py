"""A run as the database gives it, and what happened to it. Nothing else reads a row of runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Any, NamedTuple

from backend.runs.limits import Hold
from backend.runs.waiting import WaitingDecision, WaitingFacts, decide_waiting
from shared.enums import Priority, PriorityLevel, RunDistribution, RunStatus, RunTrigger
from shared.models.run import Run
from shared.models.waiting import WaitingReason


class RunRow(NamedTuple):
    """The summary of a run: all but its inputs and its output. The fields are in the order of `SUMMARY_COLUMNS`.

    A tuple with names, because every run of every batch is read into one: a frozen dataclass of 33 fields takes four
    times as long to make.
    """

    status: RunStatus
    hold: Hold | None
    trigger: RunTrigger
    priority: Priority
    distribution: RunDistribution | None
    id: int
    task_id: int
    task_version: int
    task_name: str
    folder: str
    attempt: int
    placement: str
    worker_id: str | None
    scheduled_for: datetime | None
    queued_at: datetime
    not_before: datetime | None
    dispatched_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    cancel_requested_at: datetime | None
    exit_code: int | None
    error: str | None
    execution_time_ms: int | None
    parent_run_id: int | None
    fan_out_run_id: int | None
    shard_index: int | None
    shard_total: int | None
    backfill_id: int | None
    concurrency_group: str | None
    http_status: int | None
    progress_percent: float | None
    progress_text: str | None
    cpu_ms: int | None
    peak_memory_bytes: int | None

    @property
    def is_parent(self) -> bool:
        """Whether it is the parent run of a fan-out."""
        return self.distribution is not None


SUMMARY_FIELDS = RunRow._fields
OF_TASK = {"task_name": "name", "folder": "folder"}
"""The fields that are columns of the task."""
SUMMARY_COLUMNS = ", ".join(
    f"t.{OF_TASK[name]} as {name}" if name in OF_TASK else f"r.{name}" for name in SUMMARY_FIELDS
)
"""What `read_run` reads, of `runs r` joined with `tasks t`. A statement may select more behind it."""

_COUNT = len(SUMMARY_FIELDS)
_STATUSES = {status.value: status for status in RunStatus}
_HOLDS: dict[str | None, Hold | None] = {None: None} | {hold.value: hold for hold in Hold}
_TRIGGERS = {trigger.value: trigger for trigger in RunTrigger}
_PRIORITIES = {level.value: Priority.from_level(level) for level in PriorityLevel}
# The other columns have check constraints. A parent run whose distribution is unknown is set aside when it is expanded.
_DISTRIBUTIONS: dict[str | None, RunDistribution | None] = {None: None} | {way.value: way for way in RunDistribution}


def read_run(row: Sequence[Any]) -> RunRow:
    """Return the run of a row that begins with `SUMMARY_COLUMNS`."""
    status, hold, trigger, priority, distribution, *others = row[:_COUNT]
    return RunRow._make(
        (
            _STATUSES[status],
            _HOLDS[hold],
            _TRIGGERS[trigger],
            _PRIORITIES[priority],
            _DISTRIBUTIONS.get(distribution, RunDistribution.SINGLE),
            *others,
        )
    )


class RunChangeKind(Enum):
    """What happened to a run."""

    CREATED = auto()
    UNBLOCKED = auto()
    MOVED = auto()
    DISPATCHED = auto()
    RETURNED = auto()
    STARTED = auto()
    PROGRESSED = auto()
    RETRYING = auto()
    CANCEL_REQUESTED = auto()
    FINISHED = auto()


class RunChange(NamedTuple):
    """A run after a change that was committed, or will be with the caller's transaction."""

    kind: RunChangeKind
    run: RunRow


def read_changes(kind: RunChangeKind, rows: Iterable[Sequence[Any]]) -> list[RunChange]:
    """Return the changed runs of a statement that selects `SUMMARY_COLUMNS`."""
    return [RunChange(kind, read_run(row)) for row in rows]


def waiting_facts(run: RunRow) -> WaitingFacts:
    """Return what the run itself says of why it has not started."""
    return WaitingFacts(
        status=run.status,
        hold=run.hold,
        not_before=run.not_before,
        attempt=run.attempt,
        concurrency_group=run.concurrency_group,
    )


_NOT_SHOWN = ("hold", "placement")


def to_run(row: RunRow, *, reason: WaitingDecision | None = None) -> Run:
    """Return a run as the API gives it, without the tails of its output.

    `reason` says why it has not started; without one, the run itself says as much as it can.
    """
    reason = reason or decide_waiting(waiting_facts(row))
    return Run(
        **{name: getattr(row, name) for name in SUMMARY_FIELDS if name not in _NOT_SHOWN},
        waiting=WaitingReason.model_validate(reason) if reason is not None else None,
        waiting_reason=reason.text if reason is not None else None,
    )
