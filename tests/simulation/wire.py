"""The network between simulated processes and the real PostgreSQL server: one statement at a time, in virtual time.

A statement waits for its latency, then for its turn. While it executes, nothing else happens and no virtual time
passes, so the order of everything follows from the seed. A statement that waits for a lock gives its turn to others
until the lock is free. Before each transaction the connection's clock is set: `sim.now` is what `now()` returns.
"""

import asyncio
import contextlib
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any

from tests.simulation.admin import Admin
from tests.simulation.clock import VirtualClock
from tests.simulation.process import PROCESS, Process, outside

_READY = ord("Z")
_KEY_DATA = ord("K")
_NOTIFICATION = ord("A")
_ANSWER_OF_SET = (ord("C"), ord("E"), ord("Z"))
_IDLE = ord("I")
_TERMINATE = b"X"
_FLUSH = b"H\x00\x00\x00\x04"
_SYNC = b"S\x00\x00\x00\x04"
_ENDS_OF_PREPARE = (ord("T"), ord("n"), ord("E"))
"""What answers a statement that is prepared only: asyncpg asks for it with a flush."""
_NOTIFY_CHANNEL = b"\x00\x00\x00\x08taskdeck\x00\x00"
"""The first parameter of `pg_notify` as it is bound: the name of the product's channel."""
_LISTEN = b"LISTEN "

_REAL_WAIT_SECONDS = 0.004
"""A statement that takes longer may wait for a lock, so that is asked."""
_REAL_TIMEOUT_SECONDS = 20.0
_NOTIFICATION_SECONDS = 3.0

_CANCEL_REQUEST = 80877102

Select = Callable[[float | None], list[Any]]
Latency = Callable[[Process | None], float]


class Wire:
    """All connections of one simulation."""

    def __init__(self, clock: VirtualClock, admin: Admin) -> None:
        self.clock = clock
        self.admin = admin
        self.latency: Latency = lambda _: 0.0
        self.on_statement: Callable[[Process, str], bool] = lambda _process, _moment: False
        """Called before a statement executes ("sent") and when its answer arrives ("answered"); true kills the
        process, and the statement or its answer is lost."""
        self.unhandled: list[Mapping[str, Any]] = []
        self.connections: list[Connection] = []
        self.trace: Callable[[str], None] = lambda _: None
        self._queue: deque[Connection] = deque()
        self._current: Connection | None = None
        self._parked: list[Connection] = []
        self._blackholed: list[Connection] = []
        self._hidden_losses: list[Connection] = []
        self._notified: set[Connection] = set()

    @property
    def is_waiting(self) -> bool:
        """Whether a statement executes, or a notification is on its way."""
        return (self._current is not None and self._current.is_sent) or bool(self._notified)

    def on_unhandled(self, context: Mapping[str, Any]) -> None:
        """Note what nobody awaited."""
        self.unhandled.append(context)

    def wait(self, select: Select) -> list[Any]:
        """Wait in real time for the answer; return an empty list where the statement waits for a lock."""
        began = time.perf_counter()
        while True:
            if events := select(_REAL_WAIT_SECONDS):
                return events
            took = time.perf_counter() - began
            current = self._current
            if current is not None and current.is_sent:
                if current.pid and self.admin.is_blocked(current.pid):
                    self._current = None
                    self._parked.append(current)
                    self.trace(f"{current} waits for a lock")
                    self._next()
                    return []
            elif took > _NOTIFICATION_SECONDS:
                self._notified.clear()
                return []
            if took > _REAL_TIMEOUT_SECONDS:
                raise AssertionError(f"PostgreSQL does not answer {current}")

    async def connect(self, open_: Callable[..., Any], factory: Callable[[], Any], *address: Any) -> Any:
        """Connect as the current process."""
        process = PROCESS.get()
        probe = factory()
        if not hasattr(probe, "is_connected"):  # asyncpg's request to cancel a statement
            return _CancelRequest(self, probe), probe
        while process is not None and process.database_is_cut:
            await asyncio.sleep(1.0)
        if process is not None and process.is_dead:
            raise ConnectionRefusedError("the process was killed")
        connection = Connection(self, probe, process)
        await connection.turn()
        try:
            await open_(lambda: connection, *address)
        except BaseException:
            connection.is_lost = True
            self.done(connection)
            raise
        self.connections.append(connection)
        return connection.gate, probe

    def enqueue(self, connection: "Connection") -> None:
        """Execute the statement of a connection as soon as no other one executes."""
        if connection.is_lost:
            return
        if connection.process is not None and connection.process.database_is_cut:
            self._blackholed.append(connection)
            return
        self._queue.append(connection)
        self._next()

    def done(self, connection: "Connection") -> None:
        """Let the next statement execute."""
        if connection is self._current:
            self._current = None
        if connection in self._parked:
            self._parked.remove(connection)
        self._notified.discard(connection)
        self._next()

    def expect_notifications(self) -> None:
        """Wait until every listening connection has its notification."""
        self._notified = {one for one in self.connections if one.is_listening and not one.is_lost}
        self.trace(f"notifies {len(self._notified)}")

    def notified(self, connection: "Connection") -> None:
        """Note that a notification arrived."""
        self._notified.discard(connection)
        self.trace(f"{connection} is notified")

    def release(self, pid: int) -> None:
        """Cancel a statement that waits for a lock; one that has executed is left."""
        if any(one.pid == pid for one in self._parked):
            self.admin.cancel(pid)
            self._next()

    def hide_loss(self, connection: "Connection") -> None:
        """Tell a process that a connection was lost when it can receive packets again."""
        self._hidden_losses.append(connection)

    def heal(self, process: Process) -> None:
        """Deliver in both directions again: the process continues, or its network does."""
        process.database_is_cut = False
        lost = [one for one in self._hidden_losses if one.process is process]
        self._hidden_losses = [one for one in self._hidden_losses if one.process is not process]
        for connection in lost:
            connection.connection_lost(None)
        waiting = [one for one in self._blackholed if one.process is process]
        self._blackholed = [one for one in self._blackholed if one.process is not process]
        for connection in [one for one in self.connections if one.process is process and not one.is_lost]:
            if connection.pid and not self.admin.is_alive(connection.pid):
                connection.cut()
            else:
                connection.deliver_held()
        for connection in waiting:
            self.enqueue(connection)

    def cut(self, process: Process | None) -> None:
        """Close the connections of a process, or all of them."""
        for connection in [one for one in self.connections if process is None or one.process is process]:
            connection.cut()

    def pids(self, process: Process) -> list[int]:
        """Return the server's processes for a simulated one."""
        return [one.pid for one in self.connections if one.process is process and one.pid and not one.is_lost]

    def _next(self) -> None:
        if self._current is not None:
            return
        for connection in list(self._parked):
            if connection.pid and not self.admin.is_blocked(connection.pid):
                self._parked.remove(connection)
                self._current = connection
                return
        while self._queue and self._current is None:
            connection = self._queue.popleft()
            if not connection.is_lost:
                self._current = connection
                connection.execute()


class Connection(asyncio.Protocol):
    """Between asyncpg's protocol and the real transport."""

    def __init__(self, wire: Wire, inner: Any, process: Process | None) -> None:
        self.process = process
        self.pid = 0
        self.is_sent = False
        self.is_lost = False
        self.is_listening = False
        self.gate = _Gate(self)
        self._wire = wire
        self._inner = inner
        self._context = copy_context()
        self._real: asyncio.Transport | None = None
        self._received = b""
        self._pending = b""
        self._held: list[bytes] = []
        self._is_starting = True
        self._is_setting_clock = False
        self._is_preparing = False
        self._has_prepared_listen = False
        self._is_in_transaction = False
        self._turn: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"{self.process}'s connection"

    async def turn(self) -> None:
        """Return when the connection may be opened."""
        turn = self._turn = asyncio.get_running_loop().create_future()
        self._wire.enqueue(self)
        try:
            await turn
        except asyncio.CancelledError:
            self.is_lost = True
            self._wire.done(self)
            raise

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._real = transport
        self._context.run(self._inner.connection_made, self.gate)

    def write(self, data: bytes) -> None:
        """Send what asyncpg writes: at once while the connection starts or ends, else as a statement."""
        if self._real is None or self.is_lost:
            return
        if data[:1] == _TERMINATE and not self._is_starting:
            self.cut()
        elif self._is_starting:
            self._real.write(data)
            self.is_sent = True
        else:
            is_first = not self._pending
            self._pending += data
            if is_first:
                delay = self._wire.latency(self.process)
                asyncio.get_running_loop().call_later(delay, self._wire.enqueue, self, context=outside())

    def execute(self) -> None:
        """Send the statement to the server; this connection has the turn."""
        if self._turn is not None:
            turn, self._turn = self._turn, None
            if not turn.done():
                turn.set_result(None)
            return
        assert self._real is not None
        data, self._pending = self._pending, b""
        if self.process is not None:
            self.process.statements += 1
            if self._wire.on_statement(self.process, "sent"):
                self._wire.done(self)
                return
        self._wire.trace(f"{self} executes")
        # asyncpg prepares the statement first, and executes it with the next message.
        self.is_listening = self.is_listening or self._has_prepared_listen
        self._has_prepared_listen = _LISTEN in data
        if _NOTIFY_CHANNEL in data:
            self._wire.expect_notifications()
        self._is_preparing = data.endswith(_FLUSH)
        if not self._is_in_transaction and data != _SYNC:
            self._is_setting_clock = True
            text = f"set sim.now = '{self._wire.clock.wall.isoformat()}'".encode() + b"\0"
            data = b"Q" + struct.pack("!i", len(text) + 4) + text + data
        self._real.write(data)
        self.is_sent = True

    def data_received(self, data: bytes) -> None:
        self._received += data
        kept = []
        is_ready = False
        while len(self._received) >= 5:
            size = 1 + int.from_bytes(self._received[1:5], "big")
            if len(self._received) < size:
                break
            message, self._received = self._received[:size], self._received[size:]
            kind = message[0]
            if self._is_setting_clock and kind in _ANSWER_OF_SET:
                self._is_setting_clock = kind != _READY
                continue
            if kind == _KEY_DATA:
                self.pid = int.from_bytes(message[5:9], "big")
            elif kind == _NOTIFICATION:
                self._wire.notified(self)
            elif kind == _READY:
                is_ready = True
                self._is_in_transaction = message[5] != _IDLE
            elif self._is_preparing and kind in _ENDS_OF_PREPARE:
                is_ready, self._is_preparing = True, False
            kept.append(message)
        if kept:
            self._deliver(b"".join(kept))
        if is_ready:
            was_starting, self._is_starting = self._is_starting, False
            self.is_sent = False
            if self.process is not None and not was_starting and self._wire.on_statement(self.process, "answered"):
                self._held.clear()
            self._wire.done(self)

    def _deliver(self, data: bytes) -> None:
        if self.process is not None and self.process.is_dead:
            return
        if self.process is not None and (self.process.is_stopped or self.process.database_is_cut):
            self._held.append(data)
        else:
            self._context.run(self._inner.data_received, data)

    def deliver_held(self) -> None:
        """Deliver what arrived while the process was stopped or cut off."""
        held, self._held = self._held, []
        for data in held:
            self._context.run(self._inner.data_received, data)

    def cut(self) -> None:
        """Close the connection and wait until the server has noticed, which releases its locks."""
        if self.is_lost:
            return
        self.is_lost = True
        if self._real is not None:
            with contextlib.suppress(OSError):
                self._real.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            outside().run(self._real.abort)
        if self.pid:
            self._wire.admin.wait_gone(self.pid)
        if self in self._wire.connections:
            self._wire.connections.remove(self)
        self.is_sent = False
        self._wire.done(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.cut()
        process = self.process
        if process is not None and not process.is_dead and (process.is_stopped or process.database_is_cut):
            self._wire.hide_loss(self)
        else:
            self._context.run(self._inner.connection_lost, exc)


class _Gate(asyncio.Transport):
    """The transport that asyncpg sees."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def write(self, data: Any) -> None:
        self._connection.write(bytes(data))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def close(self) -> None:
        self._connection.cut()

    def abort(self) -> None:
        self._connection.cut()


class _CancelRequest(asyncio.Transport):
    """Takes asyncpg's request to cancel a statement, which matters only to one that waits for a lock."""

    def __init__(self, wire: Wire, protocol: Any) -> None:
        super().__init__()
        self._wire = wire
        self._protocol = protocol

    def write(self, data: Any) -> None:
        _, code, pid, _ = struct.unpack("!llll", bytes(data))
        assert code == _CANCEL_REQUEST
        self._wire.release(pid)
        self._protocol.connection_lost(None)

    def close(self) -> None:
        """Nothing is open."""
