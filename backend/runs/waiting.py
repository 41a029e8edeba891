"""Why a run has not started, in a word for programs and a sentence for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.runs.limits import Hold, Room
from shared.enums import DependencyCondition, DependencyWindow, RunStatus, WaitingCode


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetEdge:
    """An edge that a blocked run waits for, and how the upstream's last run went."""

    task_id: int
    task_name: str
    condition: DependencyCondition
    window: DependencyWindow
    last_run_id: int | None = None
    last_status: RunStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFacts:
    """What is known of a run that has not started.

    The rooms are those of its task, its concurrency group and its backfill. `slots` of the online workers that
    accept it, `taken` of them in use. `unschedulable` says why no online worker could ever take it.
    `group_wait` is how long its group's rate keeps closed. `ahead` counts the runs that go before it, if known.
    """

    status: RunStatus
    hold: Hold | None = None
    now: datetime
    not_before: datetime | None = None
    attempt: int = 0
    task: Room | None = None
    group_name: str | None = None
    group: Room | None = None
    group_wait: timedelta | None = None
    backfill: Room | None = None
    slots: int = 0
    taken: int = 0
    unschedulable: str | None = None
    ahead: int | None = None
    upstreams: Sequence[UnmetEdge] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReason:
    """The decision; `QueueReason` says what the fields mean."""

    code: WaitingCode
    text: str
    busy: int | None = None
    limit: int | None = None
    group: str | None = None
    until: datetime | None = None
    ahead: int | None = None
    upstreams: Sequence[UnmetEdge] = ()


def decide_waiting(facts: WaitingFacts) -> WaitingReason | None:
    """Return why a run has not started; None for one that a worker was given, or that has ended."""
    if facts.status is RunStatus.BLOCKED:
        return WaitingReason(
            code=WaitingCode.UPSTREAMS, text=_upstream_words(facts.upstreams), upstreams=tuple(facts.upstreams)
        )
    if facts.status is not RunStatus.PENDING:
        return None
    if facts.hold is Hold.DELAY:
        return WaitingReason(
            code=WaitingCode.RETRY_DELAY,
            text=f"waits for its try {facts.attempt + 1}" + _until_words(facts.not_before),
            until=facts.not_before,
        )
    if facts.hold is Hold.EXPAND:
        if facts.unschedulable:
            return WaitingReason(code=WaitingCode.UNSCHEDULABLE, text=facts.unschedulable)
        return WaitingReason(code=WaitingCode.EXPANDING, text="becomes the runs of its group now")
    if facts.hold is not None:
        return _held(facts)
    if facts.unschedulable:
        return WaitingReason(code=WaitingCode.UNSCHEDULABLE, text=facts.unschedulable)
    words = "waits for a free slot"
    if facts.slots:
        words += f": {min(facts.taken, facts.slots)} of {facts.slots} are in use"
    if facts.ahead:
        words += f", {facts.ahead} go before it" if facts.ahead > 1 else ", one run goes before it"
    return WaitingReason(
        code=WaitingCode.SLOT, text=words, busy=min(facts.taken, facts.slots), limit=facts.slots, ahead=facts.ahead
    )


def _held(facts: WaitingFacts) -> WaitingReason:
    """Return what closes the gate: what would still be closed if all else opened comes first."""
    task, group, backfill = facts.task, facts.group, facts.backfill
    if facts.hold is Hold.OVERLAP and task is not None and task.busy:
        return WaitingReason(code=WaitingCode.OVERLAP, text="waits for the last run of its task to end", busy=task.busy)
    if task is not None and task.limit is not None and task.busy >= task.limit:
        return WaitingReason(
            code=WaitingCode.TASK_LIMIT,
            text=f"waits for its task: {task.busy} of at most {task.limit} at once",
            busy=task.busy,
            limit=task.limit,
        )
    if group is not None and group.limit is not None and group.busy >= group.limit:
        return WaitingReason(
            code=WaitingCode.GROUP_LIMIT,
            text=f"waits for the concurrency group {facts.group_name}: {group.busy} of at most {group.limit} at once",
            busy=group.busy,
            limit=group.limit,
            group=facts.group_name,
        )
    if group is not None and group.starts_left == 0:
        until = facts.now + facts.group_wait if facts.group_wait is not None else None
        return WaitingReason(
            code=WaitingCode.RATE,
            text=f"waits for the rate of the concurrency group {facts.group_name}" + _until_words(until),
            group=facts.group_name,
            until=until,
        )
    if backfill is not None and backfill.is_full:
        return WaitingReason(
            code=WaitingCode.BACKFILL,
            text=f"waits for its turn in the backfill: {backfill.busy} of {backfill.limit} at once",
            busy=backfill.busy,
            limit=backfill.limit,
        )
    return WaitingReason(code=WaitingCode.TURN, text="is let through as soon as those before it are")


def _until_words(until: datetime | None) -> str:
    return f", not before {until:%Y-%m-%d %H:%M:%S} UTC" if until is not None else ""


def _upstream_words(edges: Sequence[UnmetEdge]) -> str:
    if not edges:
        return "is let through as soon as the dispatcher looks"
    return "waits for " + ", and for ".join(_edge_words(edge) for edge in edges)


def _edge_words(edge: UnmetEdge) -> str:
    verb = {
        DependencyCondition.SUCCESS: "succeed",
        DependencyCondition.FAILURE: "fail",
        DependencyCondition.COMPLETION: "end",
    }[edge.condition]
    if edge.window is DependencyWindow.PERIOD:
        return f"every run of {edge.task_name} in its period to {verb}"
    last = f" (last: {edge.last_status.replace('_', ' ')})" if edge.last_status is not None else ""
    return f"{edge.task_name} to {verb}{last}"


def refusal_to_move(run_id: int, status: RunStatus | None) -> str | None:
    """Return why a run cannot be given another place in the queue, or None where it can: only what waits has one."""
    if status is None:
        return f"There is no run {run_id}."
    if status in (RunStatus.BLOCKED, RunStatus.PENDING):
        return None
    if status.is_final:
        return f"Run {run_id} has ended already: it is {status}."
    return f"Run {run_id} has started already: it is {status}."
