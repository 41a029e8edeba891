"""The simulation's own connection to the server, on a thread of its own: it blocks, and takes no virtual time."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")

_GONE_SECONDS = 5.0
_TERMINATE_AFTER = 40
"""Questions after which a server process that waits for a lock is terminated: it would notice in two seconds."""


class Admin:
    """Asks the server what it does."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection = self._call(asyncpg.connect(url))

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def execute(self, statements: str) -> None:
        """Execute statements."""
        self._call(self._connection.execute(statements))

    def fetch(self, query: str, *values: Any) -> Sequence[Any]:
        """Return the rows of a query."""
        rows: Sequence[Any] = self._call(self._connection.fetch(query, *values))
        return rows

    def is_blocked(self, pid: int) -> bool:
        """Whether a server process waits for a lock of another one."""
        return bool(self.fetch("select cardinality(pg_catalog.pg_blocking_pids($1)) > 0", pid)[0][0])

    def alive(self, pids: Sequence[int]) -> set[int]:
        """Return those of the server processes that exist."""
        rows = self.fetch("select pid from pg_catalog.pg_stat_activity where pid = any($1)", list(pids))
        return {row[0] for row in rows}

    def cancel(self, pid: int) -> None:
        """Cancel the statement of a server process, and wait until it has ended."""
        self.fetch("select pg_catalog.pg_cancel_backend($1)", pid)
        self._wait(lambda: not self.is_blocked(pid))

    def wait_gone(self, pid: int) -> None:
        """Return when a server process has ended."""
        asked = 0

        def is_gone() -> bool:
            nonlocal asked
            asked += 1
            if asked == _TERMINATE_AFTER:
                self.fetch("select pg_catalog.pg_terminate_backend($1)", pid)
            return not self.alive([pid])

        self._wait(is_gone)

    def _wait(self, is_done: Any) -> None:
        began = time.perf_counter()
        while not is_done():
            if time.perf_counter() - began > _GONE_SECONDS:
                raise AssertionError("a server process does not end")
            time.sleep(0.0005)

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._call(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
