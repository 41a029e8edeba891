"""Which runs are absent: those that their live worker does not name in its heartbeats."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.workers.lost_workers import HeartbeatId

ABSENT_HEARTBEATS = 2
"""An assignment may be on its way during one heartbeat. A run that is absent from two in a row never arrived, or its
worker was restarted."""

AttemptKey = tuple[int, int]
"""A run and its attempt."""


@dataclass(slots=True)
class AbsentRuns:
    """Counts, for each attempt, the consecutive heartbeats of its worker that did not name it."""

    _newest: dict[str, HeartbeatId] = field(default_factory=dict)
    _absences: dict[str, dict[AttemptKey, int]] = field(default_factory=dict)

    def observe(
        self,
        worker_id: str,
        heartbeat: HeartbeatId,
        *,
        assigned: Iterable[AttemptKey],
        held: frozenset[AttemptKey],
    ) -> list[AttemptKey]:
        """Return the attempts that two heartbeats in a row did not name.

        `assigned` are the attempts of the worker in the database, `held` those that the heartbeat names. A heartbeat
        that was observed before is ignored.
        """
        if self._newest.get(worker_id) == heartbeat:
            return []
        self._newest[worker_id] = heartbeat
        before = self._absences.get(worker_id, {})
        absent = {attempt: before.get(attempt, 0) + 1 for attempt in assigned if attempt not in held}
        self._absences[worker_id] = {attempt: count for attempt, count in absent.items() if count < ABSENT_HEARTBEATS}
        return [attempt for attempt, count in absent.items() if count >= ABSENT_HEARTBEATS]

    def forget(self, worker_ids: Iterable[str]) -> None:
        """Forget workers that are gone."""
        for worker_id in worker_ids:
            self._newest.pop(worker_id, None)
            self._absences.pop(worker_id, None)
