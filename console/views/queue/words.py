"""States, reasons and priorities of the queue in the person's language."""

from console.waiting_words import labels_text, until_words, upstream_name, waiting_words
from console.words import enumeration, fill, number, tr
from shared.enums import DependencyCondition, DependencyWindow, Priority, QueueState, UnschedulableCause, WaitingCode
from shared.models.queue import QueueEntry
from shared.models.waiting import AwaitedUpstream, UnschedulableReason, WaitingReason


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


def entry_sentence(entry: QueueEntry) -> str:
    """Return the same as a sentence."""
    return waiting_words(entry.reason) if entry.reason is not None else entry_words(entry)


def reason_words(reason: WaitingReason) -> str:
    """Return why a run waits, in the few words that a column has room for."""
    if reason.code is WaitingCode.UPSTREAMS:
        if not reason.upstreams:
            return tr("waiting for its upstream tasks")
        return tr("waiting for %1", enumeration(_upstream_words(one) for one in reason.upstreams))
    if reason.code is WaitingCode.UNSCHEDULABLE:
        return _worker_words(reason.unschedulable)
    words = {
        WaitingCode.SLOT: tr("no free slot (%1 of %2 busy)"),
        WaitingCode.TASK_LIMIT: tr("task at its limit (%1 of %2)"),
        WaitingCode.GROUP_LIMIT: tr("concurrency group %3 at its limit (%1 of %2)"),
        WaitingCode.RATE: tr("start rate of concurrency group %3, until %4"),
        WaitingCode.OVERLAP: tr("previous run has not ended"),
        WaitingCode.BACKFILL: tr("backfill at its limit (%1 of %2)"),
        WaitingCode.RETRY_DELAY: tr("retry at %4"),
        WaitingCode.EXPANDING: tr("creating its child runs"),
        WaitingCode.TURN: tr("starting next"),
    }[reason.code]
    if reason.limit is None:
        # What an event says: the kind of limit, without its numbers.
        words = {
            WaitingCode.SLOT: tr("no free slot"),
            WaitingCode.TASK_LIMIT: tr("task at its limit"),
            WaitingCode.GROUP_LIMIT: tr("concurrency group %3 at its limit"),
            WaitingCode.BACKFILL: tr("backfill at its limit"),
        }.get(reason.code, words)
    until = until_words(reason.until) if reason.until is not None else ""
    return fill(words, number(reason.busy or 0), number(reason.limit or 0), reason.concurrency_group or "", until)


def _worker_words(why: UnschedulableReason | None) -> str:
    if why is None:
        return tr("no matching worker")
    if why.worker_id is not None:
        return tr("waiting for worker %1", why.worker_id)
    if why.cause is UnschedulableCause.NO_WORKER:
        return tr("no online worker")
    if why.cause is UnschedulableCause.TASK_TYPE:
        return tr("no worker with the task type %1", why.task_type)
    if why.cause is UnschedulableCause.EXECUTOR:
        return tr("no worker that permits the executor %1", why.executor)
    if why.cause is UnschedulableCause.RUN_AS:
        return tr("no worker that permits tasks to run as %1", why.run_as)
    return tr("no worker with the labels %1", labels_text(why.worker_labels))


def _upstream_words(one: AwaitedUpstream) -> str:
    words = {
        DependencyCondition.SUCCESS: tr("success of %1", upstream_name(one)),
        DependencyCondition.FAILURE: tr("failure of %1", upstream_name(one)),
        DependencyCondition.COMPLETION: tr("completion of %1", upstream_name(one)),
    }[one.condition]
    if one.window is DependencyWindow.PERIOD:
        return tr("%1 (whole period)", words)
    return words
