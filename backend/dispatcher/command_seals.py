"""Seals commands to workers: for one process of one worker, in order, and for a limited time."""

import secrets
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta

from backend.broker.keys import WorkerKey
from backend.broker.queues import worker_queue
from backend.broker.signing import SEAL_HEADER, Stamp, seal
from backend.database.connection import Database
from backend.workers.addresses import WorkerAddress, read_addresses
from backend.workers.keys import WorkerKeys

_LEEWAY = timedelta(seconds=60)
"""How much longer than in the broker a command is valid. A worker's uptime is known from its heartbeats, which may have
been on their way for 15 s, and clocks that are set are corrected with the next one."""


_FRESH_SECONDS = 2.0
"""A question for each batch of assignments would cost a tenth of the rate. A restarted worker is announced."""


class CommandSeals:
    """The seals of one term of a dispatcher: another replica, and this one when it leads again, is another sender."""

    def __init__(self, keys: WorkerKeys, database: Database, *, lifetime: timedelta) -> None:
        self._keys = keys
        self._database = database
        self._lifetime_ms = round((lifetime + _LEEWAY) / timedelta(milliseconds=1))
        self._sender = secrets.token_hex(8)
        self._number = 0
        self._addresses: Mapping[str, WorkerAddress] = {}
        self._read_at = 0.0

    async def addresses(self, worker_ids: Iterable[str]) -> Mapping[str, WorkerAddress]:
        """Return for which process of each worker a command is, as of at most two seconds ago."""
        now = time.monotonic()
        wanted = set(worker_ids)
        is_fresh = now - self._read_at < _FRESH_SECONDS
        if not is_fresh or not wanted <= self._addresses.keys():
            known = self._addresses.keys() if is_fresh else ()
            self._addresses = await read_addresses(self._database, wanted.union(known))
            self._read_at = now
        return self._addresses

    def forget_addresses(self) -> None:
        """Read them again before the next command: a worker came, left or was restarted."""
        self._read_at = 0.0

    def headers(self, worker_id: str, address: WorkerAddress | None, body: bytes) -> Mapping[str, str] | None:
        """Return the headers of a command, or None if nothing can be said to this worker: it has no key."""
        key = self._keys.find(worker_id)
        if address is None or not isinstance(key, WorkerKey):
            return None
        self._number += 1
        stamp = Stamp(
            party=worker_id,
            incarnation=address.incarnation,
            sender=self._sender,
            number=self._number,
            at_ms=address.uptime_ms + self._lifetime_ms,
        )
        return {SEAL_HEADER: seal(stamp, body, purpose=worker_queue(worker_id).name, key=key.secret)}
