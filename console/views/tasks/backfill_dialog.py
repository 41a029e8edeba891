"""Backfilling a task: the runs are shown before they are created."""

from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.connection.errors import explain
from console.context import Context
from console.theme.current import monospace
from console.views.tasks.field_texts import instant_text, read_instant
from console.widgets.boxes import SpinBox
from console.widgets.busy_button import BusyButton
from console.widgets.form_window import FormWindow
from console.widgets.surfaces import label
from console.words import number, tr
from shared.errors import TaskdeckError
from shared.models.backfill import Backfill
from shared.models.task import Task

_SHOWN = 6


class BackfillDialog(FormWindow):
    """Asks for a window and a limit; Preview lists the runs, Start creates them."""

    def __init__(self, context: Context, task: Task, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._task = task
        self.setWindowTitle(tr("Backfill %1", task.name))
        self.resize(480, 360)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.since = QLineEdit(instant_text(today - timedelta(days=1)))
        self.until = QLineEdit(instant_text(today))
        for line in (self.since, self.until):
            line.setFont(monospace())
        self.at_once = SpinBox()
        self.at_once.setRange(1, 10_000)
        self.only_missing = QCheckBox(tr("Skip times that already succeeded"))
        form.addRow(tr("From"), self.since)
        form.addRow(tr("Until (exclusive)"), self.until)
        form.addRow(tr("Concurrent runs"), self.at_once)
        form.addRow(self.only_missing)
        layout.addLayout(form)
        self.told = label("", "secondary")
        self.told.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.told, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        close = QPushButton(tr("Cancel"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self.show_button = BusyButton(tr("Preview"))
        self.show_button.clicked.connect(lambda: self._begin(dry_run=True))
        self.start_button = BusyButton(tr("Start"))
        self.start_button.setObjectName("primary")
        self.start_button.setAutoDefault(False)
        self.start_button.clicked.connect(lambda: self._begin(dry_run=False))
        for button in (close, self.show_button, self.start_button):
            row.addWidget(button)
        layout.addLayout(row)
        self._opened_with = self._entered()

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether anything was entered."""
        return self._entered() != self._opened_with

    def _entered(self) -> tuple[str, str, int, bool]:
        return self.since.text(), self.until.text(), self.at_once.value(), self.only_missing.isChecked()

    def _begin(self, *, dry_run: bool) -> None:
        try:
            body = {
                "since": read_instant(self.since.text()),
                "until": read_instant(self.until.text()),
                "max_concurrency": self.at_once.value(),
                "only_missing": self.only_missing.isChecked(),
                "dry_run": dry_run,
            }
        except ValueError as error:
            self.told.setText(str(error))
            return
        if self.start_button.is_busy:
            return
        self._set_busy(True)
        self._context.background.start(self._ask(body), name="backfill")

    def _set_busy(self, is_busy: bool) -> None:
        for button in (self.show_button, self.start_button):
            button.set_busy(is_busy)

    async def _ask(self, body: dict[str, Any]) -> None:
        path = f"/api/tasks/{self._task.id}/backfill"
        try:
            answer = await self._context.connection.client.request("POST", path, json=body)
        except TaskdeckError as error:
            if not isValid(self):
                raise
            trouble = explain(error)
            self.told.setText(trouble.text)
            self._set_busy(False)
            return
        if not isValid(self):
            return
        self._set_busy(False)
        made = Backfill.model_validate(answer["data"])
        if made.id is not None:
            self.accept()
            return
        lines = [tr("%1 runs", number(made.total))]
        lines += [instant_text(at) for at in made.times[:_SHOWN]]
        lines += ["…"] if made.total > _SHOWN else []
        self.told.setText("\n".join(lines))
