"""The workers that runs can be narrowed to."""

from PySide6.QtCore import QObject, Signal

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.workers import WorkerEvent

_MOST = 500


class WorkerNames(QObject):
    """The ids of all workers: fetched once a connection, then kept up by their feed."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: set[str] = set()
        self._is_loaded = False
        self._refresher = Refresher(context.background, self._load, name="names of workers", parent=self)
        context.connection.resynced.connect(self._forget)
        context.feeds.workers.changed.connect(self._worker_changed)

    def all(self) -> list[str]:
        """Return the ids in order."""
        return sorted(self._known)

    def want(self) -> None:
        """Fetch them, unless they are known."""
        if not self._is_loaded:
            self._refresher.request()

    def _forget(self) -> None:
        self._is_loaded = False

    def _worker_changed(self, event: WorkerEvent) -> None:
        if not self._is_loaded or (event.worker is not None) == (event.worker_id in self._known):
            return
        self._known ^= {event.worker_id}
        self.changed.emit()

    async def _load(self) -> None:
        if (await self._context.permissions.loaded()).is_member:
            return  # runs can be narrowed to what is seen only
        workers = await self._context.connection.client.list_workers(limit=_MOST)
        self._known = {worker.id for worker in workers.data}
        self._is_loaded = True
        self.changed.emit()
