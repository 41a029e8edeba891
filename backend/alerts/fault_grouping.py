"""When faults raise an alert, remind of it and end it: one alert for each rule, however many faults there are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from backend.alerts.grouping import on_time
from backend.alerts.model import FaultsNow, Notice, OpenAlert
from shared.models.alert import AlertMessage, Silence


def is_silenced(silences: Sequence[Silence], *, now: datetime) -> bool:
    """Return whether a silence for everything is active: a fault belongs to no task and no folder."""
    return any(one.task_id is None and not one.folder and one.starts_at <= now < one.ends_at for one in silences)


def on_faults(
    alert: OpenAlert | None, faults: FaultsNow, *, now: datetime, remind_after: timedelta, silenced: bool
) -> tuple[OpenAlert | None, Notice | None]:
    """Return the alert after a look at all faults, and the message that is due.

    The first faults are reported at once, with their number. Later ones are counted, and reported in one reminder. The
    alert ends when no fault is left; during a silence it stays open, so that its end is reported after the silence.
    """
    if faults.newest is None:
        if alert is None or (silenced and alert.is_sent):
            return alert, None
        return None, Notice(AlertMessage.RECOVERY, alert.total) if alert.is_sent else None
    if alert is None:
        alert = OpenAlert(
            task_ids=frozenset(),
            opened_at=now,
            last_sent_at=now,
            held=faults.count,
            total=faults.count,
            newest_fault_id=faults.newest.id,
        )
    elif new := faults.newer_than.get(alert.newest_fault_id, 0):
        alert = replace(alert, held=alert.held + new, total=alert.total + new, newest_fault_id=faults.newest.id)
    if silenced:
        return alert, None
    return on_time(alert, now=now, remind_after=remind_after)
