"""Which alerts are sent: the first event at once, then reminders at an interval, then one recovery.

A silence holds back what happens in it: at its end what still lasts is reported, once.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from backend.alerts.model import AlertRule, Notice, OpenAlert, WatchedTask
from shared.folders import is_within
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage, Silence


def covers(rule: AlertRule, task: WatchedTask, condition: AlertCondition) -> bool:
    """Return whether a rule is about a task and a condition."""
    return (
        condition in rule.conditions and is_within(task.folder, rule.folder) and _has_labels(task.labels, rule.labels)
    )


def _has_labels(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(labels.get(name) == value for name, value in wanted.items())


def grouping_key(rule: AlertRule, task: WatchedTask) -> str:
    """Return the key that alerts of one group have in common."""
    if rule.group_by is AlertGrouping.TASK:
        return f"task {task.id}"
    return task.folder if rule.group_by is AlertGrouping.FOLDER else ""


def is_silenced(silences: Sequence[Silence], task: WatchedTask, *, now: datetime) -> bool:
    """Return whether a silence for the task or its folder is active."""
    return any(
        silence.starts_at <= now < silence.ends_at
        and (silence.task_id == task.id if silence.task_id is not None else is_within(task.folder, silence.folder))
        for silence in silences
    )


def on_trouble(
    alert: OpenAlert | None, *, task_id: int, now: datetime, remind_after: timedelta, is_silenced: bool
) -> tuple[OpenAlert, Notice | None]:
    """Return the alert with one more event, and the message that is due.

    The first event is reported at once. Later ones are counted, and reported in one reminder once `remind_after` has
    passed since the last message. During a silence events are only counted. Who acknowledged the alert does not know of
    a task that had not failed then, so it ends the acknowledgement.
    """
    if alert is None:
        alert = OpenAlert(task_ids=frozenset(), opened_at=now, last_sent_at=now, held=0, total=0)
    is_acknowledged = alert.is_acknowledged and task_id in alert.task_ids
    alert = replace(
        alert,
        task_ids=alert.task_ids | {task_id},
        held=alert.held + 1,
        total=alert.total + 1,
        is_acknowledged=is_acknowledged,
    )
    if is_silenced:
        return alert, None
    return on_time(alert, now=now, remind_after=remind_after)


def on_time(alert: OpenAlert, *, now: datetime, remind_after: timedelta) -> tuple[OpenAlert, Notice | None]:
    """Return the alert outside a silence, and the message that is due.

    That is the first one where a silence held it back, or a reminder of events that were held for long enough, unless
    the alert is acknowledged.
    """
    is_reminder_due = not alert.is_acknowledged and now - alert.last_sent_at >= remind_after
    if alert.held == 0 or (alert.is_sent and not is_reminder_due):
        return alert, None
    message = AlertMessage.REMINDER if alert.is_sent else AlertMessage.FIRST
    return replace(alert, last_sent_at=now, held=0), Notice(message, alert.held)


def on_recovery(alert: OpenAlert, *, task_id: int, is_silenced: bool) -> tuple[OpenAlert | None, Notice | None]:
    """Return the alert without a task that recovered, and one recovery message after its last task.

    During a silence the task stays in the alert, so that its recovery is reported when the silence has ended. An alert
    without a message ends without one.
    """
    if is_silenced and alert.is_sent:
        return alert, None
    left = alert.task_ids - {task_id}
    if left:
        return replace(alert, task_ids=left), None
    return None, Notice(AlertMessage.RECOVERY, alert.total) if alert.is_sent else None


def without(alert: OpenAlert, gone: AbstractSet[int]) -> OpenAlert | None:
    """Return the alert without tasks that were deleted or that its rule no longer covers; None if none is left."""
    left = alert.task_ids - gone
    return replace(alert, task_ids=left) if left else None
