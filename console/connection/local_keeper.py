"""Starts the local backend if none runs, and restarts it when it dies."""

import asyncio
import contextlib
import signal
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from console.background import BackgroundJobs
from console.connection.backend_connection import BackendConnection, ConnectionState
from console.connection.endpoint import LocalEndpoint
from console.options import Options
from shared.local_backend import DISCOVERY_FILE, LocalBackend, find_local_backend
from shared.own_program import taskdeck_command

FIRST_DELAY_SECONDS = 1.0
MOST_RESTARTS = 5
FORGIVEN_AFTER_SECONDS = 600.0
_END_SECONDS = 30.0


def restart_delay(deaths: list[float], now: float) -> float | None:
    """Return how many seconds to wait before the next start; None where it has died too often to try again.

    `deaths` are times in seconds; those of more than ten minutes ago are forgiven. The first is answered at once.
    """
    recent = [at for at in deaths if now - at <= FORGIVEN_AFTER_SECONDS]
    if len(recent) > MOST_RESTARTS:
        return None
    return 0.0 if len(recent) <= 1 else float(FIRST_DELAY_SECONDS * 2 ** (len(recent) - 2))


class LocalKeeper(QObject):
    """Watches the backend of this machine while it is the one in use; `changed` follows what it does.

    A backend that was stopped with leave is left alone: it has withdrawn its address. One that died has not.
    """

    changed = Signal()

    def __init__(
        self,
        connection: BackendConnection,
        background: BackgroundJobs,
        options: Options,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._connection = connection
        self._background = background
        self._data_dir = options.data_dir
        self._process: asyncio.subprocess.Process | None = None
        self._deaths: list[float] = []
        self._is_starting = False
        self.has_given_up = False
        self.starts_by_itself = options.starts_backend
        connection.state_changed.connect(self._look)

    @property
    def log_path(self) -> Path:
        """Where the local backend writes its log."""
        return self._data_dir / "logs" / "backend.log"

    @property
    def data_dir(self) -> Path:
        """Where the local backend keeps all it has."""
        return self._data_dir

    @property
    def running(self) -> LocalBackend | None:
        """This machine's backend, where one runs."""
        return find_local_backend(self._data_dir)

    @property
    def is_local(self) -> bool:
        """Whether this machine's backend is the one in use."""
        return isinstance(self._connection.endpoint, LocalEndpoint)

    @property
    def is_starting(self) -> bool:
        """Whether a start is under way."""
        return self._is_starting

    @property
    def can_start(self) -> bool:
        """Whether this machine's backend is wanted and does not run."""
        return self.is_local and not self._is_starting and find_local_backend(self._data_dir) is None

    def want_started(self) -> None:
        """Start the backend by itself from now on: a person has chosen this machine."""
        self.starts_by_itself = True

    def take_over(self, former: "LocalKeeper") -> None:
        """Go on where the keeper of the former window was: the process is the same."""
        self._process, former._process = former._process, None
        self._deaths = former._deaths
        self.starts_by_itself = former.starts_by_itself
        self._look()

    def start(self) -> None:
        """Start the backend: a person asked, so former deaths no longer count."""
        self._deaths.clear()
        self.has_given_up = False
        if self.can_start:
            self._background.start(self._start(0.0), name="start backend")

    def _look(self) -> None:
        """Decide, each time the connection's state changes, whether a start is due."""
        if not self.can_start or self._connection.state is ConnectionState.ONLINE or self.has_given_up:
            return
        died = (self._data_dir / DISCOVERY_FILE).exists()
        if not died and not (self.starts_by_itself and self._connection.last_seen is None):
            return
        self._deaths.append(time.monotonic())
        delay = restart_delay(self._deaths, time.monotonic())
        if delay is None:
            self.has_given_up = True
            self.changed.emit()
        else:
            self._background.start(self._start(delay), name="start backend")

    async def _start(self, delay: float) -> None:
        self._is_starting = True
        self.changed.emit()
        try:
            await asyncio.sleep(delay)
            if find_local_backend(self._data_dir) is None:
                self._process = await asyncio.create_subprocess_exec(
                    *taskdeck_command("up", "--headless", "--data-dir", str(self._data_dir)),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                    start_new_session=True,
                )
                await self._until_it_answers(self._process)
        finally:
            self._is_starting = False
            self.changed.emit()

    async def _until_it_answers(self, process: asyncio.subprocess.Process) -> None:
        """Wait until it has announced its address, or has ended."""
        ending = asyncio.create_task(process.wait())
        try:
            while not ending.done() and find_local_backend(self._data_dir) is None:
                await asyncio.wait([ending], timeout=0.1)
        finally:
            ending.cancel()
        self._connection.retry_now()

    async def close(self) -> None:
        """End the backend that this console started; one that somebody else started goes on."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
