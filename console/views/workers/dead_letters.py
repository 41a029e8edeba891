"""Messages that no backend could read or record: a line that says so, and what they are."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from console.context import Context
from console.theme.current import monospace
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable
from console.widgets.permitted import keep_permitted
from console.widgets.surfaces import Card, EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import number, tr
from shared.enums import Role
from shared.errors import ForbiddenError
from shared.models.dead_letter import DeadLetterList, DeadLetterShown

PATH = "/api/system/dead-letters"


class DeadLetterNotice(Card):
    """Hidden while there is none."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.title.hide()
        self.aside.hide()
        self.words = label("", "secondary")
        self.words.setWordWrap(True)
        self.look = QPushButton(tr("Show…"))
        self.look.clicked.connect(self.opened)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.look)
        self.body.addLayout(row)
        self.hide()

    async def load(self, context: Context) -> None:
        """Load the number of dead letters; a viewer may not see it."""
        try:
            answer = await context.connection.client.request("GET", PATH, params={"limit": 1})
        except ForbiddenError:
            self.hide()
            return
        total = answer["data"]["total"]
        text = tr("1 message could not be processed and is in the dead letters. All others were processed.")
        if total != 1:
            text = tr(
                "%1 messages could not be processed and are in the dead letters. All others were processed.",
                number(total),
            )
        self.words.setText(text)
        self.setVisible(total > 0)


class DeadLettersDialog(QDialog):
    """The oldest of them, what each holds, and the two things that can be done with all."""

    settled = Signal()

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(tr("Dead letters"))
        self.resize(720, 480)
        self.model: RowsModel[DeadLetterShown] = RowsModel(
            [
                Column(tr("Queue"), lambda letter: letter.queue, widest="heartbeats"),
                Column(tr("Reason"), lambda letter: letter.reason, widest="rejected", is_muted=True, grows=True),
                Column(tr("When"), lambda letter: context.times.show(letter.at), widest="59 min ago", is_muted=True),
                Column(tr("Content"), lambda letter: letter.content, stretches=True, widest="something longer"),
            ],
            key=lambda letter: letter.id,
        )
        self.table = DataTable(self.model, context.theme, [])
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_content())
        self.content = QPlainTextEdit()
        self.content.setReadOnly(True)
        self.content.setFont(monospace())
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName(tr("Content"))
        self._advice = label(
            tr("Requeue the messages when the cause is fixed. A message that fails again returns here."),
            "secondary",
        )
        self._advice.setWordWrap(True)
        self.empty = EmptyState()
        self.empty.show_text(tr("No dead letters. All messages were processed."))
        self.empty.hide()
        self.send_back = QPushButton(tr("Requeue all"))
        self.send_back.clicked.connect(self._requeue)
        self.throw_away = QPushButton(tr("Discard all…"))
        self.throw_away.clicked.connect(self._ask)
        for button in (self.send_back, self.throw_away):
            keep_permitted(context.permissions, button, lambda: context.permissions.why_not_by_role(Role.ADMIN))
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.send_back)
        row.addWidget(self.throw_away)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._advice)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.table, 2)
        layout.addWidget(self.content, 1)
        layout.addLayout(row)
        self._start(self._load())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.background.start(work, name="dead letters")

    async def _load(self) -> None:
        answer = await self._context.connection.client.request("GET", PATH, params={"limit": 500})
        found = DeadLetterList.model_validate(answer["data"])
        self.model.set_rows(found.letters)
        if found.letters:
            self.table.selectRow(0)
        self._show_content()
        for button in (self.send_back, self.throw_away):
            button.setEnabled(bool(found.letters) and not self._context.permissions.why_not_by_role(Role.ADMIN))
        for widget in (self._advice, self.table, self.content):
            widget.setVisible(bool(found.letters))
        self.empty.setVisible(not found.letters)

    def _show_content(self) -> None:
        index = self.table.currentIndex()
        shown = self.model.rows[index.row()].content if index.isValid() and self.model.rows else ""
        self.content.setPlainText(shown)

    def _ask(self) -> None:
        dialog = ConfirmDialog(
            self,
            question=tr("Discard all dead letters?"),
            effect=tr("Their content is lost. A run whose result is among them is detected by its worker's heartbeat."),
            verb=tr("Discard"),
        )
        dialog.accepted.connect(self._discard)
        dialog.open()

    def _requeue(self) -> None:
        self._start(self._settle(f"{PATH}/requeue"))

    def _discard(self) -> None:
        self._start(self._settle(f"{PATH}/discard"))

    async def _settle(self, path: str) -> None:
        await self._context.connection.client.request("POST", path, json={})
        self.settled.emit()
        await self._load()
