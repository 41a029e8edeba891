"""Which workers are lost, and which runs a living worker no longer knows of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

ABSENT_BEATS = 2
"""A run may be on its way for one beat; absent twice in a row it never arrived, or is gone."""


@dataclass(slots=True)
class LeaseClocks:
    """How long each worker has been silent, by the observer's own monotonic clock.

    The clocks run only while the observer hears the broker: a blind observer knows nothing of silence.
    Times are seconds of a monotonic clock.
    """

    timeout: timedelta
    _heard: dict[str, tuple[tuple[str, int], float]] = field(default_factory=dict)

    def hear(self, worker_id: str, beat: tuple[str, int], *, now: float) -> None:
        """Note a worker's newest beat (incarnation and sequence); only a new one sets its clock back."""
        known = self._heard.get(worker_id)
        if known is None or known[0] != beat:
            self._heard[worker_id] = (beat, now)

    def forget(self, worker_id: str) -> None:
        """Watch a worker no longer."""
        self._heard.pop(worker_id, None)

    def grant_grace(self, *, now: float) -> None:
        """Give every worker one full timeout from now: the observer was blind."""
        self._heard = {worker: (beat, now) for worker, (beat, _) in self._heard.items()}

    def silent(self, *, now: float) -> list[str]:
        """Return the workers that have been silent for the timeout."""
        limit = self.timeout.total_seconds()
        return sorted(worker for worker, (_, heard) in self._heard.items() if now - heard >= limit)


@dataclass(slots=True)
class AbsenceCounter:
    """Counts, for each attempt, how many beats of its worker in a row did not name it."""

    _beats: dict[str, tuple[str, int]] = field(default_factory=dict)
    _absent: dict[str, dict[tuple[int, int], int]] = field(default_factory=dict)

    def observe(
        self,
        worker_id: str,
        beat: tuple[str, int],
        *,
        assigned: Iterable[tuple[int, int]],
        held: frozenset[tuple[int, int]],
    ) -> list[tuple[int, int]]:
        """Return the attempts, as (run, attempt), that two beats in a row did not name.

        `assigned` is what the database says the worker has, `held` what its beat named. A beat that was
        seen before counts once.
        """
        if self._beats.get(worker_id) == beat:
            return []
        self._beats[worker_id] = beat
        before = self._absent.get(worker_id, {})
        absent = {ref: before.get(ref, 0) + 1 for ref in assigned if ref not in held}
        self._absent[worker_id] = {ref: count for ref, count in absent.items() if count < ABSENT_BEATS}
        return [ref for ref, count in absent.items() if count >= ABSENT_BEATS]

    def forget(self, worker_id: str) -> None:
        """Watch a worker no longer."""
        self._beats.pop(worker_id, None)
        self._absent.pop(worker_id, None)
