"""Loading what a view shows: at once when it is asked, then with a rest between."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer, Signal

from console.background import BackgroundJobs
from shared.errors import BackendUnreachableError, UnauthorizedError

log = logging.getLogger(__name__)
REST_MS = 500
RETRY_MS = 2000
"""Rest after a request that got no answer. Such a request may fail while the stream goes on, so it is repeated."""


class Refresher(QObject):
    """Runs `load` on request: one at a time, requests in between folded into one more.

    A request without an answer is repeated, and is not an error here: the connection's banner reports a lost backend
    once for all views. Everything else goes to `BackgroundJobs.failed`.
    """

    busy_changed = Signal(bool)

    def __init__(
        self,
        background: BackgroundJobs,
        load: Callable[[], Awaitable[None]],
        *,
        name: str,
        rest_ms: int = REST_MS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._load = load
        self._name = name
        self._is_busy = False
        self._is_wanted = False
        self._is_urgent = False
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._rest_ms = rest_ms
        self._has_failed = False
        self._resting.timeout.connect(self._rested)

    def request(self) -> None:
        """Load soon: now, or when the load in flight and its rest are over."""
        self._is_wanted = True
        if not self._is_busy and not self._resting.isActive():
            self._start()

    def request_now(self) -> None:
        """Load without the rest, at once or right after the load in flight: a person asked."""
        self._resting.stop()
        self._is_urgent = self._is_busy
        self.request()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is loading or about to."""
        return not self._is_busy and not self._resting.isActive()

    def hurry(self) -> None:
        """End the rest now."""
        if not self._is_busy and self._resting.isActive():
            self._resting.stop()
            self._rested()

    def _start(self) -> None:
        self._is_wanted = False
        self._is_busy = True
        self.busy_changed.emit(True)
        if self._background.start(self._run(), name=self._name) is None:
            self._is_busy = False

    async def _run(self) -> None:
        try:
            await self._load()
        except UnauthorizedError:
            pass
        except BackendUnreachableError as error:
            log.debug("%s got no answer: %s", self._name, error)
            self._is_wanted = self._has_failed = True
        except asyncio.CancelledError:
            self._is_wanted = self._is_urgent = False
            raise
        finally:
            self._is_busy = False
            self.busy_changed.emit(False)
            self._rest()

    def _rest(self) -> None:
        is_urgent, self._is_urgent = self._is_urgent, False
        has_failed, self._has_failed = self._has_failed, False
        if is_urgent and self._is_wanted:
            self._start()
        else:
            self._resting.start(RETRY_MS if has_failed else self._rest_ms)

    def _rested(self) -> None:
        if self._is_wanted and not self._is_busy:
            self._start()
