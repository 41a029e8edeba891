"""The alerts about a task, and whether they are silenced."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from console.context import Context
from console.views.alerts.model import short_alert_columns
from console.views.task.facts import MOST_ALERTS
from console.views.task.silence_words import silence_of, silence_words
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card, label
from console.widgets.table_model import RowsModel
from console.words import tr
from shared.enums import Permission
from shared.models.alert import Alert, Silence
from shared.models.task import Task


class AlertSection(Card):
    """`alert_wanted` carries an alert; `end_wanted` the id of a silence to end."""

    alert_wanted = Signal(object)
    end_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Alerts"), parent)
        self._context = context
        self.silence: Silence | None = None
        self.words = label("")
        self.words.setWordWrap(True)
        self.end = QPushButton(tr("End silence"))
        self.end.setObjectName("pageLink")
        self.end.clicked.connect(lambda: self.end_wanted.emit(self.silence.id) if self.silence else None)
        line = QHBoxLayout()
        line.addWidget(self.words, 1)
        line.addWidget(self.end)
        self.body.addLayout(line)
        self.model: RowsModel[Alert] = RowsModel(short_alert_columns(context.times), key=lambda alert: alert.id)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Alerts"))
        self.table.opened.connect(self.alert_wanted)
        self.body.addWidget(self.table)
        self._none = label(tr("No alerts about this task."), "secondary")
        self.body.addWidget(self._none)

    def show_alerts(self, task: Task, alerts: Sequence[Alert], silences: Sequence[Silence]) -> None:
        """Show alerts, the newest first, and the silence that holds the next ones back."""
        now = datetime.now(UTC)
        self.model.set_rows(alerts[:MOST_ALERTS])
        self.table.setVisible(bool(alerts))
        self._none.setVisible(not alerts)
        self.silence = silence_of(task, silences, now)
        self.words.setVisible(self.silence is not None)
        self.end.setVisible(self.silence is not None and self.silence.task_id is not None)
        self.end.setEnabled(not self._context.permissions.why_not(task.folder, Permission.EDIT))
        if self.silence is not None:
            self.words.setText(silence_words(self.silence, now))

    def tick(self) -> None:
        """Show how time has passed."""
        self.model.times_passed()
