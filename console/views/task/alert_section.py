"""The alerts about a task, and whether they are silenced."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.context import Context
from console.silence_words import silence_of
from console.views.alerts.model import short_alert_columns
from console.views.alerts.silence_line import SilenceLine
from console.views.task.facts import MOST_ALERTS
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
        self._task: Task | None = None
        self.silence = SilenceLine(context.theme)
        self.end = QPushButton(tr("End silence"))
        self.end.setObjectName("pageLink")
        self.end.clicked.connect(self._end)
        self.silence.line.addWidget(self.end)
        self.body.addWidget(self.silence)
        self.model: RowsModel[Alert] = RowsModel(short_alert_columns(context.times), key=lambda alert: alert.id)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Alerts"))
        self.table.opened.connect(self.alert_wanted)
        self.body.addWidget(self.table)
        self._none = label(tr("No alerts about this task."), "secondary")
        self.body.addWidget(self._none)

    def show_alerts(self, task: Task, alerts: Sequence[Alert], silences: Sequence[Silence]) -> None:
        """Show alerts, the newest first, and the silence that holds the next ones back."""
        self._task = task
        self.model.set_rows(alerts[:MOST_ALERTS])
        self.table.setVisible(bool(alerts))
        self._none.setVisible(not alerts)
        self.show_silences(silences)

    def show_silences(self, silences: Sequence[Silence]) -> None:
        """Show which of the silences holds the next alerts back."""
        if self._task is None:
            return
        silence = silence_of(self._task.id, self._task.folder, silences, datetime.now(UTC))
        self.silence.show_silence(silence)
        self.end.setVisible(silence is not None and silence.task_id is not None)
        self.end.setEnabled(not self._context.permissions.why_not(self._task.folder, Permission.EDIT))

    def tick(self) -> None:
        """Show how time has passed."""
        self.model.times_passed()
        self.silence.tick()

    def _end(self) -> None:
        if self.silence.silence is not None:
            self.end_wanted.emit(self.silence.silence.id)
