"""Why a run has not started: one answer for lists, single runs, the queue and events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.runs.limits import Hold, Room
from backend.workers.assignment import Unschedulable
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, WaitingCode


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetEdge:
    """A dependency that a blocked run waits for, and the last run of the upstream task.

    The name is empty, and the last run unknown, where the reader may not read the task.
    """

    task_id: int
    task_name: str
    condition: DependencyCondition
    window: DependencyWindow
    last_run_id: int | None = None
    last_status: RunStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFacts:
    """What is known of a run that has not started; None: not known, except where a run has no such thing.

    The rooms are those of its task, its concurrency group and its backfill. `rate_allows_at`: the rate of the
    concurrency group allows the next start then. `slots` are those of the online workers that accept it, `taken` of
    them in use. `unschedulable` says why no online worker could ever run it. `ahead` counts the runs before it.
    """

    status: RunStatus
    hold: Hold | None = None
    not_before: datetime | None = None
    attempt: int = 0
    concurrency_group: str | None = None
    task_room: Room | None = None
    concurrency_group_room: Room | None = None
    rate_allows_at: datetime | None = None
    backfill_room: Room | None = None
    slots: int | None = None
    taken: int = 0
    unschedulable: Unschedulable | None = None
    ahead: int | None = None
    upstreams: Sequence[UnmetEdge] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDecision:
    """The answer; `shared.models.waiting.WaitingReason` says what the fields mean."""

    code: WaitingCode
    text: str
    busy: int | None = None
    limit: int | None = None
    concurrency_group: str | None = None
    until: datetime | None = None
    attempt: int | None = None
    ahead: int | None = None
    unschedulable: Unschedulable | None = None
    upstreams: Sequence[UnmetEdge] = ()

    @property
    def group(self) -> str | None:
        """The concurrency group, as the API also names it."""
        return self.concurrency_group


NEXT_IN_LINE = "Next in line."


def decide_waiting(facts: WaitingFacts) -> WaitingDecision | None:
    """Return why a run has not started; None for one that a worker was given, or that has ended."""
    if facts.status is RunStatus.BLOCKED:
        return _blocked(facts.upstreams)
    if facts.status is not RunStatus.PENDING:
        return None
    if facts.hold is Hold.DELAY:
        attempt = facts.attempt + 1
        text = f"Waiting for attempt {attempt}{_until(facts.not_before)}."
        return WaitingDecision(code=WaitingCode.RETRY_DELAY, text=text, until=facts.not_before, attempt=attempt)
    if facts.hold not in (None, Hold.EXPAND):
        return _held(facts)
    if facts.unschedulable is not None:
        why = facts.unschedulable
        return WaitingDecision(code=WaitingCode.UNSCHEDULABLE, text=why.text, unschedulable=why)
    if facts.hold is Hold.EXPAND:
        return WaitingDecision(code=WaitingCode.EXPANDING, text="Next in line: its child runs are being created.")
    if facts.slots is None:
        return WaitingDecision(code=WaitingCode.SLOT, text="Waiting for a free slot.", ahead=facts.ahead)
    busy = min(facts.taken, facts.slots)
    text = f"Waiting for a free slot: {busy} of {facts.slots} are in use"
    if facts.ahead:
        text += f", {facts.ahead} {'runs are' if facts.ahead > 1 else 'run is'} ahead"
    return WaitingDecision(code=WaitingCode.SLOT, text=f"{text}.", busy=busy, limit=facts.slots, ahead=facts.ahead)


def _blocked(upstreams: Sequence[UnmetEdge] | None) -> WaitingDecision:
    if upstreams is None:
        return WaitingDecision(code=WaitingCode.UPSTREAMS, text="Waiting for its upstream tasks.")
    if not upstreams:
        return WaitingDecision(code=WaitingCode.TURN, text=NEXT_IN_LINE)
    text = f"Waiting for {' and for '.join(_edge_words(edge) for edge in upstreams)}."
    return WaitingDecision(code=WaitingCode.UPSTREAMS, text=text, upstreams=tuple(upstreams))


def _held(facts: WaitingFacts) -> WaitingDecision:
    """Return the limit that holds a run; of several, the one that would hold it longest."""
    task, group, backfill = facts.task_room, facts.concurrency_group_room, facts.backfill_room
    name = facts.concurrency_group
    if task is None and group is None and backfill is None:
        return _held_by_unknown(facts)
    if facts.hold is Hold.OVERLAP and task is not None and task.busy:
        return _overlap(task.busy)
    if task is not None and task.limit is not None and task.busy >= task.limit:
        return WaitingDecision(
            code=WaitingCode.TASK_LIMIT,
            text=f"Waiting: the task is at its limit of {_concurrent(task.limit)}.",
            busy=task.busy,
            limit=task.limit,
        )
    if group is not None and group.limit is not None and group.busy >= group.limit:
        return WaitingDecision(
            code=WaitingCode.GROUP_LIMIT,
            text=f"Waiting: the concurrency group {name} is at its limit of {_concurrent(group.limit)}.",
            busy=group.busy,
            limit=group.limit,
            concurrency_group=name,
        )
    if group is not None and group.starts_left == 0:
        return WaitingDecision(
            code=WaitingCode.RATE,
            text=f"Waiting: the concurrency group {name} is at its limit of starts per minute"
            f"{_until(facts.rate_allows_at)}.",
            concurrency_group=name,
            until=facts.rate_allows_at,
        )
    if backfill is not None and backfill.is_full:
        return WaitingDecision(
            code=WaitingCode.BACKFILL,
            text=f"Waiting: the backfill is at its limit of {_concurrent(backfill.limit or 0)}.",
            busy=backfill.busy,
            limit=backfill.limit,
        )
    return WaitingDecision(code=WaitingCode.TURN, text=NEXT_IN_LINE)


def _held_by_unknown(facts: WaitingFacts) -> WaitingDecision:
    """Return what holds a run as far as the run itself says."""
    if facts.hold is Hold.OVERLAP:
        return _overlap(None)
    if facts.hold is Hold.BACKFILL:
        return WaitingDecision(code=WaitingCode.BACKFILL, text="Waiting for its turn in the backfill.")
    if facts.concurrency_group is None:
        text = "Waiting: the task is at its limit of concurrent runs."
        return WaitingDecision(code=WaitingCode.TASK_LIMIT, text=text)
    return WaitingDecision(
        code=WaitingCode.GROUP_LIMIT,
        text=f"Waiting: the task or its concurrency group {facts.concurrency_group} is at its limit.",
        concurrency_group=facts.concurrency_group,
    )


def _overlap(busy: int | None) -> WaitingDecision:
    text = "Waiting: the previous run of the task has not ended."
    return WaitingDecision(code=WaitingCode.OVERLAP, text=text, busy=busy)


def _concurrent(limit: int) -> str:
    return f"{limit} concurrent run{'s' if limit != 1 else ''}"


def _until(at: datetime | None) -> str:
    return f", not before {at:%Y-%m-%d %H:%M:%S} UTC" if at is not None else ""


def _edge_words(edge: UnmetEdge) -> str:
    verb = {
        DependencyCondition.SUCCESS: "succeed",
        DependencyCondition.FAILURE: "fail",
        DependencyCondition.COMPLETION: "end",
    }[edge.condition]
    name = edge.task_name or "a task that you may not read"
    if edge.window is DependencyWindow.PERIOD:
        return f"every run of {name} in its period to {verb}"
    last = f" (last run: {edge.last_status.replace('_', ' ')})" if edge.last_status is not None else ""
    return f"{name} to {verb}{last}"
