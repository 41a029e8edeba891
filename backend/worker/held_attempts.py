"""Every attempt that a worker has in hand, or reported lately."""

import time
from collections import OrderedDict
from datetime import timedelta

from backend.broker.messages import AttemptRef

MOST_REMEMBERED = 2000


class HeldAttempts:
    """What the heartbeat names, and what makes an assignment that comes twice count once.

    An attempt is in hand until the broker has confirmed its end, however long the broker is away.
    """

    def __init__(self, *, reported_for: timedelta) -> None:
        """For `reported_for` a reported attempt still counts as held: its result may wait in its queue."""
        self._reported_for = reported_for.total_seconds()
        self._in_hand: set[AttemptRef] = set()
        self._reported: OrderedDict[AttemptRef, float] = OrderedDict()

    def __contains__(self, ref: AttemptRef) -> bool:
        return ref in self._in_hand or ref in self._reported

    def add(self, ref: AttemptRef) -> None:
        """Note an attempt that was taken on."""
        self._in_hand.add(ref)

    def reported(self, ref: AttemptRef) -> None:
        """Note that the broker has an attempt's end, or that nobody asks for it any more."""
        self._in_hand.discard(ref)
        self._reported[ref] = time.monotonic()
        while len(self._reported) > MOST_REMEMBERED:
            self._reported.popitem(last=False)

    def named(self) -> list[AttemptRef]:
        """Return what the next heartbeat names."""
        oldest = time.monotonic() - self._reported_for
        while self._reported and next(iter(self._reported.values())) < oldest:
            self._reported.popitem(last=False)
        return [*self._in_hand, *self._reported]
