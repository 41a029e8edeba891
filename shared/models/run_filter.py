"""Which runs a list shows: the backend selects them, the console decides about each new one by the same rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from shared.enums import RunStatus, RunTrigger
from shared.models.base import GivenTimestamp, Input, ObjectId
from shared.models.run import Run

_GREATEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """A part that is empty or None selects every run. Child runs are left out, except those of a parent or a worker.

    `since` and `until` bound the time of queueing, `ended_since` and `ended_until` that of the end. `waiting_since`
    and `waiting_until` select what waited at some moment between them. `text` is in the task's name, or is the run's
    number. Each `until` itself is excluded.
    """

    task_id: int | None = None
    statuses: frozenset[RunStatus] = frozenset()
    worker_id: str | None = None
    trigger: RunTrigger | None = None
    since: datetime | None = None
    until: datetime | None = None
    fan_out_run_id: int | None = None
    backfill_id: int | None = None
    text: str = ""
    ended_since: datetime | None = None
    ended_until: datetime | None = None
    waiting_since: datetime | None = None
    waiting_until: datetime | None = None

    @property
    def is_closed(self) -> bool:
        """Whether it selects from the past only, so that no new run matches."""
        return any(at is not None for at in (self.until, self.waiting_until, self.ended_until))

    @property
    def newest_first(self) -> str:
        """The sort that lists the newest runs first: by the time that bounds them, whose index then begins there."""
        if self.ended_since is not None or self.ended_until is not None:
            return "-completed_at"
        return "-queued_at" if self.is_closed else "-id"

    @property
    def has_child_runs(self) -> bool:
        """Whether it selects child runs as well; otherwise their parent run stands for them."""
        return self.fan_out_run_id is not None or self.worker_id is not None

    @property
    def run_number(self) -> int | None:
        """The run that `text` may name."""
        words = self.text.strip().removeprefix("#")
        is_number = words.isascii() and words.isdecimal() and int(words) <= _GREATEST_ID
        return int(words) if is_number else None

    def matches(self, run: Run) -> bool:
        """Whether the list shows a run."""
        waited_until = run.started_at or run.completed_at
        return (
            (self.has_child_runs or run.fan_out_run_id is None)
            and (not self.statuses or run.status in self.statuses)
            and self.task_id in (None, run.task_id)
            and self.worker_id in (None, run.worker_id)
            and self.trigger in (None, run.trigger)
            and self.fan_out_run_id in (None, run.fan_out_run_id)
            and self.backfill_id in (None, run.backfill_id)
            and _is_within(run.queued_at, self.since, self.until)
            and _is_within(run.completed_at, self.ended_since, self.ended_until)
            and (self.waiting_until is None or run.queued_at < self.waiting_until)
            and (self.waiting_since is None or waited_until is None or waited_until >= self.waiting_since)
            and (not self.text or self.text.lower() in run.task_name.lower() or self.run_number == run.id)
        )


def _is_within(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    return at is not None and (since is None or at >= since) and (until is None or at < until)


class RunFilterFields(Input):
    """Which runs; `status` may be several, `since` and `until` bound the time of queueing.

    `ended_since` and `ended_until` bound the time of the end; `waiting_since` and `waiting_until` ask for what waited
    at some moment between them. `q` looks in the names of tasks, or is a run's number.
    """

    task_id: ObjectId | None = None
    status: list[RunStatus] = []
    worker_id: str | None = None
    trigger: RunTrigger | None = None
    since: GivenTimestamp | None = None
    until: GivenTimestamp | None = None
    fan_out_run_id: ObjectId | None = None
    backfill_id: ObjectId | None = None
    q: Annotated[str, Field(max_length=255)] | None = None
    ended_since: GivenTimestamp | None = None
    ended_until: GivenTimestamp | None = None
    waiting_since: GivenTimestamp | None = None
    waiting_until: GivenTimestamp | None = None

    @classmethod
    def of(cls, wanted: RunFilter) -> Self:
        """Return the fields of a filter, those that filter alone."""
        values = {
            "task_id": wanted.task_id,
            "status": sorted(wanted.statuses),
            "worker_id": wanted.worker_id,
            "trigger": wanted.trigger,
            "since": wanted.since,
            "until": wanted.until,
            "fan_out_run_id": wanted.fan_out_run_id,
            "backfill_id": wanted.backfill_id,
            "q": wanted.text,
            "ended_since": wanted.ended_since,
            "ended_until": wanted.ended_until,
            "waiting_since": wanted.waiting_since,
            "waiting_until": wanted.waiting_until,
        }
        return cls.model_validate({name: value for name, value in values.items() if value})

    def wanted(self) -> RunFilter:
        """Return the filter."""
        return RunFilter(
            task_id=self.task_id,
            statuses=frozenset(self.status),
            worker_id=self.worker_id,
            trigger=self.trigger,
            since=self.since,
            until=self.until,
            fan_out_run_id=self.fan_out_run_id,
            backfill_id=self.backfill_id,
            text=self.q or "",
            ended_since=self.ended_since,
            ended_until=self.ended_until,
            waiting_since=self.waiting_since,
            waiting_until=self.waiting_until,
        )
