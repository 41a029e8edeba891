"""Which workers are lost: those whose heartbeats stopped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple


class HeartbeatId(NamedTuple):
    """Identifies a heartbeat: the process of the worker, and the number of the heartbeat in it."""

    incarnation: str
    sequence: int


@dataclass(slots=True)
class SilenceClocks:
    """Measures how long each worker has been silent, by the observer's monotonic clock; times are its seconds.

    Silence counts only while the observer reaches the broker: otherwise the heartbeats of everyone are missing.
    """

    timeout: timedelta
    _newest: dict[str, tuple[HeartbeatId, float]] = field(default_factory=dict)

    def observe(self, newest: Mapping[str, HeartbeatId], *, now: float) -> None:
        """Restart the clocks of workers that sent a new heartbeat; `newest` is the newest one of each worker."""
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
        self._newest = {worker_id: (heartbeat, now) for worker_id, (heartbeat, _) in self._newest.items()}

    def silent(self, *, now: float) -> list[str]:
        """Return the workers that have been silent for the timeout, by id."""
        limit = self.timeout.total_seconds()
        return sorted(worker_id for worker_id, (_, since) in self._newest.items() if now - since >= limit)
