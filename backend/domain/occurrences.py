"""What a due task does: which occurrences fire, and when it is due next."""

import hashlib
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.enums import MisfirePolicy
from shared.schedule.cron import CronExpression

MOST_MADE_UP = 1000
"""`fire_all` makes up for at most this many occurrences at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What a task says of its time; `next_occurrence` is the nominal one that is stored, without jitter."""

    task_id: int
    schedule: str
    hash_key: str
    zone: ZoneInfo
    jitter_seconds: int
    misfire_policy: MisfirePolicy
    misfire_grace: timedelta
    next_occurrence: datetime | None = None

    @property
    def expression(self) -> CronExpression:
        """The schedule, parsed."""
        return CronExpression.parse(self.schedule, hash_key=self.hash_key)

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

    `missed` counts those that were late beyond the grace, `capped` says that some could not be made up for.
    """

    occurrences: tuple[datetime, ...]
    next_occurrence: datetime | None
    next_due: datetime | None
    missed: int
    capped: bool


def first_occurrence(facts: ScheduleFacts, *, after: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the first nominal occurrence after an instant and when it is due, or two Nones."""
    nominal = facts.expression.next_after(after, zone=facts.zone)
    return nominal, facts.due(nominal) if nominal else None


def decide_due(facts: ScheduleFacts, *, now: datetime, limit: int = MOST_MADE_UP) -> DueDecision:
    """Return what fires at `now`, from the stored next occurrence on.

    What is late by no more than the grace fires. What is later was missed: `fire_once` makes one run for
    the latest missed, `skip` none, `fire_all` each, oldest first, up to `limit`. A schedule's clock never
    runs backwards: what fired before stays behind the stored occurrence.
    """
    on_time: list[datetime] = []
    kept: deque[datetime] = deque(maxlen=1 if facts.misfire_policy is MisfirePolicy.FIRE_ONCE else limit)
    missed = 0
    following = facts.next_occurrence
    if following is not None:
        walk = facts.expression.iterate(following, zone=facts.zone)
        while following is not None and facts.due(following) <= now:
            if now - facts.due(following) <= facts.misfire_grace:
                on_time.append(following)
            else:
                missed += 1
                if facts.misfire_policy is not MisfirePolicy.FIRE_ALL or len(kept) < limit:
                    kept.append(following)
            following = next(walk, None)
    made_up = () if facts.misfire_policy is MisfirePolicy.SKIP else tuple(kept)
    return DueDecision(
        occurrences=(*made_up, *on_time),
        next_occurrence=following,
        next_due=facts.due(following) if following else None,
        missed=missed,
        capped=facts.misfire_policy is MisfirePolicy.FIRE_ALL and missed > limit,
    )
