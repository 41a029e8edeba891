"""Events of tasks."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from console.feeds.decoding import decode
from shared.client.stream import StreamEvent
from shared.enums import EventType
from shared.models.task import Task


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """A task, as it is after the event; None after its deletion."""

    type: EventType
    task_id: int
    task: Task | None


class TasksFeed(QObject):
    """`changed` carries each `TaskEvent`."""

    changed = Signal(object)

    def publish(self, event: StreamEvent) -> None:
        """Decode an event and pass it on."""
        if event.type is EventType.TASK_DELETED:
            self.changed.emit(TaskEvent(event.type, int(event.data["id"]), None))
            return
        task = decode(event, Task)
        if task is not None:
            self.changed.emit(TaskEvent(event.type, task.id, task))
