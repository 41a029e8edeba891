"""Decides which occurrences of a due task fire, and when the task is due next."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.enums import MisfirePolicy
from shared.schedule.timing import Timing

MOST_MADE_UP = 1000
"""`fire_all` makes up for at most so many occurrences at once: a long absence must not fill the queue."""
LATEST_CORRECTED = timedelta(hours=3)
"""After smaller corrections of the clock the schedule waits, as cron(8) does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What decides about the occurrences of a task.

    `next_occurrence` is the stored nominal time, without jitter. It may belong to a former schedule that was changed
    while it was due; the present schedule counts from `since`.
    """

    task_id: int
    timing: Timing
    jitter_seconds: int
    misfire_policy: MisfirePolicy
    misfire_grace: timedelta
    next_occurrence: datetime | None = None
    since: datetime | None = None

    def due(self, occurrence: datetime) -> datetime:
        """Return when an occurrence is due: its nominal time plus a jitter that is always the same."""
        if not self.jitter_seconds:
            return occurrence
        seed = f"{self.task_id}/{int(occurrence.timestamp())}".encode()
        number = int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest(), "big")
        return occurrence + timedelta(seconds=number % (self.jitter_seconds + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDecision:
    """The nominal times of the occurrences that get runs, and when the task is due next.

    `missed` is the number of occurrences that were late by more than the grace, up to the limit; `capped` is true if
    there were more. The first `made_up_for` of the occurrences make up for them. If none does, `left_out` is the
    latest that was missed.
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


def corrected_occurrence(facts: ScheduleFacts, *, now: datetime) -> datetime | None:
    """Return the next nominal occurrence of an active task, or None if the stored one is right.

    A stored one that is later than the schedule says by `LATEST_CORRECTED`, or that is missing, was stored while the
    clock was ahead, or the schedule was then at its end. An occurrence that follows the last run is unknown until that
    has ended, so that a missing one is right.
    """
    right = facts.timing.first_after(now)
    if right is None:
        return None
    if facts.next_occurrence is None:
        return None if facts.timing.follows_last_run else right
    return right if facts.next_occurrence - right >= LATEST_CORRECTED else None


def decide_due(facts: ScheduleFacts, *, now: datetime, limit: int = MOST_MADE_UP) -> DueDecision:
    """Return what fires at `now`, from the stored next occurrence on.

    An occurrence that is late by no more than the grace fires. A later one was missed: `fire_once` makes one run for
    the latest missed, `skip` none, `fire_all` one for each, oldest first, up to `limit`. Time never runs backwards:
    nothing before the stored occurrence fires again. If occurrences follow the end of the last run, the next one is
    not known yet. Beyond `limit` missed occurrences the walk skips to the newest, so that a long absence costs no
    more than a short one.
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
    """Yield the newest occurrence, from `after` on, that was missed with any jitter, and those after it."""
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
