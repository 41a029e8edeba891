"""What was said of trouble: one line a message, newest first, with how it was delivered."""

from console.connection.permissions import Permissions
from console.connection.refresher import Refresher
from console.context import Context
from console.silencing import SilencedTask, Silencer, silence_actions
from console.theme.glyphs import Glyph
from console.views.alerts.words import alert_detail, alert_title
from console.views.view import View
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, enumeration, tr
from shared.enums import Permission
from shared.models.alert import Alert, AlertCondition, AlertMessage, Delivery

_PAGE = 200


def delivery_words(alert: Alert) -> str:
    """Return the channels of an alert, each with its state where it is not delivered."""
    return enumeration(_channel_words(one) for one in alert.deliveries)


def delivery_details(alert: Alert) -> str:
    """Return a line for each channel of an alert, with the cause where it is not delivered."""
    return "\n".join(
        tr("%1: %2", _channel_words(one), one.error) if one.error and one.status != "sent" else _channel_words(one)
        for one in alert.deliveries
    )


def _channel_words(delivery: Delivery) -> str:
    if delivery.status == "sent":
        return delivery.channel
    state = tr("failed") if delivery.status == "failed" else tr("not sent yet")
    return tr("%1 (%2)", delivery.channel, state)


def alert_columns(times: Times) -> list[Column[Alert]]:
    """Return the columns of the alerts' table."""
    return [
        Column(
            tr("Alert"),
            alert_title,
            glyph=lambda alert: Glyph.TICK if alert.message is AlertMessage.RECOVERY else Glyph.CROSS,
            stretches=True,
            tooltip=lambda alert: f"{alert_title(alert)}\n{alert_detail(alert)}",
        ),
        Column(tr("Details"), alert_detail, widest="Run 123456: exit code 127 or so", is_muted=True, grows=True),
        Column(
            tr("Sent to"),
            delivery_words,
            widest="channel-name, another-one",
            grows=True,
            is_muted=True,
            is_bad=lambda alert: any(one.status == "failed" for one in alert.deliveries),
            tooltip=delivery_details,
        ),
        Column(tr("Rule"), lambda alert: alert.rule, widest="rule-name-1234", is_muted=True, goes_at=2, grows=True),
        Column(
            tr("When"),
            lambda alert: times.show(alert.at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda alert: absolute(alert.at),
        ),
    ]


def _task_of(alert: Alert) -> SilencedTask | None:
    if alert.task_id is None or alert.message is AlertMessage.RECOVERY:
        return None
    return SilencedTask(alert.task_id, alert.task_name or str(alert.task_id))


class AlertsView(View):
    """The newest alerts; Enter opens the run, the task or the faults."""

    name = "alerts"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._refresher = Refresher(context.background, self._load, name="alerts", parent=self)
        silencer = Silencer(context, _task_of)
        self.model: RowsModel[Alert] = RowsModel(alert_columns(context.times), key=lambda alert: alert.id)
        self.table = DataTable(
            self.model,
            context.theme,
            [
                RowAction(
                    id="show_run",
                    text=lambda: tr("Show run"),
                    do=lambda rows: self._open(rows[0]),
                    icon_name="runs",
                    applies=lambda alert: alert.condition is not AlertCondition.FAULT,
                ),
                RowAction(
                    id="show_faults",
                    text=lambda: tr("Show faults"),
                    do=lambda rows: self._open(rows[0]),
                    icon_name="alerts",
                    applies=lambda alert: alert.condition is AlertCondition.FAULT,
                ),
                *silence_actions(
                    silencer.start,
                    applies=lambda alert: _task_of(alert) is not None,
                    refusal=lambda alert: _why_not_silenced(context.permissions, alert),
                    on_hover=True,
                ),
            ],
        )
        self.add_tables(self.table)
        self.table.opened.connect(self._open)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(lambda: self.follow.emit("policies", {"page": "rules"}))
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.page.addWidget(card, 1)
        context.feeds.alerts.raised.connect(self.changed)
        context.connection.state_changed.connect(lambda: self.table.set_stale(not context.connection.is_online))

    def title(self) -> str:
        return tr("Alerts")

    def primary_action(self) -> str:
        """Offer to say what is told to whom."""
        return tr("Alert rules")

    def do_primary_action(self) -> None:
        """Show the rules."""
        self.follow.emit("policies", {"page": "rules"})

    def refresh(self) -> None:
        """Load the newest alerts."""
        self._refresher.request()

    def _open(self, alert: Alert) -> None:
        if alert.condition is AlertCondition.FAULT:
            self.follow.emit("overview", {"faults": True})
        elif alert.run_id is not None:
            self.follow.emit("runs", {"run": alert.run_id})
        elif alert.task_id is not None:
            self.follow.emit("tasks", {"task": alert.task_id})

    async def _load(self) -> None:
        answer = await self.context.connection.client.request("GET", "/api/alerts", params={"limit": _PAGE})
        self.model.set_rows([Alert.model_validate(one) for one in answer["data"]])
        self.table.setVisible(bool(self.model.rows))
        self._empty.setVisible(not self.model.rows)
        self._empty.show_text(tr("No alerts yet. Alert rules decide who is notified about what."), tr("Alert rules"))


def _why_not_silenced(permissions: Permissions, alert: Alert) -> str:
    """Return why the user may not silence the task of an alert; its folder may be above the task's."""
    if permissions.access.permits_somewhere(Permission.EDIT):
        return ""
    return permissions.why_not(alert.folder or "", Permission.EDIT)
