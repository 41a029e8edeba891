"""Events of alerts."""

from PySide6.QtCore import QObject, Signal

from console.feeds.decoding import decode
from shared.client.stream import StreamEvent
from shared.enums import EventType
from shared.models.alert import Alert


class AlertsFeed(QObject):
    """`raised` carries each `Alert`, `acknowledged` one that somebody acknowledged, or no longer does."""

    raised = Signal(object)
    acknowledged = Signal(object)

    def publish(self, event: StreamEvent) -> None:
        """Decode an event and pass it on."""
        alert = decode(event, Alert)
        if alert is None:
            return
        is_new = event.type is EventType.ALERT_RAISED
        (self.raised if is_new else self.acknowledged).emit(alert)
