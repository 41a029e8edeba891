"""Whether alerts about a task are silenced, and until when. Pure."""

from collections.abc import Sequence
from datetime import datetime

from console.words import short_time, tr
from shared.folders import is_within
from shared.models.alert import Silence


def silence_of(task_id: int | None, folder: str, silences: Sequence[Silence], now: datetime) -> Silence | None:
    """Return the silence in force that lasts longest: of the task, of a folder that it is in, or of all tasks.

    Without `task_id` it is about several tasks of the folder.
    """
    found = [one for one in silences if one.starts_at <= now < one.ends_at and _covers(one, task_id, folder)]
    return max(found, key=lambda one: one.ends_at, default=None)


def silence_words(silence: Silence, now: datetime) -> str:
    """Return a silence as a sentence."""
    until = short_time(silence.ends_at, now)
    if silence.until_recovery:
        return tr("Alerts of this task are silenced until it recovers (by %1).", silence.created_by)
    if silence.task_id is not None:
        return tr("Alerts of this task are silenced until %1 (by %2).", until, silence.created_by)
    if silence.folder:
        return tr("Alerts of the folder %1 are silenced until %2 (by %3).", silence.folder, until, silence.created_by)
    return tr("All alerts are silenced until %1 (by %2).", until, silence.created_by)


def silenced_until(silence: Silence, now: datetime) -> str:
    """Return the end of a silence, for where it is clear what is silenced."""
    if silence.until_recovery:
        return tr("Silenced until it recovers, by %1", silence.created_by)
    return tr("Silenced until %1, by %2", short_time(silence.ends_at, now), silence.created_by)


def _covers(silence: Silence, task_id: int | None, folder: str) -> bool:
    if silence.task_id is not None:
        return silence.task_id == task_id
    return not silence.folder or is_within(folder, silence.folder)
