"""The rows of the queue, and what becomes of them while a person points at them: pure, so that it can be tested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from console.theme.glyphs import GLYPH_OF
from console.views.queue.words import entry_sentence, entry_words, priority_words, state_words
from console.widgets.table_model import Column
from console.words import absolute, number, span, tr
from shared.enums import Priority
from shared.models.queue import QueueEntry


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A run in the queue; `is_gone` is one that has left it and is shown until the list may move."""

    entry: QueueEntry
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The rows to show now, and how many changes wait until the list may move."""

    rows: list[QueueRow]
    waiting: int


def settle(shown: Sequence[QueueRow], fresh: Sequence[QueueEntry], *, holds_still: bool) -> Settled:
    """Return the table after a load.

    While it holds still every row stays where it is: known ones change in place, those that left are marked,
    new ones wait. Else the load is shown as it is.
    """
    if not holds_still or not shown:
        return Settled([QueueRow(entry) for entry in fresh], 0)
    by_id = {entry.run.id: entry for entry in fresh}
    rows = [
        QueueRow(by_id[row.entry.run.id]) if row.entry.run.id in by_id else QueueRow(row.entry, is_gone=True)
        for row in shown
    ]
    known = {row.entry.run.id for row in shown}
    stayed = [row.entry.run.id for row in rows if not row.is_gone]
    new = len(by_id) - len(stayed)
    gone = len(rows) - len(stayed)
    moved = [entry.run.id for entry in fresh if entry.run.id in known] != stayed
    return Settled(rows, new + gone + int(moved))


def queue_columns() -> list[Column[QueueRow]]:
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
            tr("Waiting for"),
            lambda row: tr("left the queue") if row.is_gone else entry_words(row.entry),
            stretches=True,
            is_muted=True,
            tooltip=lambda row: entry_sentence(row.entry),
        ),
        Column(
            tr("Wait time"),
            lambda row: span((datetime.now(UTC) - _since(row.entry)).total_seconds()),
            widest="59 min",
            is_number=True,
            is_muted=True,
            tooltip=lambda row: absolute(_since(row.entry)),
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


def _since(entry: QueueEntry) -> datetime:
    """Return since when a run is where it is: on its worker, or in the queue."""
    return entry.run.dispatched_at if entry.reason is None and entry.run.dispatched_at else entry.run.queued_at
