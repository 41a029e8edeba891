"""Which runs the table shows while more come: pure, so that it can be tested without a window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.enums import RunStatus, RunTrigger
from shared.models.run import Run

MOST_ROWS = 600
"""With more, and the newest in sight, the newest page is loaded anew: what was below comes again as one scrolls."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What the person looks for; an empty part lets all through.

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
        """Whether only the past is looked at: no new run can fit."""
        return any(at is not None for at in (self.until, self.waiting_until, self.ended_until))

    def takes(self, run: Run) -> bool:
        """Whether a run is looked for; as the backend's list would decide."""
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


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows to show, and the new ones that wait until the person asks for them."""

    shown: list[Run]
    waiting: dict[int, Run]


def merge(
    shown: Sequence[Run],
    waiting: dict[int, Run],
    heard: Iterable[Run],
    wanted: RunFilter,
    *,
    takes_new: bool,
    oldest: int = 0,
) -> Merged:
    """Return the table after the events `heard`, oldest first.

    Rows that are shown change in place and stay, even when they no longer fit the filter, so that nothing
    jumps. New ones come to the top if `takes_new`, and otherwise wait. A run below `oldest`, the last one that is
    loaded, comes with its page when one scrolls there.
    """
    known = {run.id: place for place, run in enumerate(shown)}
    rows = list(shown)
    held = dict(waiting)
    for run in heard:
        place = known.get(run.id)
        if place is not None:
            rows[place] = run
        elif run.id in held or (run.id >= oldest and wanted.takes(run)):
            held[run.id] = run
    if takes_new and held:
        newest_first = sorted((run for run in held.values() if wanted.takes(run)), key=lambda run: -run.id)
        rows = sorted([*newest_first, *rows], key=lambda run: -run.id)
        held = {}
    return Merged(rows, held)


def reloaded(
    shown: Sequence[Run], found: Sequence[Run], heard: Iterable[Run], wanted: RunFilter, *, keeps: bool, oldest: int
) -> Merged:
    """Return the table after `found` was loaded anew and `heard` came while it was on its way.

    With `keeps` one reads: the rows that are shown stay, as far as they still fit, and what is new waits.
    """
    if not keeps:
        return merge(found, {}, heard, wanted, takes_new=not wanted.is_closed, oldest=oldest)
    heard = list(heard)
    known = {run.id for run in shown}
    waiting = {run.id: run for run in found if run.id not in known}
    # What was heard since the page was asked for is not on it, and may be shown already.
    kept = {run.id: run for run in (*heard, *found)}
    rows = [kept[run.id] for run in shown if run.id in kept]
    return merge(rows, waiting, heard, wanted, takes_new=False, oldest=oldest)


@dataclass(slots=True)
class Pages:
    """The pages of older runs that are loaded: where each ends, and the cursor of what follows it."""

    ends: list[tuple[int, str | None]] = field(default_factory=list)

    @property
    def next_cursor(self) -> str | None:
        """Where to go on; None at the end of all runs."""
        return self.ends[-1][1] if self.ends else None

    @property
    def oldest(self) -> int:
        """The id down to which every run is loaded: 0 where all are."""
        return self.ends[-1][0] if self.next_cursor is not None else 0

    def add(self, runs: Sequence[Run], cursor: str | None) -> None:
        """Take note of a page that was loaded."""
        last = runs[-1].id if runs else (self.ends[-1][0] if self.ends else 0)
        self.ends.append((last, cursor))
