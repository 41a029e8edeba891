"""Why a run has not started, in the language of the console; `backend/runs/waiting.py` decides it."""

from collections.abc import Callable
from datetime import UTC, datetime

from console.status_words import status_words
from console.words import enumeration, number, short_time, tr
from shared.enums import DependencyCondition, DependencyWindow, UnschedulableCause, WaitingCode
from shared.models.waiting import AwaitedUpstream, UnschedulableReason, WaitingReason


def waiting_words(reason: WaitingReason) -> str:
    """Return the reason as a sentence."""
    words: dict[WaitingCode, Callable[[WaitingReason], str]] = {
        WaitingCode.SLOT: _slot,
        WaitingCode.UNSCHEDULABLE: lambda reason: _unschedulable(reason.unschedulable) or reason.text,
        WaitingCode.TASK_LIMIT: _task_limit,
        WaitingCode.GROUP_LIMIT: _concurrency_group_limit,
        WaitingCode.RATE: _rate,
        WaitingCode.OVERLAP: lambda _: tr("Waiting: the previous run of the task has not ended."),
        WaitingCode.BACKFILL: _backfill,
        WaitingCode.RETRY_DELAY: _retry_delay,
        WaitingCode.UPSTREAMS: _upstreams,
        WaitingCode.EXPANDING: lambda _: tr("Next in line: its child runs are being created."),
        WaitingCode.TURN: lambda _: tr("Next in line."),
    }
    return words[reason.code](reason)


def _unschedulable(why: UnschedulableReason | None) -> str:
    """Return what online workers lack, as a sentence; empty where the backend does not say."""
    if why is None:
        return ""
    worker, labels = why.worker_id or "", labels_text(why.worker_labels)
    if why.cause is UnschedulableCause.NO_WORKER:
        return tr("No worker is online.")
    if why.cause is UnschedulableCause.WORKER_REFUSED:
        return tr("The messages of worker %1 are refused: it has no valid key.", worker)
    if why.cause is UnschedulableCause.WORKER_OFFLINE:
        return tr("Worker %1 is not online.", worker)
    if why.cause is UnschedulableCause.TASK_TYPE and worker:
        return tr("Worker %1 does not accept the task type %2.", worker, why.task_type)
    if why.cause is UnschedulableCause.TASK_TYPE:
        return tr("No online worker accepts the task type %1.", why.task_type)
    if why.cause is UnschedulableCause.EXECUTOR and worker:
        return tr("Worker %1 does not have the executor %2, or its owner does not permit it.", worker, why.executor)
    if why.cause is UnschedulableCause.EXECUTOR:
        return tr("No online worker has the executor %1 and permits it.", why.executor)
    if why.cause is UnschedulableCause.RUN_AS and worker:
        return tr("The owner of worker %1 does not permit tasks to run as %2.", worker, why.run_as)
    if why.cause is UnschedulableCause.RUN_AS:
        return tr("No owner of an online worker permits tasks to run as %1.", why.run_as)
    if worker:
        return tr("Worker %1 does not have the labels %2.", worker, labels)
    return tr("No online worker that accepts the task type %1 has the labels %2.", why.task_type, labels)


def labels_text(labels: dict[str, str]) -> str:
    """Return labels as people write them: `zone=b, disk=ssd`."""
    return enumeration(f"{name}={value}" for name, value in sorted(labels.items()))


def until_words(until: datetime) -> str:
    """Return the local time at which a wait ends."""
    return short_time(until, datetime.now(UTC))


def _slot(reason: WaitingReason) -> str:
    if reason.limit is None:
        return tr("Waiting for a free slot.")
    busy, limit = number(reason.busy or 0), number(reason.limit)
    if not reason.ahead:
        return tr("Waiting for a free slot: %1 of %2 are in use.", busy, limit)
    return tr("Waiting for a free slot: %1 of %2 are in use. Runs ahead: %3.", busy, limit, number(reason.ahead))


def _task_limit(reason: WaitingReason) -> str:
    if reason.limit is None:
        return tr("Waiting: the task is at its concurrency limit.")
    return tr("Waiting: the task is at its concurrency limit of %1.", number(reason.limit))


def _concurrency_group_limit(reason: WaitingReason) -> str:
    name = reason.concurrency_group or ""
    if reason.limit is None:
        return tr("Waiting: the task or its concurrency group %1 is at its limit.", name)
    return tr("Waiting: the concurrency group %1 is at its limit of %2.", name, number(reason.limit))


def _rate(reason: WaitingReason) -> str:
    name = reason.concurrency_group or ""
    if reason.until is None:
        return tr("Waiting: the concurrency group %1 is at its limit of starts per minute.", name)
    return tr(
        "Waiting: the concurrency group %1 is at its limit of starts per minute. Next start: %2.",
        name,
        until_words(reason.until),
    )


def _backfill(reason: WaitingReason) -> str:
    if reason.limit is None:
        return tr("Waiting for its turn in the backfill.")
    return tr("Waiting: the backfill is at its concurrency limit of %1.", number(reason.limit))


def _retry_delay(reason: WaitingReason) -> str:
    if reason.attempt is None:
        return tr("Waiting for the next attempt.")
    if reason.until is None:
        return tr("Waiting for attempt %1.", reason.attempt)
    return tr("Waiting for attempt %1, not before %2.", reason.attempt, until_words(reason.until))


def _upstreams(reason: WaitingReason) -> str:
    if not reason.upstreams:
        return tr("Waiting for its upstream tasks.")
    return tr("Waiting for: %1.", tr("; ").join(_upstream_words(one) for one in reason.upstreams))


def upstream_name(one: AwaitedUpstream) -> str:
    """Return the name of an upstream task; one that the user may not read comes without."""
    return one.task_name or tr("a task that you may not read")


def _upstream_words(one: AwaitedUpstream) -> str:
    name = upstream_name(one)
    if one.window is DependencyWindow.PERIOD:
        return {
            DependencyCondition.SUCCESS: tr("every run of %1 in its period to succeed", name),
            DependencyCondition.FAILURE: tr("every run of %1 in its period to fail", name),
            DependencyCondition.COMPLETION: tr("every run of %1 in its period to end", name),
        }[one.condition]
    words = {
        DependencyCondition.SUCCESS: tr("%1 to succeed", name),
        DependencyCondition.FAILURE: tr("%1 to fail", name),
        DependencyCondition.COMPLETION: tr("%1 to end", name),
    }[one.condition]
    return words if one.last_status is None else tr("%1 (last run: %2)", words, status_words(one.last_status))
