"""Events of runs."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from console.feeds.decoding import decode
from shared.client.stream import StreamEvent
from shared.enums import EventType
from shared.models.run import Run


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A run, as it is after the event."""

    type: EventType
    run: Run


class RunsFeed(QObject):
    """`changed` carries each `RunEvent`."""

    changed = Signal(object)

    def publish(self, event: StreamEvent) -> None:
        """Decode an event and pass it on."""
        run = decode(event, Run)
        if run is not None:
            self.changed.emit(RunEvent(event.type, run))
