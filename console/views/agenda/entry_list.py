"""What is in the chosen cell: runs and occurrences, with the way to each."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from console.context import Context
from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF, Glyph
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import Column, RowsModel
from console.words import absolute, number, tr
from shared.models.agenda import AgendaEntries, AgendaEntry, AgendaEntryState


def _glyph(entry: AgendaEntry) -> Glyph:
    if entry.run is not None:
        return GLYPH_OF[entry.run.status]
    return Glyph.RING if entry.state is AgendaEntryState.PLANNED else Glyph.RING_DOTTED


def _state(entry: AgendaEntry) -> str:
    if entry.run is not None:
        return status_words(entry.run.status)
    return tr("due") if entry.state is AgendaEntryState.PLANNED else tr("missed")


def entry_columns(zone: ZoneInfo) -> list[Column[AgendaEntry]]:
    """Return the columns of the list."""
    return [
        Column(
            tr("Task"),
            lambda entry: entry.task_name,
            glyph=_glyph,
            stretches=True,
            tooltip=lambda entry: entry.task_name,
        ),
        Column(
            tr("Time"),
            lambda entry: f"{entry.at.astimezone(zone):%H:%M:%S}",
            widest="00:00:00",
            tooltip=lambda entry: absolute(entry.at),
        ),
        Column(tr("Status"), _state, widest="Succeeded", is_muted=True, goes_at=1),
    ]


class EntryList(Card):
    """The list beside the grid."""

    def __init__(
        self,
        context: Context,
        zone: ZoneInfo,
        *,
        show_run: Callable[[int], None],
        show_task: Callable[[int], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self._show_run = show_run
        self._show_task = show_task
        self.model: RowsModel[AgendaEntry] = RowsModel(
            entry_columns(zone), key=lambda entry: (entry.task_id, entry.at, entry.run.id if entry.run else 0)
        )
        self.table = DataTable(
            self.model,
            context.theme,
            [
                RowAction(
                    id="show_run",
                    text=lambda: tr("Show run"),
                    do=lambda entries: self.open(entries[0]),
                    icon_name="runs",
                    applies=lambda entry: entry.run is not None,
                ),
                RowAction(
                    id="show_task",
                    text=lambda: tr("Show task"),
                    do=lambda entries: self._show_task(entries[0].task_id),
                    icon_name="tasks",
                ),
            ],
        )
        self.table.setAccessibleName(tr("Runs and occurrences"))
        self.table.opened.connect(self.open)
        self._empty = EmptyState()
        self.body.setContentsMargins(1, 12, 1, 8)
        self.head.setContentsMargins(16, 0, 16, 0)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._empty, 1)
        self.table.hide()
        self._empty.hide()

    def await_entries(self, title: str) -> None:
        """Say which cell it is, and grey what is of the one before."""
        self.title.setText(title)
        self.table.set_stale(True)
        self._empty.hide()

    def show_entries(self, found: AgendaEntries) -> None:
        """Show what is in the cell."""
        self.table.set_stale(False)
        self.model.set_rows(found.entries)
        has_any = bool(found.entries)
        self.table.setVisible(has_any)
        self._empty.setVisible(not has_any)
        self._empty.show_text(tr("No runs in this period, and none are due."))
        shown = number(len(found.entries))
        counted = tr("First %1 shown", shown) if found.is_capped else shown
        self.aside.setText(counted if has_any else "")
        if has_any and not self.table.selected():
            self.table.selectRow(0)

    def open(self, entry: AgendaEntry) -> None:
        """Show the run, or the task of an occurrence that has none."""
        if entry.run is not None:
            self._show_run(entry.run.id)
        else:
            self._show_task(entry.task_id)
