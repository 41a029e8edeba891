"""The user's service that keeps this machine's backend running."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.supervised import TaskSet
from console.words import tr
from shared.errors import StartupError
from shared.user_service import UserService


class LocalService(QObject):
    """Its manager may take seconds, so it is asked in a thread; `changed` follows each answer."""

    changed = Signal()

    def __init__(self, tasks: TaskSet, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._service = UserService(data_dir)
        self.is_busy = False
        self._trouble = ""

    @property
    def is_installed(self) -> bool:
        """Whether it is there."""
        return self._service.path.exists()

    def words(self) -> str:
        """Return how it is, or why the last wish was not fulfilled."""
        if self._trouble:
            return self._trouble
        if self.is_installed:
            return tr("A service of your user runs it, from your sign-in on.")
        return tr("A service of your user can run it, from your sign-in on, whether the console is open or not.")

    def toggle(self) -> None:
        """Install it, or remove it."""
        work = self._service.remove if self.is_installed else self._service.install
        self._tasks.start(self._do(work), name="service")

    async def _do(self, work: Callable[[], None]) -> None:
        self.is_busy = True
        self._trouble = ""
        self.changed.emit()
        try:
            await asyncio.to_thread(work)
        except (StartupError, OSError) as error:
            self._trouble = str(error)
        finally:
            self.is_busy = False
            self.changed.emit()
