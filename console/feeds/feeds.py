"""The feeds of one connection."""

from PySide6.QtCore import QObject

from console.connection.backend_connection import BackendConnection
from console.feeds.alerts import AlertsFeed
from console.feeds.queue import QueueFeed
from console.feeds.runs import RunsFeed
from console.feeds.tasks import TasksFeed
from console.feeds.workers import WorkersFeed
from shared.client.stream import StreamEvent
from shared.enums import StreamTopic


class Feeds(QObject):
    """Gives each event of the live stream to the feed of its topic."""

    def __init__(self, connection: BackendConnection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsFeed(self)
        self.tasks = TasksFeed(self)
        self.workers = WorkersFeed(self)
        self.queue = QueueFeed(self)
        self.alerts = AlertsFeed(self)
        self._by_topic = {
            StreamTopic.RUNS: self.runs.publish,
            StreamTopic.TASKS: self.tasks.publish,
            StreamTopic.WORKERS: self.workers.publish,
            StreamTopic.QUEUES: self.queue.publish,
            StreamTopic.ALERTS: self.alerts.publish,
        }
        connection.event_received.connect(self._publish)

    def _publish(self, event: StreamEvent) -> None:
        self._by_topic[event.type.topic](event)
