"""How many incidents are open that nobody has acknowledged, nor looked at in this console."""

from PySide6.QtCore import QObject, Signal

from console import remembered
from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection
from console.connection.refresher import Refresher
from console.feeds.alerts import AlertsFeed
from console.incidents import incidents_of
from console.memory import Memory

_MOST = 200
"""Messages that are loaded, as the view of the alerts does."""


class AlertWatch(QObject):
    """`unseen` counts unattended incidents with a message newer than the last one seen; `changed` follows it."""

    changed = Signal()

    def __init__(
        self, connection: BackendConnection, feed: AlertsFeed, background: BackgroundJobs, memory: Memory
    ) -> None:
        super().__init__(connection)
        self._connection = connection
        self._memory = memory
        self._newest = 0
        self.unseen = 0
        self._refresher = Refresher(background, self._load, name="unseen alerts", parent=self)
        connection.resynced.connect(self._refresher.request)
        for happened in (feed.raised, feed.acknowledged):
            happened.connect(self._refresher.request)

    def see(self, newest: int) -> None:
        """Note that a person sees the alerts, down from the message with this id."""
        if newest > self._memory.get(remembered.LAST_SEEN_ALERT):
            self._memory.put(remembered.LAST_SEEN_ALERT, newest)
        if self.unseen and newest >= self._newest:
            self.unseen = 0
            self.changed.emit()

    async def _load(self) -> None:
        alerts = await self._connection.client.list_alerts(limit=_MOST)
        seen = self._memory.get(remembered.LAST_SEEN_ALERT)
        self._newest = max((alert.id for alert in alerts), default=0)
        self.unseen = sum(one.is_unattended and one.newest.id > seen for one in incidents_of(alerts))
        self.changed.emit()
