"""How alerts are shown as rows."""

from datetime import UTC, datetime

from console.incidents import Incident
from console.silence_words import silenced_until
from console.silences import Silences
from console.theme.glyphs import Glyph
from console.views.alerts.words import alert_detail, alert_title
from console.widgets.table_model import Column, Sign
from console.words import Times, absolute, enumeration, number, span, tr
from shared.models.alert import Alert, AlertMessage, Delivery


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


def incident_columns(times: Times, silences: Silences) -> list[Column[Incident]]:
    """Return the columns of all alerts, folded into incidents."""

    def sign(incident: Incident) -> Sign | None:
        alert = incident.newest
        return silence_sign(silences, alert.task_id, alert.folder or "") if incident.is_open else None

    return [
        Column(
            tr("Alert"),
            lambda incident: alert_title(incident.newest),
            glyph=lambda incident: Glyph.CROSS if incident.is_open else Glyph.TICK,
            stretches=True,
            tooltip=lambda incident: f"{alert_title(incident.newest)}\n{alert_detail(incident.newest)}",
            sign=sign,
        ),
        Column(
            tr("Details"),
            lambda incident: alert_detail(incident.newest),
            widest="Run 123456: exit code 127 or so",
            is_muted=True,
            grows=True,
        ),
        Column(
            tr("Sent to"),
            lambda incident: delivery_words(incident.newest),
            widest="channel-name, another-one",
            grows=True,
            is_muted=True,
            is_bad=lambda incident: any(one.status == "failed" for one in incident.newest.deliveries),
            tooltip=lambda incident: delivery_details(incident.newest),
            goes_at=3,
        ),
        Column(
            tr("Rule"),
            lambda incident: incident.newest.rule,
            widest="rule-name-1234",
            is_muted=True,
            goes_at=2,
            grows=True,
        ),
        Column(
            tr("Messages"),
            lambda incident: number(incident.messages),
            widest="1,000",
            is_number=True,
            is_muted=True,
            goes_at=4,
        ),
        Column(
            tr("Acknowledged by"),
            lambda incident: incident.newest.acknowledged_by or "",
            widest="a.long.name",
            is_muted=True,
            tooltip=lambda incident: absolute(incident.newest.acknowledged_at),
            goes_at=3,
            grows=True,
        ),
        Column(
            tr("Duration"),
            lambda incident: duration_words(incident, times.now()),
            widest=tr("over after %1", span(59 * 60)),
            is_muted=True,
            tooltip=lambda incident: tr("Since %1", absolute(incident.oldest.at)),
            goes_at=1,
        ),
        Column(
            tr("When"),
            lambda incident: times.show(incident.newest.at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda incident: absolute(incident.newest.at),
        ),
    ]


def silence_sign(silences: Silences, task_id: int | None, folder: str) -> Sign | None:
    """Return the sign of a row about a task, or about several tasks of a folder, whose alerts are silenced."""
    silence = silences.of(task_id, folder)
    return Sign("silence", silenced_until(silence, datetime.now(UTC))) if silence is not None else None


def duration_words(incident: Incident, now: datetime) -> str:
    """Return how long an incident has been open, or was until it recovered."""
    lasted = span(incident.lasted(now).total_seconds())
    if incident.is_open:
        return tr("open for %1", lasted)
    return tr("over after %1", lasted) if incident.messages > 1 else tr("over")


def short_alert_columns(times: Times) -> list[Column[Alert]]:
    """Return the columns of the alerts about one object."""
    return [
        Column(
            tr("Alert"),
            alert_title,
            glyph=lambda alert: Glyph.TICK if alert.message is AlertMessage.RECOVERY else Glyph.CROSS,
            stretches=True,
            tooltip=lambda alert: f"{alert_title(alert)}\n{alert_detail(alert)}",
        ),
        Column(
            tr("When"),
            lambda alert: times.show(alert.at),
            widest="59 min ago",
            is_muted=True,
            tooltip=lambda alert: absolute(alert.at),
        ),
    ]
