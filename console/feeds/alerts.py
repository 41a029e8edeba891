"""Events of alerts."""

from PySide6.QtCore import QObject, Signal

from console.feeds.decoding import decode
from shared.client.stream import StreamEvent
from shared.models.alert import Alert


class AlertsFeed(QObject):
    """`raised` carries each `Alert`."""

    raised = Signal(object)

    def publish(self, event: StreamEvent) -> None:
        """Decode an event and pass it on."""
        alert = decode(event, Alert)
        if alert is not None:
            self.raised.emit(alert)
