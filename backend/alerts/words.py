"""What an alert says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.alerts.grouping import Say
from backend.runs.outcomes import MISSED
from shared.models.alert import AlertCondition, AlertMessage

_MOST_NAMES = 5
_VERBS = {
    AlertCondition.FAILURE: "failed",
    AlertCondition.SLOW: "runs longer than expected",
    AlertCondition.LATE: "did not start in time",
    AlertCondition.PAUSED: "was paused",
}
_NOUN = {
    AlertCondition.FAILURE: "failure",
    AlertCondition.SLOW: "run longer than expected",
    AlertCondition.LATE: "occurrence that did not start in time",
    AlertCondition.PAUSED: "task that was paused",
}
_NOUNS = {
    AlertCondition.FAILURE: "failures",
    AlertCondition.SLOW: "runs longer than expected",
    AlertCondition.LATE: "occurrences that did not start in time",
    AlertCondition.PAUSED: "tasks that were paused",
}
_ENDS = {
    AlertCondition.FAILURE: "is well again",
    AlertCondition.SLOW: "no longer runs longer than expected",
    AlertCondition.LATE: "is in time again",
    AlertCondition.PAUSED: "is no longer paused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSubject:
    """What a message is about."""

    task_id: int
    name: str
    folder: str
    run_id: int | None
    detail: str


def failed(row: Mapping[Any, Any]) -> AlertSubject:
    """Return what a failure is about, from a row of `outcomes.take`."""
    return AlertSubject(
        task_id=row["task_id"],
        name=row["name"],
        folder=row["folder"],
        run_id=row["id"],
        detail=f"Run {row['id']}: {row['error'] or row['status']}",
    )


def troubled(row: Mapping[Any, Any]) -> AlertSubject:
    """Return what a trouble is about, from a row of `outcomes.troubled`."""
    about = f"Run {row['run_id']}" if row["run_id"] is not None else "Its next occurrence"
    if row["condition"] == AlertCondition.PAUSED:
        detail = f"It {row['reason']}. Its schedule stands still until it is resumed."
    elif row["condition"] == AlertCondition.SLOW:
        detail = f"{about} has taken more than the {row['seconds']} s that were expected."
    elif row["reason"] == MISSED:
        detail = "It was due while nothing could dispatch, and its misfire policy leaves out what was missed."
    else:
        detail = f"{about} did not start within {row['seconds']} s of its time."
    return AlertSubject(
        task_id=row["task_id"], name=row["name"], folder=row["folder"], run_id=row["run_id"], detail=detail
    )


def alert_words(
    condition: AlertCondition, say: Say, subject: AlertSubject | None, names: Sequence[str], *, where: str
) -> dict[str, str]:
    """Return the title and the detail of a message; `names` are of the tasks that are in trouble."""
    who = _some(names) or where
    if say.message is AlertMessage.FIRST:
        return {"title": f"{who} {_VERBS[condition]}", "detail": subject.detail if subject else ""}
    if say.message is AlertMessage.REMINDER:
        many = _NOUNS[condition] if say.count > 1 else _NOUN[condition]
        newest = f" The newest: {subject.detail}" if subject and subject.detail else ""
        return {"title": f"{who}: {say.count} more {many}", "detail": f"Held back since the last message.{newest}"}
    name = subject.name if subject and subject.name else where
    many = f"{say.count} {_NOUNS[condition]} since the first." if say.count > 1 else ""
    return {"title": f"{name} {_ENDS[condition]}", "detail": many}


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many others there are."""
    if len(names) > _MOST_NAMES + 1:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} others"
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
