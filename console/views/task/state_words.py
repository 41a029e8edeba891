"""How a task is, in one sentence and one shape. Pure."""

import re
from datetime import datetime

from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF, Glyph
from console.words import Times, duration, sentences, tr
from shared.enums import TaskStatus
from shared.models.run import Run
from shared.models.task import Task

_FAILED_IN_A_ROW = re.compile(r"failed (\d+) times in a row, last in run (\d+)")


def task_glyph(task: Task, newest: Run | None) -> Glyph:
    """Return the shape of a task: paused, or how its newest run is."""
    if task.status is TaskStatus.PAUSED:
        return Glyph.RING_BAR
    if newest is not None:
        return GLYPH_OF[newest.status]
    return GLYPH_OF[task.last_run.status] if task.last_run else Glyph.RING


def state_words(task: Task, newest: Run | None, times: Times, now: datetime) -> str:
    """Return how a task is: whether its schedule is active, how its newest run is, and when the next one is due."""
    return sentences(_schedule_words(task, times, now), _run_words(newest, times, now))


def _schedule_words(task: Task, times: Times, now: datetime) -> str:
    if task.status is TaskStatus.PAUSED:
        return _paused_words(task.paused_reason)
    if task.next_run_at is not None:
        return tr("Active, next run %1", times.due(task.next_run_at, now))
    if task.schedule:
        return tr("Active, and its schedule has no further times")
    return tr("Active, runs after other tasks") if task.depends_on else tr("Active, runs when it is triggered")


def _paused_words(why: str | None) -> str:
    """Return that a task is paused, and why where the backend paused it; other reasons are not translated."""
    if not why:
        return tr("Paused")
    found = _FAILED_IN_A_ROW.fullmatch(why)
    return (
        tr("Paused: it failed %1 times in a row, last in run %2", found[1], found[2])
        if found
        else f"{tr('Paused')}: {why}"
    )


def _run_words(newest: Run | None, times: Times, now: datetime) -> str:
    if newest is None:
        return tr("It has never run")
    if newest.status.is_final:
        words = status_words(newest.status).lower()
        at = times.show(newest.completed_at, now)
        return tr("Last run: %1 %2", words, at) if at else tr("Last run: %1", words)
    if newest.started_at is not None:
        return tr("A run has been going for %1", duration(round((now - newest.started_at).total_seconds() * 1000)))
    return tr("A run has been waiting for %1", duration(round((now - newest.queued_at).total_seconds() * 1000)))
