"""The alerts that a run led to."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.context import Context
from console.views.alerts.model import delivery_details, short_alert_columns
from console.views.alerts.silence_line import SilenceLine
from console.views.run.sections import FAILED
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card, label
from console.widgets.table_model import RowsModel
from console.words import tr
from shared.models.alert import Alert
from shared.models.run import Run


class RunAlertSection(Card):
    """Hidden while there is none, and none is held back of a failure; `alerts_wanted` asks for all alerts."""

    alerts_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Alerts"), parent)
        self.model: RowsModel[Alert] = RowsModel(short_alert_columns(context.times), key=lambda alert: alert.id)
        self._run: Run | None = None
        self.silence = SilenceLine(context.theme)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Alerts"))
        self.table.opened.connect(lambda _alert: self.alerts_wanted.emit())
        self.sent = label("", "secondary")
        self.sent.setWordWrap(True)
        self.body.addWidget(self.silence)
        self.body.addWidget(self.table)
        self.body.addWidget(self.sent)
        self._silences = context.silences
        self._silences.changed.connect(self.show_silence)
        self.hide()

    def show_alerts(self, run: Run | None, alerts: Sequence[Alert]) -> None:
        """Show the alerts about a run, the newest first, where the newest was sent and who takes care of it."""
        self._run = run
        self.model.set_rows(alerts)
        words = []
        if alerts and (details := delivery_details(alerts[0])):
            words.append(tr("Sent to %1", details))
        if alerts and alerts[0].acknowledged_by is not None:
            words.append(tr("Acknowledged by %1", alerts[0].acknowledged_by))
        self.sent.setText("\n".join(words))
        self.sent.setVisible(bool(words))
        self.table.setVisible(bool(alerts))
        self.show_silence()

    def show_silence(self) -> None:
        """Show whether the next alerts about the task of the run are silenced."""
        run = self._run
        silence = self._silences.of(run.task_id, run.folder) if run is not None else None
        self.silence.show_silence(silence)
        is_held = run is not None and run.status in FAILED and silence is not None
        self.setVisible(bool(self.model.rows) or is_held)

    def tick(self) -> None:
        """Show how time has passed."""
        self.model.times_passed()
        self.silence.tick()
