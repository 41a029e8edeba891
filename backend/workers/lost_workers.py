"""Which workers are lost: those whose heartbeats stopped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

MOST_COUNTED_SECONDS = 2.0
"""Of the time between two looks at the heartbeats, which are a second apart. An observer that stood still for longer,
in a paused virtual machine or on a machine without a processor to spare, has not heard what was sent then."""


class HeartbeatId(NamedTuple):
    """Identifies a heartbeat: the process of the worker, and the number of the heartbeat in it."""

    incarnation: str
    sequence: int


@dataclass(slots=True)
class SilenceClocks:
    """Measures how long each worker has been silent, by the observer's monotonic clock; times are its seconds.

    Silence counts only while the observer runs and reaches the broker: otherwise everyone's heartbeats are missing.
    """

    timeout: timedelta
    _newest: dict[str, tuple[HeartbeatId, float]] = field(default_factory=dict)
    _observed_at: float | None = None

    def observe(self, newest: Mapping[str, HeartbeatId], *, now: float) -> None:
        """Restart the clocks of workers that sent a new heartbeat; `newest` is the newest one of each worker."""
        if self._observed_at is not None and (missed := now - self._observed_at - MOST_COUNTED_SECONDS) > 0:
            self._newest = {one: (heartbeat, since + missed) for one, (heartbeat, since) in self._newest.items()}
        self._observed_at = now
        for worker_id, heartbeat in newest.items():
            known = self._newest.get(worker_id)
            if known is None or known[0] != heartbeat:
                self._newest[worker_id] = (heartbeat, now)

    def forget(self, worker_ids: Iterable[str]) -> None:
        """Stop the clocks of workers."""
        for worker_id in worker_ids:
            self._newest.pop(worker_id, None)

    def restart_all(self, *, now: float) -> None:
        """Give every worker a full timeout from now, after a time in which the observer did not reach the broker."""
        self._observed_at = now
        self._newest = {worker_id: (heartbeat, now) for worker_id, (heartbeat, _) in self._newest.items()}

    def silent(self, *, now: float) -> list[str]:
        """Return the workers that have been silent for the timeout, by id."""
        limit = self.timeout.total_seconds()
        return sorted(worker_id for worker_id, (_, since) in self._newest.items() if now - since >= limit)
