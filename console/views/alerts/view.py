"""What alerts were sent about: one line an incident, newest first, with how its last message was delivered."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from console.acknowledging import Acknowledger
from console.connection.permissions import Permissions
from console.connection.refresher import Refresher
from console.context import Context
from console.incidents import Incident, incidents_of
from console.silencing import SilencedTask, Silencer, silence_actions
from console.views.alerts.model import incident_columns
from console.views.policies.resource_page import ResourcePage
from console.views.policies.resources import ALERT_PAGES, RESOURCES
from console.views.view import View
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import tr
from shared.enums import Permission
from shared.models.alert import Alert, AlertCondition

_PAGE = 200
_TICK_MS = 1000


def _task_of(incident: Incident) -> SilencedTask | None:
    alert = incident.newest
    if alert.task_id is None or not incident.is_open:
        return None
    return SilencedTask(alert.task_id, alert.task_name or str(alert.task_id))


async def _unattended(incidents: Sequence[Incident]) -> list[int]:
    return [incident.newest.id for incident in incidents if incident.is_unattended]


class AlertsView(View):
    """The newest alerts, folded into incidents; Enter opens the run, the task or the faults."""

    name = "alerts"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._refresher = Refresher(context.background, self._load, name="alerts", parent=self)
        silencer = Silencer(context, _task_of)
        acknowledger: Acknowledger[Incident] = Acknowledger(context, _unattended)
        self.model: RowsModel[Incident] = RowsModel(
            incident_columns(context.times, context.silences),
            key=lambda incident: incident.id,
            is_past=lambda incident: not incident.is_open,
        )
        self.table = DataTable(
            self.model,
            context.theme,
            [
                RowAction(
                    id="show_run",
                    text=lambda: tr("Show run"),
                    do=lambda rows: self._open(rows[0]),
                    icon_name="runs",
                    applies=lambda incident: incident.newest.condition is not AlertCondition.FAULT,
                ),
                RowAction(
                    id="show_faults",
                    text=lambda: tr("Show faults"),
                    do=lambda rows: self._open(rows[0]),
                    icon_name="alerts",
                    applies=lambda incident: incident.newest.condition is AlertCondition.FAULT,
                ),
                acknowledger.action(
                    applies=lambda incident: incident.is_unattended,
                    refusal=lambda incident: context.permissions.why_not(incident.newest.folder or "", Permission.RUN),
                    on_hover=True,
                ),
                *silence_actions(
                    silencer.start,
                    applies=lambda incident: _task_of(incident) is not None,
                    refusal=lambda incident: _why_not_silenced(context.permissions, incident.newest),
                    on_hover=True,
                ),
            ],
        )
        self.add_tables(self.table)
        self.table.opened.connect(self._open)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(self._show_rules)
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        incidents = QWidget()
        inside = QVBoxLayout(incidents)
        inside.setContentsMargins(0, 12, 0, 0)
        inside.addWidget(card, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tab_widgets.append(self.tabs)
        self.tabs.addTab(incidents, self.title())
        self.pages = {spec.name: ResourcePage(context, spec) for spec in RESOURCES if spec.name in ALERT_PAGES}
        for page in self.pages.values():
            self.tabs.addTab(page, page.spec.title())
        self.add_tables(*(page.table for page in self.pages.values()))
        self.tabs.currentChanged.connect(self._page_changed)
        self.page.addWidget(self.tabs, 1)
        for happened in (context.feeds.alerts.raised, context.feeds.alerts.acknowledged):
            happened.connect(self.changed)
        context.silences.changed.connect(self.model.times_passed)

    def title(self) -> str:
        return tr("Alerts")

    def primary_action(self) -> str:
        """Offer to create an object of the visible page; alerts themselves come from the backend."""
        page = self._page
        return page.make_words() if page is not None else ""

    def primary_refusal(self) -> str:
        """Return why the user may create none."""
        page = self._page
        return page.refusal() if page is not None else ""

    def do_primary_action(self) -> None:
        """Open the form."""
        page = self._page
        if page is not None:
            page.edit(None)

    def _show_rules(self) -> None:
        self.tabs.setCurrentWidget(self.pages["rules"])

    @property
    def _page(self) -> ResourcePage | None:
        page = self.tabs.currentWidget()
        return page if isinstance(page, ResourcePage) else None

    def _page_changed(self) -> None:
        self.primary_changed.emit()
        self.refresh()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Override View.show_with: show the wanted page, or the alerts."""
        page = self.pages.get(str(wanted.get("page")))
        if page is not None:
            self.tabs.setCurrentWidget(page)
        else:
            self.tabs.setCurrentIndex(0)

    def activated(self) -> None:
        """Override View.activated: let the times tick, and count what is shown as seen."""
        super().activated()
        self._clock.start()
        self.context.silences.refresh()
        self.context.alerts.see(max((incident.newest.id for incident in self.model.rows), default=0))

    def _tick(self) -> None:
        if self.isVisible():
            self.model.times_passed()
        else:
            self._clock.stop()

    def refresh(self) -> None:
        """Load the newest alerts, and the page that is shown."""
        self._refresher.request()
        self.context.silences.refresh()
        page = self._page
        if page is not None:
            page.refresh()

    def _open(self, incident: Incident) -> None:
        alert = incident.newest
        if alert.condition is AlertCondition.FAULT:
            self.follow.emit("overview", {"faults": True})
        elif alert.run_id is not None:
            self.follow.emit("run", {"run": alert.run_id})
        elif alert.task_id is not None:
            self.follow.emit("task", {"task": alert.task_id})

    async def _load(self) -> None:
        alerts = await self.context.connection.client.list_alerts(limit=_PAGE)
        self.model.set_rows(incidents_of(alerts))
        if self.isVisible():
            self.context.alerts.see(max((alert.id for alert in alerts), default=0))
        self.table.setVisible(bool(self.model.rows))
        self._empty.setVisible(not self.model.rows)
        self._empty.show_text(tr("No alerts yet. Alert rules decide who is notified about what."), tr("Alert rules"))


def _why_not_silenced(permissions: Permissions, alert: Alert) -> str:
    """Return why the user may not silence the task of an alert; its folder may be above the task's."""
    if permissions.access.permits_somewhere(Permission.EDIT):
        return ""
    return permissions.why_not(alert.folder or "", Permission.EDIT)
