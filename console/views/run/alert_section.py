"""The alerts that a run led to."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.context import Context
from console.views.alerts.model import delivery_details, short_alert_columns
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card, label
from console.widgets.table_model import RowsModel
from console.words import tr
from shared.models.alert import Alert


class RunAlertSection(Card):
    """Hidden while there is none; `alerts_wanted` asks for all alerts."""

    alerts_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Alerts"), parent)
        self.model: RowsModel[Alert] = RowsModel(short_alert_columns(context.times), key=lambda alert: alert.id)
        self.table = ShortTable(self.model, context.theme)
        self.table.setAccessibleName(tr("Alerts"))
        self.table.opened.connect(lambda _alert: self.alerts_wanted.emit())
        self.sent = label("", "secondary")
        self.sent.setWordWrap(True)
        self.body.addWidget(self.table)
        self.body.addWidget(self.sent)
        self.hide()

    def show_alerts(self, alerts: Sequence[Alert]) -> None:
        """Show the alerts about a run, the newest first, where the newest was sent and who takes care of it."""
        self.model.set_rows(alerts)
        words = []
        if alerts and (details := delivery_details(alerts[0])):
            words.append(tr("Sent to %1", details))
        if alerts and alerts[0].acknowledged_by is not None:
            words.append(tr("Acknowledged by %1", alerts[0].acknowledged_by))
        self.sent.setText("\n".join(words))
        self.sent.setVisible(bool(words))
        self.setVisible(bool(alerts))

    def tick(self) -> None:
        """Show how time has passed."""
        self.model.times_passed()
