"""States, reasons and priorities of the queue in the person's language."""

from console.words import fill, number, tr
from shared.enums import DependencyCondition, DependencyWindow, Priority, QueueState, WaitingCode
from shared.models.queue import QueueEntry
from shared.models.waiting import AwaitedUpstream, WaitingReason


def state_words(state: QueueState) -> str:
    """Return the name of a state."""
    return {
        QueueState.RUNNING: tr("Running"),
        QueueState.READY: tr("Ready"),
        QueueState.HELD: tr("Limited"),
        QueueState.DELAYED: tr("Delayed"),
        QueueState.BLOCKED: tr("Blocked"),
    }[state]


def priority_words(priority: Priority) -> str:
    """Return the name of a priority."""
    return {
        Priority.LOW: tr("Low"),
        Priority.NORMAL: tr("Normal"),
        Priority.HIGH: tr("High"),
        Priority.CRITICAL: tr("Critical"),
    }[priority]


def entry_words(entry: QueueEntry) -> str:
    """Return where a run runs, or why it has not started."""
    if entry.reason is not None:
        return reason_words(entry.reason)
    if entry.run.cancel_requested_at is not None:
        return tr("being cancelled on %1", entry.run.worker_id or "")
    return tr("running on %1", entry.run.worker_id or "")


def reason_words(reason: WaitingReason) -> str:
    """Return why a run has not started."""
    if reason.code is WaitingCode.UPSTREAMS:
        if not reason.upstreams:
            return tr("starting next")
        return tr(", ").join(_upstream_words(one) for one in reason.upstreams)
    words = {
        WaitingCode.SLOT: tr("a free slot (%1 of %2 busy)"),
        WaitingCode.UNSCHEDULABLE: tr("no online worker matches"),
        WaitingCode.TASK_LIMIT: tr("task limit (%1 of %2)"),
        WaitingCode.GROUP_LIMIT: tr("concurrency group %3 (%1 of %2)"),
        WaitingCode.RATE: tr("rate of concurrency group %3, until %4"),
        WaitingCode.OVERLAP: tr("the previous run of the task"),
        WaitingCode.BACKFILL: tr("backfill limit (%1 of %2)"),
        WaitingCode.RETRY_DELAY: tr("retry at %4"),
        WaitingCode.EXPANDING: tr("its child runs are being created"),
        WaitingCode.TURN: tr("starting next"),
    }[reason.code]
    if reason.code is WaitingCode.SLOT and not reason.limit:
        return tr("an online worker")
    until = f"{reason.until.astimezone():%H:%M:%S}" if reason.until is not None else ""
    return fill(words, number(reason.busy or 0), number(reason.limit or 0), reason.group or "", until)


def _upstream_words(one: AwaitedUpstream) -> str:
    words = {
        DependencyCondition.SUCCESS: tr("success of %1", one.task_name),
        DependencyCondition.FAILURE: tr("failure of %1", one.task_name),
        DependencyCondition.COMPLETION: tr("completion of %1", one.task_name),
    }[one.condition]
    if one.window is DependencyWindow.PERIOD:
        return tr("%1 (whole period)", words)
    return words
