"""Events of workers."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from console.feeds.decoding import decode
from shared.client.stream import StreamEvent
from shared.enums import EventType
from shared.models.worker import Worker


@dataclass(frozen=True, slots=True)
class WorkerEvent:
    """A worker, as it is after the event; None after its removal from the list."""

    type: EventType
    worker_id: str
    worker: Worker | None


class WorkersFeed(QObject):
    """`changed` carries each `WorkerEvent`."""

    changed = Signal(object)

    def publish(self, event: StreamEvent) -> None:
        """Decode an event and pass it on."""
        if event.type is EventType.WORKER_REMOVED:
            self.changed.emit(WorkerEvent(event.type, str(event.data["id"]), None))
            return
        worker = decode(event, Worker)
        if worker is not None:
            self.changed.emit(WorkerEvent(event.type, worker.id, worker))
