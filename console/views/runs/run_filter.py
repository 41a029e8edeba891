"""Which runs a person looks for, as the backend's list decides it."""

from dataclasses import dataclass
from datetime import datetime

from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run


@dataclass(frozen=True, slots=True)
class RunFilter:
    """An empty part lets every run through.

    `since` and `until` bound the time of queueing, `ended_since` and `ended_until` that of the end,
    `waiting_since` and `waiting_until` the time of waiting.
    """

    statuses: frozenset[RunStatus] = frozenset()
    task_id: int | None = None
    worker_id: str | None = None
    trigger: RunTrigger | None = None
    since: datetime | None = None
    until: datetime | None = None
    ended_since: datetime | None = None
    ended_until: datetime | None = None
    waiting_since: datetime | None = None
    waiting_until: datetime | None = None
    text: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether only past runs match, so that no new one can."""
        return any(at is not None for at in (self.until, self.waiting_until, self.ended_until))

    def matches(self, run: Run) -> bool:
        """Whether a run is looked for."""
        if run.fan_out_run_id is not None and self.worker_id is None:
            return False
        waited_until = run.started_at or run.completed_at
        return (
            (not self.statuses or run.status in self.statuses)
            and self.task_id in (None, run.task_id)
            and self.worker_id in (None, run.worker_id)
            and self.trigger in (None, run.trigger)
            and (self.since is None or run.queued_at >= self.since)
            and (self.until is None or run.queued_at < self.until)
            and (self.waiting_until is None or run.queued_at < self.waiting_until)
            and (self.waiting_since is None or waited_until is None or waited_until >= self.waiting_since)
            and (self.ended_since is None or (run.completed_at is not None and run.completed_at >= self.ended_since))
            and (self.ended_until is None or (run.completed_at is not None and run.completed_at < self.ended_until))
            and self._names(run)
        )

    def _names(self, run: Run) -> bool:
        words = self.text.lower()
        return not words or words in run.task_name.lower() or words.removeprefix("#") == str(run.id)
