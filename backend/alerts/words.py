"""The title and the detail of alerts. The console translates them: `console/views/alerts/words.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.alerts.model import Notice, Outcome, Trouble, TroubleKind, WatchedTask
from shared.models.alert import AlertCondition, AlertMessage

_MOST_NAMES = 5
"""A title with more task names would not fit one line."""
_RAISED = {
    AlertCondition.FAILURE: "failed",
    AlertCondition.SLOW: "runs longer than expected",
    AlertCondition.LATE: "did not start on time",
    AlertCondition.PAUSED: "was paused",
}
_EVENT = {
    AlertCondition.FAILURE: ("failure", "failures"),
    AlertCondition.SLOW: ("run longer than expected", "runs longer than expected"),
    AlertCondition.LATE: ("late start", "late starts"),
    AlertCondition.PAUSED: ("paused task", "paused tasks"),
}
_RECOVERED = {
    AlertCondition.FAILURE: "recovered",
    AlertCondition.SLOW: "no longer runs longer than expected",
    AlertCondition.LATE: "starts on time again",
    AlertCondition.PAUSED: "is no longer paused",
}

SILENCED_DETAIL = "Failed during a silence that has ended, and has not succeeded since."


@dataclass(frozen=True, slots=True)
class AlertSubject:
    """The task and the run that a message is about."""

    task: WatchedTask
    run_id: int | None
    detail: str


def failure_detail(outcome: Outcome) -> str:
    """Return the sentence about a run that failed."""
    return f"Run {outcome.run_id}: {outcome.error or outcome.status}"


def trouble_detail(trouble: Trouble) -> str:
    """Return the sentences about a condition that lasts: what happened, and what a person can do."""
    run, limit = f"Run {trouble.run_id}", trouble.limit_seconds
    match trouble.kind:
        case TroubleKind.SLOW:
            return f"{run} has been running for longer than the expected {limit} s."
        case TroubleKind.WAITS:
            return f"{run} has not started within {limit} s of its scheduled time. The queue shows why it waits."
        case TroubleKind.STARTED_LATE:
            return f"{run} started more than {limit} s after its scheduled time."
        case TroubleKind.NOT_CREATED:
            return f"Its next occurrence is more than {limit} s overdue. Check that a dispatcher is running."
        case TroubleKind.MISSED:
            return (
                "An occurrence was missed because no dispatcher was running, and the misfire policy skips it. "
                "Trigger the task to run it now."
            )
        case TroubleKind.PAUSED:
            return f"It {trouble.reason}. Fix the cause, then resume the task."


def alert_words(
    condition: AlertCondition, notice: Notice, subject: AlertSubject | None, names: Sequence[str], *, group: str
) -> tuple[str, str]:
    """Return the title and the detail of a message; `names` are the tasks of the alert, `group` what they share."""
    who = _some(names) or group
    one, several = _EVENT[condition]
    if notice.message is AlertMessage.FIRST:
        return f"{who} {_RAISED[condition]}", subject.detail if subject else SILENCED_DETAIL
    if notice.message is AlertMessage.REMINDER:
        newest = f" Newest: {subject.detail}" if subject and subject.detail else ""
        return f"{who}: {notice.count} more {several if notice.count > 1 else one}", f"Since the last message.{newest}"
    name = subject.task.name if subject else group
    return f"{name} {_RECOVERED[condition]}", f"{notice.count} {several} since the first." if notice.count > 1 else ""


def _some(names: Sequence[str]) -> str:
    """Return the first names, and the number of the others."""
    if len(names) > _MOST_NAMES + 1:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} others"
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
