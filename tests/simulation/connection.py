"""A simulated process's connection to PostgreSQL: between asyncpg's protocol and a socket that blocks.

Before each transaction the connection's clock is set: `sim.now` is what `now()` returns.
"""

import asyncio
import struct
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from tests.simulation.process import Process, outside
from tests.simulation.server_socket import ServerSocket

if TYPE_CHECKING:
    from tests.simulation.wire import Wire

_READY = ord("Z")
_AUTHENTICATION = ord("R")
_KEY_DATA = ord("K")
_NOTIFICATION = ord("A")
_ANSWER_OF_SET = (ord("C"), ord("E"), ord("Z"))
_IDLE = ord("I")
_TERMINATE = b"X"
_FLUSH = b"H\x00\x00\x00\x04"
_SYNC = b"S\x00\x00\x00\x04"
_ENDS_OF_PREPARE = (ord("T"), ord("n"), ord("E"))
"""What answers a statement that is prepared only: asyncpg asks for it with a flush."""
_QUESTIONS = (3, 5, 10, 11)
"""Authentication messages that the client answers: passwords, and two steps of SASL."""
_NOTIFY_CHANNEL = b"\x00\x02\x00\x00\x00\x08taskdeck\x00\x00"
"""The first of two parameters of `pg_notify` as they are bound: the name of the product's channel."""
_LISTEN = b"LISTEN "
_TERMINATES = b"pg_terminate_backend"

_REAL_WAIT_SECONDS = 0.004
"""A statement that takes longer may wait for a lock, so that is asked."""
_REAL_TIMEOUT_SECONDS = 20.0
_NOTIFICATION_SECONDS = 3.0


class Connection:
    """One connection; what is written to its `gate` is a statement."""

    def __init__(self, wire: "Wire", inner: Any, process: Process | None, *address: Any) -> None:
        self.process = process
        self.pid = 0
        self.is_lost = False
        self.is_listening = False
        self.is_ending = False
        """The server has ended it, and the process does not know yet."""
        self.gate = _Gate(self)
        self._wire = wire
        self._inner = inner
        self._context = copy_context()
        self._socket = ServerSocket(*address)
        self._pending = b""
        self._answer: list[bytes] = []
        self._notifications: list[bytes] = []
        self._held: list[bytes] = []
        self._is_starting = True
        self._is_setting_clock = False
        self._is_preparing = False
        self._is_in_transaction = False
        self._has_prepared_listen = False
        self._has_notified = False
        self._terminates = False
        self._knows_of_loss = False

    def __repr__(self) -> str:
        return f"{self.process}'s connection"

    def open(self) -> None:
        """Have asyncpg log in."""
        self._context.run(self._inner.connection_made, self.gate)

    def write(self, data: bytes) -> None:
        """Send what asyncpg writes: at once while the connection starts or ends, else as a statement."""
        if self.is_lost:
            return
        if self._is_starting:
            self._log_in(data)
        elif data[:1] == _TERMINATE:
            self.cut()
        else:
            is_first = not self._pending
            self._pending += data
            if is_first:
                delay = self._wire.latency(self.process)
                asyncio.get_running_loop().call_later(delay, self._wire.enqueue, self, context=outside())

    def _log_in(self, data: bytes) -> None:
        """Send one message; the answer is delivered when asyncpg has returned from writing."""
        answer = b""
        try:
            self._socket.send(data)
            while True:
                message = self._socket.message(_REAL_TIMEOUT_SECONDS)
                if message is None:
                    raise AssertionError(f"PostgreSQL does not let {self} in")
                answer += message
                kind = message[0]
                if kind == _KEY_DATA:
                    self.pid = int.from_bytes(message[5:9], "big")
                elif kind == _READY:
                    self._is_starting = False
                    break
                elif kind == _AUTHENTICATION and int.from_bytes(message[5:9], "big") in _QUESTIONS:
                    break
        except ConnectionError:
            self.cut()
        asyncio.get_running_loop().call_soon(self._deliver, answer, context=outside())

    def execute(self) -> bool:
        """Send the statement to the server and deliver its answer; false where it waits for a lock."""
        data, self._pending = self._pending, b""
        if self.process is not None:
            self.process.statements += 1
            if self._wire.on_statement(self.process, "sent"):
                return True
        self._wire.trace(f"{self} executes")
        # asyncpg prepares the statement first, and executes it with the next message.
        self.is_listening = self.is_listening or self._has_prepared_listen
        self._has_prepared_listen = _LISTEN in data
        self._has_notified = self._has_notified or _NOTIFY_CHANNEL in data
        self._terminates = self._terminates or _TERMINATES in data
        self._is_preparing = data.endswith(_FLUSH)
        if not self._is_in_transaction and data != _SYNC:
            self._is_setting_clock = True
            text = f"set sim.now = '{self._wire.clock.wall.isoformat()}'".encode() + b"\0"
            data = b"Q" + struct.pack("!i", len(text) + 4) + text + data
        try:
            self._socket.send(data)
        except ConnectionError:
            self.end()
            return True
        return self.read_answer()

    def read_answer(self) -> bool:
        """Block until the answer is complete and deliver it; false where the statement waits for a lock."""
        began = time.perf_counter()
        while True:
            try:
                message = self._socket.message(_REAL_WAIT_SECONDS)
            except ConnectionError:
                self.end()
                return True
            if message is not None:
                if self._takes_last(message):
                    break
            elif self._wire.admin.is_blocked(self.pid):
                return False
            elif time.perf_counter() - began > _REAL_TIMEOUT_SECONDS:
                raise AssertionError(f"PostgreSQL does not answer {self}")
        answer, self._answer = b"".join(self._answer), []
        if self.process is None or not self._wire.on_statement(self.process, "answered"):
            self._deliver(answer)
        if self._has_notified and not self._is_in_transaction and not self._is_preparing:
            self._has_notified = False
            self._wire.deliver_notifications()
        if self._terminates:
            self._wire.notice_terminated()
        return True

    def _takes_last(self, message: bytes) -> bool:
        """Add a message to the answer, and say whether that is complete."""
        kind = message[0]
        if self._is_setting_clock and kind in _ANSWER_OF_SET:
            self._is_setting_clock = kind != _READY
            return False
        if kind == _NOTIFICATION:
            self._notifications.append(message)
            return False
        self._answer.append(message)
        if kind == _READY:
            self._is_in_transaction = message[5] != _IDLE
            return True
        if self._is_preparing and kind in _ENDS_OF_PREPARE:
            self._is_preparing = False
            return True
        return False

    def take_notification(self) -> None:
        """Block until the server has sent a notification; the process gets it after its latency."""
        try:
            while not self._notifications:
                message = self._socket.message(_NOTIFICATION_SECONDS)
                if message is None:
                    raise AssertionError(f"PostgreSQL does not notify {self}")
                if message[0] == _NOTIFICATION:
                    self._notifications.append(message)
        except ConnectionError:
            self.end()
            return
        self._wire.trace(f"{self} is notified")
        data = self._notifications.pop(0)
        delay = self._wire.latency(self.process)
        asyncio.get_running_loop().call_later(delay, self._deliver, data, context=outside())

    def _deliver(self, data: bytes) -> None:
        if self._knows_of_loss or (self.process is not None and self.process.is_dead):
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

    def end(self) -> None:
        """Deliver the last words of the server, which has closed the connection."""
        if not self.is_lost:
            self._deliver(self._socket.rest())
            self.cut()

    def cut(self) -> None:
        """Close the connection and wait until the server has noticed, which releases its locks."""
        if self.is_lost:
            return
        self.is_lost = True
        self._socket.close()
        if self.pid:
            self._wire.admin.wait_gone(self.pid)
        asyncio.get_running_loop().call_soon(self.tell_lost, context=outside())
        self._wire.forget(self)

    def tell_lost(self) -> None:
        """Tell the process that the connection was lost, if it can hear that."""
        process = self.process
        if process is not None and not process.is_dead and (process.is_stopped or process.database_is_cut):
            self._wire.hide_loss(self)
        elif not self._knows_of_loss:
            self._knows_of_loss = True
            self._context.run(self._inner.connection_lost, None)


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
