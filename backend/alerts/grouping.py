"""Which alerts are sent: the first at once, then reminders, then one word of recovery."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage

MOST_DELIVERY_ATTEMPTS = 10
_FIRST_DELAY = timedelta(seconds=5)
_LONGEST_DELAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What decides whether a rule is about a task, and what it counts as alike."""

    name: str
    conditions: AbstractSet[AlertCondition]
    folder: str
    labels: Mapping[str, str]
    channels: Sequence[str]
    group_by: AlertGrouping
    remind_after: timedelta

    def concerns(self, *, folder: str, labels: Mapping[str, str], condition: AlertCondition) -> bool:
        """Whether the rule is about a task of this folder with these labels."""
        below = not self.folder or folder == self.folder or folder.startswith(self.folder + "/")
        return condition in self.conditions and below and all(labels.get(key) == v for key, v in self.labels.items())

    def grouping_key(self, *, task_id: int, folder: str) -> str:
        """Return the key that what is alike has in common."""
        if self.group_by is AlertGrouping.TASK:
            return f"task {task_id}"
        return folder if self.group_by is AlertGrouping.FOLDER else ""

    def keeps(
        self, *, condition: AlertCondition, grouping_key: str, task_id: int, folder: str, labels: Mapping[str, str]
    ) -> bool:
        """Whether a task that an alert was opened for, under a key, still belongs to it."""
        belongs = self.grouping_key(task_id=task_id, folder=folder) == grouping_key
        return belongs and self.concerns(folder=folder, labels=labels, condition=condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that has not ended: the tasks in it, and how many alike were held back since the last message."""

    task_ids: frozenset[int]
    opened_at: datetime
    last_sent_at: datetime
    held: int
    total: int


@dataclass(frozen=True, slots=True)
class Say:
    """A message to send; `count` is what it speaks for."""

    message: AlertMessage
    count: int


def on_trouble(
    alert: OpenAlert | None, *, task_id: int, now: datetime, remind_after: timedelta, is_silenced: bool
) -> tuple[OpenAlert | None, Say | None]:
    """Return what one more trouble does to its alert, and what is said of it.

    The first is said at once; what is alike is held back until the interval has passed since the last message,
    and then told in one. While a silence lasts nothing new opens, and what is open only counts.
    """
    if alert is None:
        if is_silenced:
            return None, None
        opened = OpenAlert(task_ids=frozenset({task_id}), opened_at=now, last_sent_at=now, held=0, total=1)
        return opened, Say(AlertMessage.FIRST, 1)
    alert = replace(alert, task_ids=alert.task_ids | {task_id}, held=alert.held + 1, total=alert.total + 1)
    return on_time(alert, now=now, remind_after=remind_after, is_silenced=is_silenced)


def on_time(
    alert: OpenAlert, *, now: datetime, remind_after: timedelta, is_silenced: bool
) -> tuple[OpenAlert, Say | None]:
    """Return the alert and the reminder that is due, if anything was held back for so long."""
    if is_silenced or alert.held == 0 or now - alert.last_sent_at < remind_after:
        return alert, None
    return replace(alert, last_sent_at=now, held=0), Say(AlertMessage.REMINDER, alert.held)


def on_recovery(alert: OpenAlert, *, task_id: int, is_silenced: bool) -> tuple[OpenAlert | None, Say | None]:
    """Return what is left when a task is well again; when it was the last one, that is said once.

    While a silence lasts the task stays: who was told of the trouble is told of its end when the silence is over.
    """
    if is_silenced:
        return alert, None
    left = alert.task_ids - {task_id}
    if left:
        return replace(alert, task_ids=left), None
    return None, Say(AlertMessage.RECOVERY, alert.total)


def without(alert: OpenAlert, gone: AbstractSet[int]) -> OpenAlert | None:
    """Return what is left of an alert when nobody asks after some of its tasks any more; nothing is said of that."""
    left = alert.task_ids - gone
    return replace(alert, task_ids=left) if left else None


def should_pause(outcomes: Sequence[bool], *, after: int | None) -> bool:
    """Whether a task's schedule stops: `outcomes`, newest first since it was resumed, True where a run failed."""
    return after is not None and len(outcomes) >= after and all(outcomes[:after])


def delivery_delay(attempts: int) -> timedelta | None:
    """Return how long until a delivery that failed `attempts` times is tried again; None: never."""
    if attempts >= MOST_DELIVERY_ATTEMPTS:
        return None
    return min(_LONGEST_DELAY, _FIRST_DELAY * float(3 ** (attempts - 1)))
