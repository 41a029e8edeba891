"""The user service that keeps the local backend running."""

import asyncio

from PySide6.QtCore import QObject, Signal

from console.background import BackgroundJobs
from console.connection.local_keeper import LocalKeeper
from console.words import tr
from shared.errors import StartupError
from shared.user_service import UserService


class LocalService(QObject):
    """The service manager may take seconds, so it is called in a thread; `changed` follows each answer."""

    changed = Signal()

    def __init__(self, tasks: BackgroundJobs, keeper: LocalKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._keeper = keeper
        self._service = UserService(keeper.data_dir)
        self.is_busy = False
        self._trouble = ""

    @property
    def is_installed(self) -> bool:
        """Whether the service is installed."""
        return self._service.path.exists()

    def words(self) -> str:
        """Return the state of the service, or the error of the last change."""
        if self._trouble:
            return self._trouble
        if self.is_installed:
            return tr("It runs as a user service that starts when you sign in.")
        return tr("Run it as a user service that starts when you sign in, even without the console.")

    def toggle(self) -> None:
        """Install the service, or remove it."""
        self._tasks.start(self._toggle(), name="service")

    async def _toggle(self) -> None:
        self.is_busy = True
        self._trouble = ""
        self.changed.emit()
        try:
            if self.is_installed:
                await asyncio.to_thread(self._service.remove)
            else:
                await asyncio.to_thread(self._service.install)
                # The service cannot begin while the console's own has the data directory; it tries again soon after.
                await self._keeper.close()
        except (StartupError, OSError) as error:
            self._trouble = str(error)
        finally:
            self.is_busy = False
            self.changed.emit()
