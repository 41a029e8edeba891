"""The connections of the API: how many, and how long each may take.

uvicorn bounds neither the size of a request's head nor the time until it is complete, so that a stranger could hold
memory and connections for nothing.
"""

import asyncio
import http
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What one connection may take; times are in seconds."""

    most_head_bytes: int = 32 * 1024
    """Request line and headers together. Tokens and cookies of single sign-on have a few kilobytes."""

    most_headers: int = 100
    """As in Apache and in Python's own server."""

    head_seconds: float = 10.0
    """Until the head of a request is complete, from the connection or from its first byte."""

    unread_body_seconds: float = 5.0
    """How long the rest of a body is still taken after its answer: a client that is sending sees the answer late."""

    stalled_seconds: float = 30.0
    """How long a client may read nothing of an answer."""


class ConnectionTable:
    """All open connections, at most `most`. Where a new one finds no place, the one that is idle longest is closed.

    So strangers who open connections and send nothing keep nobody out.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: dict[BoundedProtocol, None] = {}
        self._count = 0

    def admit(self, connection: "BoundedProtocol") -> bool:
        """Add a new connection, which is idle; return False where all places are busy."""
        if self._count >= self._most and not self._close_idlest():
            return False
        self._count += 1
        self._idle[connection] = None
        return True

    def set_busy(self, connection: "BoundedProtocol") -> None:
        """Note that a request of the connection is being answered."""
        self._idle.pop(connection, None)

    def set_idle(self, connection: "BoundedProtocol") -> None:
        """Note that the connection waits for its next request."""
        self._idle.pop(connection, None)
        self._idle[connection] = None

    def remove(self, connection: "BoundedProtocol") -> None:
        """Give the place of a connection that was closed to others."""
        self._idle.pop(connection, None)
        self._count -= 1

    def _close_idlest(self) -> bool:
        idlest = next(iter(self._idle), None)
        if idlest is None:
            return False
        del self._idle[idlest]
        idlest.transport.abort()
        return True


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with the limits of `ConnectionLimits`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        table: ConnectionTable,
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state)
        self._table = table
        self._limits = limits
        self._is_admitted = False
        self._is_refused = False
        self._in_head = True
        self._in_message = False
        self._head_bytes = 0
        self._timers: dict[Callable[[], None], asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Override of uvicorn: count the connection, and wait for its first request."""
        super().connection_made(transport)
        self._is_admitted = self._table.admit(self)
        if not self._is_admitted:
            self._refuse(503)
            return
        self._start(self._head_is_late, self._limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Override of uvicorn: give the place free."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._is_admitted:
            self._is_admitted = False
            self._table.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Override of uvicorn: bound the head while it is incomplete."""
        if self._is_refused:
            return
        super().data_received(data)
        if self._in_head and self._in_message and not self._is_refused:
            self._head_bytes += len(data)
            if self._head_bytes > self._limits.most_head_bytes:
                self._refuse(431)

    def on_message_begin(self) -> None:
        """Override of uvicorn: a request begins."""
        super().on_message_begin()
        self._in_head = self._in_message = True
        self._head_bytes = 0
        self._start(self._head_is_late, self._limits.head_seconds)

    def on_url(self, url: bytes) -> None:
        """Override of uvicorn: bound the request line."""
        super().on_url(url)
        if len(self.url) > self._limits.most_head_bytes:
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Override of uvicorn: bound the number of headers."""
        if len(self.headers) >= self._limits.most_headers:
            self._refuse(431)
            return
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Override of uvicorn: begin to answer, unless the head is too large."""
        self._in_head = False
        self._cancel(self._head_is_late)
        if sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > self._limits.most_head_bytes:
            self._refuse(431)
        if not self._is_refused:
            self._table.set_busy(self)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Override of uvicorn: take nothing of a request that was refused."""
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Override of uvicorn: the request has arrived."""
        self._in_message = self._in_head = False
        self._cancel(self._close)
        if not self._is_refused:
            super().on_message_complete()
            if self.cycle.response_complete:
                self._table.set_idle(self)

    def on_response_complete(self) -> None:
        """Override of uvicorn: wait for the next request, or for the rest of this one's body."""
        super().on_response_complete()
        if not self.cycle.response_complete or self._in_head:
            return  # another request was sent before this answer
        if self._in_message:
            self._start(self._close, self._limits.unread_body_seconds)
        else:
            self._table.set_idle(self)

    def pause_writing(self) -> None:
        """Override of uvicorn: the client does not read."""
        super().pause_writing()
        self._start(self._abort, self._limits.stalled_seconds)

    def resume_writing(self) -> None:
        """Override of uvicorn: the client reads again."""
        super().resume_writing()
        self._cancel(self._abort)

    def _start(self, action: Callable[[], None], seconds: float) -> None:
        self._cancel(action)
        self._timers[action] = self.loop.call_later(seconds, action)

    def _cancel(self, action: Callable[[], None]) -> None:
        timer = self._timers.pop(action, None)
        if timer is not None:
            timer.cancel()

    def _head_is_late(self) -> None:
        if self._in_message:
            self._refuse(408)
        else:
            self._close()

    def _close(self) -> None:
        self.transport.close()

    def _abort(self) -> None:
        self.transport.abort()

    def _refuse(self, status: int) -> None:
        """Answer without the application, and close the connection."""
        if self._is_refused:
            return
        self._is_refused = True
        phrase = http.HTTPStatus(status).phrase
        head = f"HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain\r\ncontent-length: {len(phrase)}\r\n"
        head += "retry-after: 1\r\n" if status == http.HTTPStatus.SERVICE_UNAVAILABLE else ""
        self.transport.write(f"{head}connection: close\r\n\r\n{phrase}".encode())
        self.transport.close()
