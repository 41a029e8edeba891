"""The network between simulated processes and the real PostgreSQL server: one statement at a time, in virtual time.

A statement waits for its latency. Then it is sent, and the loop blocks until its answer is complete: nothing else
happens during that and no virtual time passes, so the order of everything follows from the seed. A statement that waits
for a lock lets others execute until the lock is free.
"""

import asyncio
import struct
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.admin import Admin
from tests.simulation.clock import VirtualClock
from tests.simulation.connection import Connection
from tests.simulation.process import PROCESS, Process, outside

_CANCEL_REQUEST = 80877102

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
        self._parked: list[Connection] = []
        self._is_resuming = False
        self._blackholed: list[Connection] = []
        self._hidden_losses: list[Connection] = []

    def on_unhandled(self, context: Mapping[str, Any]) -> None:
        """Note what nobody awaited."""
        self.unhandled.append(context)

    async def connect(self, factory: Callable[[], Any], *address: Any) -> Any:
        """Connect as the current process."""
        process = PROCESS.get()
        protocol = factory()
        if not hasattr(protocol, "is_connected"):  # asyncpg's request to cancel a statement
            return _CancelRequest(self, protocol), protocol
        await asyncio.sleep(self.latency(process))
        while process is not None and process.database_is_cut:
            await asyncio.sleep(1.0)
        if process is not None and process.is_dead:
            raise ConnectionRefusedError("the process was killed")
        connection = Connection(self, protocol, process, *address)
        self.connections.append(connection)
        connection.open()
        return connection.gate, protocol

    def enqueue(self, connection: Connection) -> None:
        """Execute the statement of a connection, and then those whose lock it released."""
        if connection.is_lost:
            return
        if connection.process is not None and connection.process.database_is_cut:
            self._blackholed.append(connection)
        elif connection.execute():
            self._resume_parked()
        elif not connection.is_lost:
            self.trace(f"{connection} waits for a lock")
            self._parked.append(connection)

    def forget(self, connection: Connection) -> None:
        """Leave out a connection that was closed, and execute what waited for its locks."""
        if connection in self.connections:
            self.connections.remove(connection)
        if connection in self._parked:
            self._parked.remove(connection)
        self._resume_parked()

    def deliver_notifications(self) -> None:
        """Wait in real time until every listening connection has its notification."""
        listening = [one for one in self.connections if one.is_listening]
        self.trace(f"notifies {len(listening)}")
        for connection in listening:
            connection.take_notification()

    def notice_terminated(self) -> None:
        """Tell the processes whose connections the server has ended, and execute what waited for their locks."""
        alive = self.admin.alive([one.pid for one in self.connections])
        for connection in [one for one in self.connections if one.pid and one.pid not in alive]:
            if not connection.is_ending:
                connection.is_ending = True
                self.trace(f"{connection} was ended by the server")
                delay = self.latency(connection.process)
                asyncio.get_running_loop().call_later(delay, connection.end, context=outside())
        self._resume_parked()

    def release(self, pid: int) -> None:
        """Cancel a statement that waits for a lock; one that has executed is left."""
        if any(one.pid == pid for one in self._parked):
            self.admin.cancel(pid)
            self._resume_parked()

    def hide_loss(self, connection: Connection) -> None:
        """Tell a process that a connection was lost when it can receive packets again."""
        self._hidden_losses.append(connection)

    def heal(self, process: Process) -> None:
        """Deliver in both directions again: the process continues, or its network does."""
        process.database_is_cut = False
        lost = [one for one in self._hidden_losses if one.process is process]
        self._hidden_losses = [one for one in self._hidden_losses if one.process is not process]
        for connection in lost:
            connection.tell_lost()
        waiting = [one for one in self._blackholed if one.process is process]
        self._blackholed = [one for one in self._blackholed if one.process is not process]
        for connection in [one for one in self.connections if one.process is process]:
            if connection.pid and not self.admin.alive([connection.pid]):
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
        return [one.pid for one in self.connections if one.process is process and one.pid]

    def _resume_parked(self) -> None:
        """Let the statements whose lock is free go on, in the order in which they came."""
        if self._is_resuming:
            return
        self._is_resuming = True
        try:
            while any(self._go_on(connection) for connection in list(self._parked)):
                pass
        finally:
            self._is_resuming = False

    def _go_on(self, connection: Connection) -> bool:
        if self.admin.is_blocked(connection.pid) or not connection.read_answer():
            return False
        if connection in self._parked:
            self._parked.remove(connection)
        return True


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
