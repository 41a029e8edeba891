"""Messages that no consumer could deal with, kept for a person to look at."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

MOST_LOOKED_AT = 1000
"""How many of the oldest are looked at: the queue itself keeps ten times as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message; `queue` is the one that it was taken from, `reason` the broker's word for why, such as rejected."""

    queue: str
    reason: str
    at: datetime | None
    body: bytes

    @property
    def id(self) -> str:
        """What names it: the broker gives messages no name, and the same message may be there twice."""
        parts = (self.queue.encode(), str(self.at).encode(), self.body)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]

    def is_among(self, ids: Collection[str] | None) -> bool:
        """Whether it is one of these; None are all of them."""
        return ids is None or self.id in ids
