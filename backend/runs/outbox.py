"""What follows from changes of runs once they are committed: events for listeners, wakes for the dispatcher."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from msgspec import defstruct, json

from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.metric_kinds import CountKind
from backend.runs.limits import Hold
from backend.runs.model import SUMMARY_FIELDS, RunChange, RunChangeKind, RunRow
from backend.runs.waiting import WaitingFacts, decide_waiting
from backend.waiting_counts import WaitingCounts
from shared.enums import EventType, RunStatus, RunTrigger
from shared.models.base import rfc3339
from shared.models.waiting import WaitingReason

_AT_ONCE = 500
"""Events are encoded for some 5 ms between two pauses of the event loop."""

_EVENTS = {
    RunChangeKind.CREATED: EventType.RUN_CREATED,
    RunChangeKind.MOVED: EventType.RUN_UPDATED,
    RunChangeKind.DISPATCHED: EventType.RUN_DISPATCHED,
    RunChangeKind.STARTED: EventType.RUN_STARTED,
    RunChangeKind.PROGRESSED: EventType.RUN_PROGRESS,
    RunChangeKind.RETRYING: EventType.RUN_RETRYING,
    RunChangeKind.FINISHED: EventType.RUN_FINISHED,
}
"""A kind that is not here has no event of its own."""


def publish(context: ServiceContext, changes: Iterable[RunChange]) -> None:
    """Wake the dispatcher for what changes of runs make possible, and publish their events; after the commit.

    The wake comes first: the dispatcher works while events are encoded.
    """
    changes = list(changes)
    if not changes:
        return
    _wake(context, changes)
    _count(context.counts, changes)
    for kind, same in groupby(changes, key=_event_of):
        if kind is not None:
            context.events.publish_encoded(kind, (change.run for change in same), run_event)


async def publish_many(context: ServiceContext, changes: Sequence[RunChange]) -> None:
    """Do the same for any number, in parts between which the event loop goes on and the publisher catches up."""
    for start in range(0, len(changes), _AT_ONCE):
        await context.events.has_room()
        publish(context, changes[start : start + _AT_ONCE])
        await asyncio.sleep(0)


def _count(counts: WaitingCounts, changes: Iterable[RunChange]) -> None:
    """Count what was created and how late, and the time until a first attempt: the delay of a retry is wanted."""
    triggers: Counter[RunTrigger] = Counter()
    for kind, run in changes:
        if kind is RunChangeKind.CREATED:
            triggers[run.trigger] += 1
            if run.trigger is RunTrigger.SCHEDULE and run.scheduled_for is not None:
                counts.note_seconds(CountKind.SCHEDULE_LAG, (run.queued_at - run.scheduled_for).total_seconds())
        elif kind is RunChangeKind.DISPATCHED and run.attempt == 1 and run.dispatched_at is not None:
            counts.note_seconds(CountKind.DISPATCH_LATENCY, (run.dispatched_at - run.queued_at).total_seconds())
    for trigger, count in triggers.items():
        counts.note(CountKind.RUNS_CREATED, trigger, count=count)


def _event_of(change: RunChange) -> EventType | None:
    if change.kind is RunChangeKind.CREATED and change.run.status is RunStatus.SKIPPED:
        return EventType.RUN_FINISHED
    return _EVENTS.get(change.kind)


def _wake(context: ServiceContext, changes: Iterable[RunChange]) -> None:
    reasons: set[WakeReason] = set()
    task_ids: set[int] = set()
    for change in changes:
        run = change.run
        match change.kind:
            case RunChangeKind.CREATED | RunChangeKind.UNBLOCKED | RunChangeKind.MOVED:
                # A run that may start at once concerns the assigner alone.
                if run.status is not RunStatus.PENDING or run.hold not in (None, Hold.EXPAND):
                    task_ids.add(run.task_id)
                else:
                    reasons.add(WakeReason.RUNS_READY if run.hold is None else WakeReason.FAN_OUT_READY)
            case RunChangeKind.RETURNED:
                reasons.add(WakeReason.RUNS_READY)
            case RunChangeKind.STARTED:
                if run.is_parent:  # it no longer counts towards its task's limit, and its child runs may have ended
                    reasons.add(WakeReason.FAN_OUT_READY)
                    task_ids.add(run.task_id)
            case RunChangeKind.RETRYING:
                reasons.add(WakeReason.RUNS_READY)
                task_ids.add(run.task_id)
            case RunChangeKind.CANCEL_REQUESTED:
                reasons.add(WakeReason.CANCEL_REQUESTED)
                if run.is_parent:
                    reasons.add(WakeReason.FAN_OUT_READY)
            case RunChangeKind.FINISHED:
                if run.worker_id is not None:  # a slot became free
                    reasons.add(WakeReason.RUNS_READY)
                task_ids.add(run.task_id)
            case RunChangeKind.DISPATCHED | RunChangeKind.PROGRESSED:
                pass
    if reasons or task_ids:
        context.signals.wake(*reasons, task_ids=task_ids)


_SHOWN = (
    "id",
    "task_id",
    "task_version",
    "task_name",
    "folder",
    "status",
    "trigger",
    "priority",
    "parent_run_id",
    "attempt",
    "worker_id",
    "exit_code",
    "error",
    "execution_time_ms",
    "fan_out_run_id",
    "distribution",
    "shard_index",
    "shard_total",
    "backfill_id",
    "concurrency_group",
    "http_status",
    "progress_percent",
    "progress_text",
    "cpu_ms",
    "peak_memory_bytes",
)
_TIMES = (
    "scheduled_for",
    "queued_at",
    "not_before",
    "dispatched_at",
    "started_at",
    "completed_at",
    "cancel_requested_at",
)
_WAITING = (RunStatus.BLOCKED, RunStatus.PENDING)
_NOT_WAITING = b'"waiting_reason":null,"waiting":null,"output":null'
_shown_of = itemgetter(*(SUMMARY_FIELDS.index(name) for name in _TIMES + _SHOWN))
_Shown = defstruct("_Shown", _TIMES + _SHOWN)
_encode = json.Encoder().encode


def run_event(run: RunRow) -> bytes:
    """Return the data of a run's event as JSON: a `Run` without its output and tails. Its times are in UTC.

    A burst publishes three events for each run. A `Run` model for each took a third of the backend's time, pydantic's
    encoder for dictionaries a fifth; this is a tenth of that.
    """
    values = list(_shown_of(run))
    for index, at in enumerate(values[: len(_TIMES)]):
        if at is not None and not at.microsecond:  # The encoder would leave out the fraction.
            values[index] = rfc3339(at)
    if run.status in _WAITING:
        waiting = _waiting(run.status, run.hold, run.not_before, run.attempt, run.concurrency_group)
    else:
        waiting = _NOT_WAITING
    return b"%b,%b}" % (_encode(_Shown(*values))[:-1], waiting)


@lru_cache(maxsize=1024)
def _waiting(
    status: RunStatus, hold: Hold | None, not_before: datetime | None, attempt: int, concurrency_group: str | None
) -> bytes:
    """Return why a run waits, as far as its row says, as the last members of a JSON object.

    Thousands of runs of a batch wait for the same reason: it is encoded once.
    """
    facts = WaitingFacts(
        status=status, hold=hold, not_before=not_before, attempt=attempt, concurrency_group=concurrency_group
    )
    decision = decide_waiting(facts)
    if decision is None:
        return _NOT_WAITING
    waiting = WaitingReason.model_validate(decision).model_dump_json().encode()
    return b'"waiting_reason":%b,"waiting":%b,"output":null' % (_encode(decision.text), waiting)
