"""Which commands a worker obeys: those that a backend sealed for this process of it, each once and in time."""

from collections.abc import Mapping
from enum import Enum, auto

import structlog

from backend.broker.keys import WorkerKey
from backend.broker.queues import worker_queue
from backend.broker.signing import SEAL_HEADER, Stamp, is_sealed, read_stamp
from backend.worker.uptime import Uptime

_MOST_SENDERS = 64
"""Dispatchers whose last numbers are known. So many do not lead in turn while a command is valid."""

_HARMLESS = 3
"""So many commands between two heartbeats may come too late, or after a restart: a backend sent them before it knew."""
_LATE = ("it is for an earlier start of this worker", "it has expired")

log = structlog.get_logger()


class Verdict(Enum):
    """What becomes of a command."""

    OBEY = auto()
    KNOWN = auto()
    """It was handled before: the broker delivered it again, or somebody sent it again."""
    REFUSE = auto()


class CommandGate:
    """Examines the commands of one incarnation; without a key all are obeyed."""

    def __init__(self, key: WorkerKey | None, *, worker_id: str, incarnation: str, uptime: Uptime) -> None:
        self._key = key
        self._purpose = worker_queue(worker_id).name
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._uptime = uptime
        self._handled: dict[str, int] = {}
        self._refused = 0
        self._late = 0

    def take_refused(self) -> int:
        """Return how many commands were refused since the last call; a few that came too late do not count."""
        refused = self._refused + (self._late if self._late > _HARMLESS else 0)
        self._refused = self._late = 0
        return refused

    def examine(self, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Return what becomes of a command; one that may be obeyed is known from then on.

        The commands of one dispatcher are numbered and arrive in the order of their numbers, also after the broker
        returned them to the queue.
        """
        if self._key is None:
            return Verdict.OBEY
        header = headers.get(SEAL_HEADER, "")
        stamp = read_stamp(header)
        why = self._why_refused(stamp, header, body, self._key)
        if stamp is None or why is not None:
            if why in _LATE:
                self._late += 1
                log.warning("a command came too late and was refused", why=why)
            else:
                self._refused += 1
                log.error("a command was refused", why=why, refused_since_the_last_heartbeat=self._refused)
            return Verdict.REFUSE
        if stamp.number <= self._handled.get(stamp.sender, 0):
            return Verdict.KNOWN
        self._handled.pop(stamp.sender, None)
        self._handled[stamp.sender] = stamp.number
        while len(self._handled) > _MOST_SENDERS:
            del self._handled[next(iter(self._handled))]
        return Verdict.OBEY

    def _why_refused(self, stamp: Stamp | None, header: str, body: bytes, key: WorkerKey) -> str | None:
        if stamp is None:
            return "it has no seal"
        if not is_sealed(header, body, purpose=self._purpose, key=key.secret):
            return "its seal was made with another key, or it was changed on its way"
        if stamp.party != self._worker_id:
            return "it is for another worker"
        if stamp.incarnation != self._incarnation:
            return _LATE[0]
        if stamp.at_ms < self._uptime.milliseconds:
            return _LATE[1]
        return None
