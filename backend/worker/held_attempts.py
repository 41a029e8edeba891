"""The attempts of a worker that its heartbeats name."""

import time
from collections import OrderedDict
from datetime import timedelta

from backend.broker.messages import AttemptRef

MOST_ACKNOWLEDGED = 2000
"""How many acknowledged attempts are named at most: of an outage's results, the newest may still be unprocessed."""


class HeldAttempts:
    """Attempts from their assignment until the broker has acknowledged their result, and for `ttl` after that.

    A result that was acknowledged may wait in the queue of a replica which was stopped: without `ttl`, its attempt
    would count as lost. An assignment that is delivered twice is recognised here too.
    """

    def __init__(self, *, ttl: timedelta) -> None:
        self._ttl = ttl.total_seconds()
        self._unacknowledged: set[AttemptRef] = set()
        self._acknowledged: OrderedDict[AttemptRef, float] = OrderedDict()
        self._newest: dict[int, int] = {}

    def is_outdated(self, ref: AttemptRef) -> bool:
        """Whether a later attempt of the same run came before this one, which then counts as lost.

        Its message was late: another replica had come to lead in between.
        """
        return ref.attempt < self._newest.get(ref.run_id, 0)

    @property
    def unacknowledged(self) -> int:
        """How many attempts wait, run, or have a result that the broker has not acknowledged."""
        return len(self._unacknowledged)

    def __contains__(self, ref: AttemptRef) -> bool:
        return ref in self._unacknowledged or ref in self._acknowledged

    def add(self, ref: AttemptRef) -> None:
        """Add an attempt that was accepted."""
        self._unacknowledged.add(ref)
        self._newest[ref.run_id] = max(ref.attempt, self._newest.get(ref.run_id, 0))

    def acknowledge(self, ref: AttemptRef) -> None:
        """Record that the broker has an attempt's result, or that the attempt was revoked."""
        self._unacknowledged.discard(ref)
        self._acknowledged[ref] = time.monotonic()
        while len(self._acknowledged) > MOST_ACKNOWLEDGED:
            self._forget_oldest()

    def current(self) -> list[AttemptRef]:
        """Return what a heartbeat names now."""
        oldest = time.monotonic() - self._ttl
        while self._acknowledged and next(iter(self._acknowledged.values())) < oldest:
            self._forget_oldest()
        return [*self._unacknowledged, *self._acknowledged]

    def _forget_oldest(self) -> None:
        ref, _ = self._acknowledged.popitem(last=False)
        if self._newest.get(ref.run_id) == ref.attempt:
            del self._newest[ref.run_id]
