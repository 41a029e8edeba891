"""What happened to runs, until a typed run replaces its row here."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import CursorResult, RowMapping

from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from shared.enums import EventType


class RunChangeKind(Enum):
    """What happened to a run."""

    STARTED = auto()
    RETRYING = auto()
    FINISHED = auto()
    PROGRESSED = auto()


@dataclass(frozen=True, slots=True)
class RunChange:
    """A run after a change."""

    kind: RunChangeKind
    run: RowMapping


def read_changes(kind: RunChangeKind, rows: CursorResult[tuple[object, ...]]) -> list[RunChange]:
    """Return the changed runs of a statement that selects `SUMMARY_COLUMNS`."""
    return [RunChange(kind, row) for row in rows.mappings()]


_EVENTS = {
    RunChangeKind.STARTED: EventType.RUN_STARTED,
    RunChangeKind.RETRYING: EventType.RUN_RETRYING,
    RunChangeKind.FINISHED: EventType.RUN_FINISHED,
    RunChangeKind.PROGRESSED: EventType.RUN_PROGRESS,
}


def publish(context: ServiceContext, changes: Iterable[RunChange]) -> None:
    """Publish events and wake the dispatcher."""
    changes = list(changes)
    ended = {
        change.run["task_id"] for change in changes if change.kind in (RunChangeKind.RETRYING, RunChangeKind.FINISHED)
    }
    for kind, event in _EVENTS.items():
        context.events.publish_runs(event, [change.run for change in changes if change.kind is kind])
    if ended:
        context.signals.wake(WakeReason.RUNS_READY, task_ids=ended)
