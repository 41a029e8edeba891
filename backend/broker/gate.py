"""Which messages of workers a backend accepts: those that an enrolled worker sealed, and that are not sent again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from backend.broker.keys import WorkerKey
from backend.broker.queues import HEARTBEAT_QUEUE, TELEMETRY_QUEUE
from backend.broker.signing import SEAL_HEADER, Stamp, is_sealed, read_stamp, seal

_IN_ORDER = frozenset({HEARTBEAT_QUEUE.name, TELEMETRY_QUEUE.name})
"""Queues whose newest message replaces those before. What is on the other ones changes nothing when it comes again,
and may be late."""


class Refused(StrEnum):
    """Why a message is refused, as the end of a sentence about the messages of a worker."""

    UNSEALED = "they have no seal, so anybody may have sent them"
    UNKNOWN = "no such worker is enrolled"
    REVOKED = "the worker's key was revoked"
    WRONG_SEAL = "their seal was made with another key, or they were changed on their way"
    FOREIGN = "they speak for another worker than the one that sealed them"
    STALE = "they are of an earlier start of the worker than the newest one"
    REPEATED = "they were sent again"
    UNEXPECTED = "they are sealed, and this backend has no TASKDECK_SIGNING_KEY_FILE"


@dataclass(frozen=True, slots=True)
class RefusedMessageError(Exception):
    """A message is refused; `worker_id` is the worker in whose name it came, None if it names none."""

    reason: Refused
    worker_id: str | None


class FromWorker(Protocol):
    """A message that says which process of which worker sent it."""

    @property
    def worker_id(self) -> str:
        """The worker."""

    @property
    def incarnation(self) -> str:
        """Its process."""


FindKey = Callable[[str], WorkerKey | Refused]
"""Returns the key of a worker, or why it has none."""


class Gate:
    """Examines what comes from one replica's queues; without `find_key`, only what is not sealed is accepted."""

    def __init__(self, find_key: FindKey | None) -> None:
        self._find_key = find_key
        self._newest: dict[tuple[str, str], tuple[str, int]] = {}

    @property
    def is_sealed(self) -> bool:
        """Whether messages must be sealed."""
        return self._find_key is not None

    def examine(self, queue: str, headers: Mapping[str, str], body: bytes, *, redelivered: bool) -> Stamp | None:
        """Return what the seal of a message says, None where none is required; raises `RefusedMessageError`."""
        header = headers.get(SEAL_HEADER)
        if self._find_key is None:
            if header is not None:
                stamp = read_stamp(header)
                raise RefusedMessageError(Refused.UNEXPECTED, stamp.party if stamp is not None else None)
            return None
        stamp = read_stamp(header) if header is not None else None
        if header is None or stamp is None:
            raise RefusedMessageError(Refused.UNSEALED, None)
        key = self._find_key(stamp.party)
        if isinstance(key, Refused):
            raise RefusedMessageError(key, stamp.party)
        if not is_sealed(header, body, purpose=queue, key=key.secret):
            raise RefusedMessageError(Refused.WRONG_SEAL, stamp.party)
        if queue in _IN_ORDER:
            self._require_newer(queue, stamp, redelivered=redelivered)
        return stamp

    def match(self, stamp: Stamp | None, message: FromWorker) -> None:
        """Raise `RefusedMessageError` if a message speaks for another worker or process than its seal."""
        if stamp is not None and (message.worker_id, message.incarnation) != (stamp.party, stamp.incarnation):
            raise RefusedMessageError(Refused.FOREIGN, stamp.party)

    def reseal(self, stamp: Stamp | None, queue: str, body: bytes) -> Mapping[str, str] | None:
        """Return the headers of a part of a message that was accepted."""
        key = self._find_key(stamp.party) if stamp is not None and self._find_key is not None else None
        if stamp is None or not isinstance(key, WorkerKey):
            return None
        return {SEAL_HEADER: seal(stamp, body, purpose=queue, key=key.secret)}

    def _require_newer(self, queue: str, stamp: Stamp, *, redelivered: bool) -> None:
        """Incarnations are ordered, and the messages of each are numbered."""
        incarnation, number = self._newest.get((queue, stamp.party), ("", 0))
        if stamp.incarnation < incarnation:
            raise RefusedMessageError(Refused.STALE, stamp.party)
        if stamp.incarnation == incarnation and stamp.number <= number:
            if not redelivered:
                raise RefusedMessageError(Refused.REPEATED, stamp.party)
            return
        self._newest[queue, stamp.party] = (stamp.incarnation, stamp.number)
