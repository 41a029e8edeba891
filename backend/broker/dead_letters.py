"""Dead letters: messages that could not be processed, kept for a person."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.broker.queues import RETURNABLE
from backend.broker.signing import SEAL_HEADER

MOST_SEARCHED = 1000
"""How many of the oldest are searched by id. The queue holds ten times as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message; `queue` is where it came from, `reason` is the broker's word for why, such as rejected.

    `seal` is the header by which its worker is known when it is sent back.
    """

    queue: str
    reason: str
    at: datetime | None
    body: bytes
    seal: str | None = None

    @property
    def headers(self) -> Mapping[str, str] | None:
        """The headers with which it is sent back."""
        return None if self.seal is None else {SEAL_HEADER: self.seal}

    @property
    def id(self) -> str:
        """A hash: the broker gives messages no id. Two copies of one message have the same."""
        parts = (self.queue.encode(), str(self.at).encode(), self.body)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]

    @property
    def can_return(self) -> bool:
        """Whether it may be sent back to the queue that it names."""
        return self.queue in RETURNABLE

    def is_among(self, ids: Collection[str] | None) -> bool:
        """Whether its id is among these; None means all."""
        return ids is None or self.id in ids
