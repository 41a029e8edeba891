"""The console's one connection: opened, watched, lost, found again."""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from console.connection.endpoint import Endpoint, LocalEndpoint
from shared.client import TaskdeckClient
from shared.client.stream import StreamEvent, StreamGap, StreamItem
from shared.enums import StreamTopic
from shared.errors import BackendUnreachableError, ForbiddenError, TaskdeckError, UnauthorizedError

log = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.1
MOST_DELAY_SECONDS = 5.0
START_SECONDS = 15.0


class ConnectionState(StrEnum):
    """How the connection is."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"


def next_delay(delay: float, state: ConnectionState) -> float:
    """Return how many seconds to wait after a wait of `delay` did not help.

    A backend that is being started beside the console is looked for at an even pace, and found as soon as it is there.
    """
    return FIRST_DELAY_SECONDS if state is ConnectionState.CONNECTING else min(delay * 2, MOST_DELAY_SECONDS)


class BackendConnection(QObject):
    """Keeps a client and the live stream of one endpoint.

    `event_received` carries each `StreamEvent`. `resynced` follows each connection and each gap in the stream: what is
    shown must be loaded again.
    """

    state_changed = Signal()
    event_received = Signal(object)
    resynced = Signal()

    def __init__(self, endpoint: Endpoint, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.endpoint = endpoint
        self.state = ConnectionState.CONNECTING
        self.error: TaskdeckError | None = None
        self.last_seen: datetime | None = None
        self._client: TaskdeckClient | None = None
        self._last_event_id: str | None = None
        self._asked_at = time.monotonic()
        self._again = asyncio.Event()
        self._session: asyncio.Task[None] | None = None

    @property
    def is_online(self) -> bool:
        """Whether calls have a chance."""
        return self.state is ConnectionState.ONLINE

    def present(self) -> datetime:
        """Return the time at which what is shown is true: now, or that of the last answer while the backend is away."""
        return datetime.now(UTC) if self.is_online or self.last_seen is None else self.last_seen

    @property
    def client(self) -> TaskdeckClient:
        """The client in use; raises `BackendUnreachableError` where there is none."""
        if self._client is None:
            raise self.error or BackendUnreachableError("The console is not connected yet. Wait a moment.")
        return self._client

    def retry_now(self) -> None:
        """Try again without waiting for the delay to pass."""
        self._again.set()

    async def run(self) -> None:
        """Connect, listen, and connect again, until cancelled."""
        delay = FIRST_DELAY_SECONDS
        try:
            while True:
                endpoint = self.endpoint
                self._session = asyncio.create_task(self._one_session(), name="session")
                try:
                    was_online = await self._watch(self._session, endpoint)
                finally:
                    await self._close_client()
                if was_online or endpoint is not self.endpoint:
                    delay = FIRST_DELAY_SECONDS
                await self._pause(delay, forever=self.state is ConnectionState.SIGNED_OUT)
                delay = next_delay(delay, self.state)
        finally:
            if self._session is not None:
                self._session.cancel()

    async def _watch(self, session: asyncio.Task[None], endpoint: Endpoint) -> bool:
        """Wait for the end of a session; return whether it had been online."""
        try:
            await asyncio.wait([session])
        except asyncio.CancelledError:
            session.cancel()
            await asyncio.gather(session, return_exceptions=True)
            raise
        was_online = self.is_online
        if endpoint is not self.endpoint or session.cancelled():
            return was_online
        error = session.exception()
        if isinstance(error, UnauthorizedError | ForbiddenError):
            self._set(ConnectionState.SIGNED_OUT, error)
        elif isinstance(error, TaskdeckError):
            starting = isinstance(endpoint, LocalEndpoint) and self.last_seen is None and self._is_patient()
            self._set(ConnectionState.CONNECTING if starting else ConnectionState.OFFLINE, error)
        elif error is not None:
            log.error("the connection's session broke", exc_info=error)
            self._set(ConnectionState.OFFLINE, TaskdeckError(f"The console met an error of its own: {error}"))
        return was_online

    def _is_patient(self) -> bool:
        """Whether a local backend may still be on its way: the console is opened beside its start."""
        return time.monotonic() - self._asked_at < START_SECONDS

    async def _one_session(self) -> None:
        self._client = self.endpoint.open()
        topics = list(StreamTopic)
        async with contextlib.aclosing(self._client.stream(topics, last_event_id=self._last_event_id)) as events:
            async for item in events:
                self._take(item)

    def _take(self, item: StreamItem) -> None:
        self.last_seen = datetime.now(UTC)
        if item.id:
            self._last_event_id = item.id
        if not self.is_online:
            self._set(ConnectionState.ONLINE, None)
            self.resynced.emit()
        if isinstance(item, StreamGap):
            self.resynced.emit()
        elif isinstance(item, StreamEvent):
            self.event_received.emit(item)

    async def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _pause(self, delay: float, *, forever: bool) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if forever else delay):
                await self._again.wait()
        self._again.clear()

    def _set(self, state: ConnectionState, error: TaskdeckError | None) -> None:
        changed = state is not self.state or (error and error.detail) != (self.error and self.error.detail)
        self.state, self.error = state, error
        if changed:
            self.state_changed.emit()
