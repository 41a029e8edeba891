"""Samples of the queue's depth, and elections of the dispatcher."""

from PySide6.QtCore import QObject, Signal

from console.feeds.decoding import decode
from shared.client.stream import StreamEvent
from shared.enums import EventType
from shared.models.system import QueueDepth


class QueueFeed(QObject):
    """`sampled` carries each `QueueDepth`; `dispatcher_elected` follows each change of the leader."""

    sampled = Signal(object)
    dispatcher_elected = Signal()

    def publish(self, event: StreamEvent) -> None:
        """Decode an event and pass it on."""
        if event.type is EventType.DISPATCHER_ELECTED:
            self.dispatcher_elected.emit()
            return
        depth = decode(event, QueueDepth)
        if depth is not None:
            self.sampled.emit(depth)
