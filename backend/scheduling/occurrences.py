"""What a due task does: which occurrences fire, and when it is due next."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.enums import MisfirePolicy
from shared.schedule.timing import Timing

MOST_MADE_UP = 1000
"""`fire_all` makes up for at most this many occurrences at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What a task says of its time.

    `next_occurrence` is the nominal one that is stored, without jitter. It may be of a former schedule that
    was changed while it was due; the present one counts from `since`.
    """

    task_id: int
    timing: Timing
    jitter_seconds: int
    misfire_policy: MisfirePolicy
    misfire_grace: timedelta
    next_occurrence: datetime | None = None
    since: datetime | None = None

    def due(self, occurrence: datetime) -> datetime:
        """Return when an occurrence is due: its nominal time and a jitter that never changes."""
        if not self.jitter_seconds:
            return occurrence
        seed = f"{self.task_id}/{int(occurrence.timestamp())}".encode()
        number = int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest(), "big")
        return occurrence + timedelta(seconds=number % (self.jitter_seconds + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDecision:
    """The occurrences to make runs of, by nominal time, and when the task is due next.

    `missed` counts those that were late beyond the grace up to the limit; `capped` says that there were more. The first
    `made_up_for` of the occurrences are of them; where none is, `left_out` is the latest that was missed.
    """

    occurrences: tuple[datetime, ...]
    next_occurrence: datetime | None
    next_due: datetime | None
    missed: int
    made_up_for: int
    capped: bool
    left_out: datetime | None = None


def first_occurrence(facts: ScheduleFacts, *, after: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the first nominal occurrence after an instant and when it is due, or two Nones."""
    nominal = facts.timing.first_after(after)
    return nominal, facts.due(nominal) if nominal else None


def decide_due(facts: ScheduleFacts, *, now: datetime, limit: int = MOST_MADE_UP) -> DueDecision:
    """Return what fires at `now`, from the stored next occurrence on.

    What is late by no more than the grace fires. What is later was missed: `fire_once` makes one run for
    the latest missed, `skip` none, `fire_all` each, oldest first, up to `limit`. A schedule's clock never
    runs backwards: what fired before stays behind the stored occurrence. Where an occurrence follows the end
    of the last run, the next one is not known yet. Beyond `limit` missed occurrences the walk leaps to the
    newest ones, so that a long absence costs no more than a short one.
    """
    missed: list[datetime] = []
    on_time: list[datetime] = []
    capped = False
    walk = _from_stored(facts)
    following = next(walk, None)
    while following is not None and facts.due(following) <= now:
        if now - facts.due(following) <= facts.misfire_grace:
            on_time.append(following)
        elif len(missed) < limit:
            missed.append(following)
        else:
            capped = True
            walk = _newest(facts, now=now, after=following)
            newest = next(walk)
            if facts.misfire_policy is not MisfirePolicy.FIRE_ALL:
                missed[-1] = newest
        following = next(walk, None)
    kept = missed[-1:] if facts.misfire_policy is MisfirePolicy.FIRE_ONCE else missed
    if facts.misfire_policy is MisfirePolicy.SKIP:
        kept = []
    return DueDecision(
        occurrences=(*kept, *on_time),
        next_occurrence=following,
        next_due=facts.due(following) if following else None,
        missed=len(missed),
        made_up_for=len(kept),
        capped=capped,
        left_out=missed[-1] if missed and not kept else None,
    )


def _from_stored(facts: ScheduleFacts) -> Iterator[datetime]:
    """Yield the stored occurrence and those after it."""
    stored = facts.next_occurrence
    if stored is None:
        return
    yield stored
    if not facts.timing.follows_last_run:
        yield from facts.timing.iterate(max(stored, facts.since or stored))


def _newest(facts: ScheduleFacts, *, now: datetime, after: datetime) -> Iterator[datetime]:
    """Yield the newest occurrence that was missed whatever its jitter, `after` or a later one, and those after it."""
    surely_missed = now - facts.misfire_grace - timedelta(seconds=facts.jitter_seconds)
    back = timedelta(minutes=1)
    while True:
        start = max(after, surely_missed - back)
        walk = facts.timing.iterate(start)
        newest = after if start == after else None
        following = next(walk, None)
        while following is not None and following < surely_missed:
            newest = following
            following = next(walk, None)
        if newest is not None:
            yield newest
            if following is not None:
                yield following
                yield from walk
            return
        back *= 4
