"""Faults: what was set aside or restarted, why, and the next step; what was set aside can be tried again."""

from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.context import Context
from console.fault_words import kind_words, object_words
from console.theme.glyphs import Glyph
from console.widgets.data_table import DataTable
from console.widgets.permitted import keep_permitted
from console.widgets.surfaces import EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import absolute, number, tr
from shared.enums import FaultKind, Role
from shared.models.fault import Fault


class FaultsDialog(QDialog):
    """The faults in a table, the newest first, and the cause and the next step of the selected one below it.

    `settled` follows each removal.
    """

    settled = Signal()

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(tr("Faults"))
        self.resize(760, 460)
        self.model: RowsModel[Fault] = RowsModel(_columns(context), key=lambda fault: fault.id)
        self.table = DataTable(self.model, context.theme, [])
        self.table.setAccessibleName(tr("Faults"))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_selected())
        self.cause = label("")
        self.next_step = label("", "secondary")
        for text in (self.cause, self.next_step):
            text.setWordWrap(True)
        self._explanation = label(
            tr("Everything else was processed. When the cause of a fault is gone, try again what was set aside."),
            "secondary",
        )
        self._explanation.setWordWrap(True)
        self.empty = EmptyState()
        self.empty.show_text(tr("No faults. No item was set aside, and no service was restarted."))
        self.empty.hide()
        self.try_again = QPushButton(tr("Try again"))
        self.try_again.clicked.connect(lambda: self._start(self._retry([one.id for one in self.selected()])))
        self.try_all = QPushButton(tr("Try all again"))
        self.try_all.clicked.connect(lambda: self._start(self._retry(None)))
        for button in (self.try_again, self.try_all):
            keep_permitted(context.permissions, button, lambda: context.permissions.why_not_by_role(Role.OPERATOR))
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.try_again, self.try_all):
            button.setAutoDefault(False)
        close.setDefault(True)
        self._lay_out(close)
        self.table.setFocus()
        self._start(self._load())

    def _lay_out(self, close: QPushButton) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.try_again)
        buttons.addWidget(self.try_all)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._explanation)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.cause)
        layout.addWidget(self.next_step)
        layout.addLayout(buttons)

    def selected(self) -> list[Fault]:
        """Return the selected faults, in the order of the table."""
        places = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.background.start(work, name="faults")

    async def _load(self) -> None:
        found = await self._context.connection.client.list_faults()
        self.model.set_rows(found)
        if found and not self.selected():
            self.table.selectRow(0)
        self._show_selected()
        for widget in (self._explanation, self.table, self.cause, self.next_step, self.try_again, self.try_all):
            widget.setVisible(bool(found))
        self.empty.setVisible(not found)

    def _show_selected(self) -> None:
        found = self.selected()
        self.try_again.setEnabled(bool(found) and self.try_all.isEnabled())
        self.cause.setText(found[0].cause if len(found) == 1 else "")
        self.next_step.setText(found[0].next_step if len(found) == 1 else "")

    async def _retry(self, ids: Sequence[int] | None) -> None:
        await self._context.connection.client.retry_faults(ids)
        self.settled.emit()
        await self._load()


def _columns(context: Context) -> list[Column[Fault]]:
    return [
        Column(tr("Fault"), lambda fault: kind_words(fault.kind), glyph=_glyph, widest=tr("Event loop held")),
        Column(tr("Object"), _object_words, widest="task nightly-backup", grows=True, tooltip=_object_words),
        Column(
            tr("Cause"), lambda fault: fault.cause, is_muted=True, stretches=True, tooltip=lambda fault: fault.cause
        ),
        Column(tr("Count"), lambda fault: number(fault.count), widest="1,000", is_number=True, goes_at=1),
        Column(
            tr("Last"),
            lambda fault: context.times.show(fault.last_at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda fault: absolute(fault.last_at),
        ),
    ]


def _glyph(fault: Fault) -> Glyph:
    return Glyph.CROSS if fault.kind is FaultKind.GIVEN_UP else Glyph.TRIANGLE


def _object_words(fault: Fault) -> str:
    return object_words(fault.object_type, fault.object_name or fault.object_id)
