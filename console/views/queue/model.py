"""The rows of the queue, and what becomes of them while a person points at them: pure, so that it can be tested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.theme.glyphs import GLYPH_OF
from console.views.queue.words import entry_sentence, entry_words, priority_words, state_words
from console.widgets.still_rows import StillRows, keep_still
from console.widgets.table_model import Column
from console.words import Times, absolute, number, span, tr
from shared.enums import Priority
from shared.models.queue import QueueEntry

LEAVING_SECONDS = 1.2
"""How long a row that has left the queue stays, dimmed: enough to read what it was."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A run in the queue; `is_gone` is one that has left it and is shown until the list may move.

    `left_at` is when that was noticed, in seconds of a monotonic clock; 0 where the list has held still since then.
    """

    entry: QueueEntry
    is_gone: bool = False
    left_at: float = 0.0


def settle(
    shown: Sequence[QueueRow], fresh: Sequence[QueueEntry], *, holds_still: bool, takes_more: bool = False
) -> StillRows[QueueRow]:
    """Return the table after a load: as it is, or while it holds still with the rows that left marked.

    With `takes_more` a person has gone to its end: what is not shown yet follows there.
    """
    rows = [QueueRow(entry) for entry in fresh]
    if not holds_still or not shown:
        return StillRows(rows, 0)
    still = keep_still(
        shown, rows, key=lambda row: row.entry.run.id, gone=lambda row: QueueRow(row.entry, is_gone=True)
    )
    if not takes_more:
        return still
    known = {row.entry.run.id for row in shown}
    more = [row for row in rows if row.entry.run.id not in known]
    return StillRows([*still.rows, *more], still.changes - len(more))


def with_leaving(shown: Sequence[QueueRow], fresh: Sequence[QueueRow], *, now: float) -> list[QueueRow]:
    """Return the rows after a load, with those that left within the last moment dimmed where they were.

    A row that is there no longer is seen to go: rows below it do not jump up before an eye has found out why.
    """
    known = {row.entry.run.id for row in fresh}
    behind: dict[int | None, list[QueueRow]] = {}
    last: int | None = None
    for row in shown:
        if row.entry.run.id in known:
            last = row.entry.run.id
            continue
        left_at = row.left_at if row.is_gone else now
        if now - left_at < LEAVING_SECONDS:
            behind.setdefault(last, []).append(QueueRow(row.entry, is_gone=True, left_at=left_at))
    rows = behind.get(None, [])
    for row in fresh:
        rows += [row, *behind.get(row.entry.run.id, ())]
    return rows


def queue_columns(times: Times) -> list[Column[QueueRow]]:
    """Return the columns of the queue's table."""
    return [
        Column(
            tr("Task"),
            lambda row: row.entry.run.task_name,
            glyph=lambda row: GLYPH_OF[row.entry.run.status],
            stretches=True,
            tooltip=lambda row: (
                f"{row.entry.run.task_name} · {tr('run %1', row.entry.run.id)}\n{state_words(row.entry.state)}"
            ),
        ),
        Column(
            tr("Position"),
            lambda row: number(row.entry.position) if row.entry.position and not row.is_gone else "",
            widest="10,000",
            is_number=True,
        ),
        Column(
            tr("Priority"),
            lambda row: priority_words(row.entry.run.priority),
            widest="Critical",
            is_bad=lambda row: row.entry.run.priority is Priority.CRITICAL,
        ),
        Column(
            tr("Details"),
            lambda row: tr("left the queue") if row.is_gone else entry_words(row.entry),
            stretches=True,
            is_muted=True,
            tooltip=lambda row: entry_sentence(row.entry),
        ),
        Column(
            tr("Queue time"),
            lambda row: "" if row.is_gone else span(queue_seconds(row.entry, times.now())),
            widest="59 min",
            is_number=True,
            is_muted=True,
            tooltip=lambda row: tr("Queued at %1", absolute(row.entry.run.queued_at)),
            goes_at=2,
        ),
        Column(
            tr("Run #"),
            lambda row: str(row.entry.run.id),
            widest="1234567",
            is_number=True,
            is_muted=True,
            goes_at=3,
        ),
    ]


def queue_seconds(entry: QueueEntry, now: datetime) -> float:
    """Return how long a run has waited, or did wait before it was dispatched, in seconds."""
    until = entry.run.dispatched_at if entry.reason is None and entry.run.dispatched_at else now
    return (until - entry.run.queued_at).total_seconds()
