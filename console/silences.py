"""The silences that the backend has, for the views that mark what is silenced."""

from PySide6.QtCore import QObject, Signal

from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection
from console.connection.refresher import Refresher
from console.feeds.alerts import AlertsFeed
from console.silence_words import silence_of
from shared.models.alert import Silence


class Silences(QObject):
    """`changed` follows when others are in force.

    No event reports a silence. They are loaded again with each alert, which may have ended one, when this console
    begins or ends one, and when a view that marks them is shown.
    """

    changed = Signal()

    def __init__(self, connection: BackendConnection, feed: AlertsFeed, background: BackgroundJobs) -> None:
        super().__init__(connection)
        self._connection = connection
        self._refresher = Refresher(background, self._load, name="silences", parent=self)
        self.current: list[Silence] = []
        connection.resynced.connect(self._refresher.request)
        feed.raised.connect(self._refresher.request)

    def refresh(self) -> None:
        """Load them again."""
        self._refresher.request_now()

    def of(self, task_id: int | None, folder: str) -> Silence | None:
        """Return the silence that holds alerts about a task, or about several tasks of a folder, back now."""
        return silence_of(task_id, folder, self.current, self._connection.present()) if self.current else None

    async def _load(self) -> None:
        found = await self._connection.client.list_silences()
        if found != self.current:
            self.current = found
            self.changed.emit()
