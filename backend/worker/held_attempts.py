"""Every attempt that a worker has in hand, or reported lately."""

import time
from collections import OrderedDict

from backend.broker.messages import AttemptRef

REMEMBERED_SECONDS = 300.0
"""A result may wait in its queue; for this long a reported attempt still counts as held."""
MOST_REMEMBERED = 2000


class HeldAttempts:
    """What the heartbeat names, and what makes an assignment that comes twice count once."""

    def __init__(self) -> None:
        self._in_hand: set[AttemptRef] = set()
        self._reported: OrderedDict[AttemptRef, float] = OrderedDict()

    def __contains__(self, ref: AttemptRef) -> bool:
        return ref in self._in_hand or ref in self._reported

    def add(self, ref: AttemptRef) -> None:
        """Note an attempt that was taken on."""
        self._in_hand.add(ref)

    def reported(self, ref: AttemptRef) -> None:
        """Note that an attempt's end is on its way."""
        self._in_hand.discard(ref)
        self._reported[ref] = time.monotonic()
        while len(self._reported) > MOST_REMEMBERED:
            self._reported.popitem(last=False)

    def named(self) -> list[AttemptRef]:
        """Return what the next heartbeat names."""
        oldest = time.monotonic() - REMEMBERED_SECONDS
        while self._reported and next(iter(self._reported.values())) < oldest:
            self._reported.popitem(last=False)
        return [*self._in_hand, *self._reported]

    @property
    def in_hand_count(self) -> int:
        """How many attempts are in hand."""
        return len(self._in_hand)
