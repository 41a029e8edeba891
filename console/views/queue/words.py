"""States, reasons and priorities of the queue in the person's language."""

from console.words import fill, number, tr
from shared.enums import DependencyCondition, DependencyWindow, Priority, QueueState, WaitingCode
from shared.models.queue import AwaitedUpstream, QueueEntry, QueueReason


def state_words(state: QueueState) -> str:
    """Return the name of a state."""
    return {
        QueueState.RUNNING: tr("Running"),
        QueueState.READY: tr("Ready"),
        QueueState.HELD: tr("Held"),
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
        return tr("is being cancelled on %1", entry.run.worker_id or "")
    return tr("on %1", entry.run.worker_id or "")


def reason_words(reason: QueueReason) -> str:
    """Return why a run has not started."""
    if reason.code is WaitingCode.UPSTREAMS:
        if not reason.upstreams:
            return tr("goes at once")
        return tr(", ").join(_upstream_words(one) for one in reason.upstreams)
    words = {
        WaitingCode.SLOT: tr("free slot: %1 of %2 in use"),
        WaitingCode.UNSCHEDULABLE: tr("no online worker can take it"),
        WaitingCode.TASK_LIMIT: tr("limit of its task: %1 of %2"),
        WaitingCode.GROUP_LIMIT: tr("limit of group %3: %1 of %2"),
        WaitingCode.RATE: tr("rate of group %3, until %4"),
        WaitingCode.OVERLAP: tr("last run of its task has not ended"),
        WaitingCode.BACKFILL: tr("pace of its backfill: %1 of %2"),
        WaitingCode.RETRY_DELAY: tr("next try at %4"),
        WaitingCode.EXPANDING: tr("becomes its group's runs"),
        WaitingCode.TURN: tr("goes at once"),
    }[reason.code]
    if reason.code is WaitingCode.SLOT and not reason.limit:
        return tr("a worker")
    until = f"{reason.until.astimezone():%H:%M:%S}" if reason.until is not None else ""
    return fill(words, number(reason.busy or 0), number(reason.limit or 0), reason.group or "", until)


def _upstream_words(one: AwaitedUpstream) -> str:
    words = {
        DependencyCondition.SUCCESS: tr("success of %1", one.task_name),
        DependencyCondition.FAILURE: tr("failure of %1", one.task_name),
        DependencyCondition.COMPLETION: tr("end of %1", one.task_name),
    }[one.condition]
    if one.window is DependencyWindow.PERIOD:
        return tr("%1 (whole period)", words)
    return words
