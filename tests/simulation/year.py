"""A virtual year of many mixed schedules, in which every occurrence is compared with a minute-by-minute oracle.

The oracle shares only the zone table with the code: it walks every minute of the year in every zone
that is used, decides from the wall clock alone which expressions match, and applies the rules for clock changes to
what it saw. `decide_due` plays the dispatcher, called at irregular times, with outages of hours.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.scheduling.occurrences import ScheduleFacts, decide_due, first_occurrence
from shared.enums import CalendarPolicy, MisfirePolicy
from shared.models.timing import timing_of
from shared.schedule.calendars import DayCalendar

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 365 * 24 * 60
MINUTE = timedelta(minutes=1)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Shanghai")
HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 4, 3), date(2026, 12, 25)})


@dataclass(frozen=True)
class Plan:
    """A schedule as sets of numbers, which the oracle reads, and as text, which the code reads."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    weekdays: frozenset[int]
    zone: str
    skips_days_off: bool

    @property
    def text(self) -> str:
        def written(numbers: frozenset[int], whole: range) -> str:
            return "*" if len(numbers) == len(whole) else ",".join(str(number) for number in sorted(numbers))

        return " ".join(
            (
                written(self.minutes, range(60)),
                written(self.hours, range(24)),
                written(self.days, range(1, 32)),
                "*",
                written(self.weekdays, range(7)),
            )
        )

    @property
    def is_fixed_time(self) -> bool:
        return len(self.hours) < 24

    def matches(self, wall: datetime) -> bool:
        if wall.minute not in self.minutes or wall.hour not in self.hours:
            return False
        weekday = (wall.weekday() + 1) % 7
        if len(self.days) == 31 or len(self.weekdays) == 7:
            return wall.day in self.days and weekday in self.weekdays
        return wall.day in self.days or weekday in self.weekdays

    def is_off(self, day: date) -> bool:
        return self.skips_days_off and (day in HOLIDAYS or day.weekday() >= 5)


def plans(count: int, chance: random.Random) -> list[Plan]:
    every_hour, every_day, every_weekday = frozenset(range(24)), frozenset(range(1, 32)), frozenset(range(7))
    found = []
    for _ in range(count):
        kind = chance.random()
        minutes = frozenset(chance.sample(range(60), chance.choice((1, 1, 1, 2, 4))))
        hours = every_hour if kind < 0.2 else frozenset(chance.sample(range(24), chance.choice((1, 1, 2, 3))))
        days = every_day if kind < 0.8 else frozenset(chance.sample(range(1, 32), chance.choice((1, 2))))
        weekdays = every_weekday if chance.random() < 0.7 else frozenset(chance.sample(range(7), 3))
        found.append(Plan(minutes, hours, days, weekdays, chance.choice(ZONES), chance.random() < 0.15))
    return found


def walls(zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield each minute of the year with the wall clock time of the zone."""
    where = ZoneInfo(zone)
    for number in range(-24 * 60, MINUTES):
        instant = START + number * MINUTE
        yield instant, instant.astimezone(where).replace(tzinfo=None, fold=0)


def oracle(zone: str, wanted: list[tuple[int, Plan]]) -> dict[int, list[datetime]]:
    """Return every occurrence of the plans of one zone, by stepping its wall clock."""
    by_time: dict[tuple[int, int], list[tuple[int, Plan]]] = defaultdict(list)
    for number, plan in wanted:
        for minute in plan.minutes:
            for hour in plan.hours:
                by_time[hour, minute].append((number, plan))
    found: dict[int, list[datetime]] = defaultdict(list)
    shown: set[datetime] = set()
    previous: datetime | None = None
    for instant, wall in walls(zone):
        is_second_time = wall in shown
        if previous is not None and wall - previous > MINUTE:
            # The clock jumped forward: the fixed times in the gap occur now, once.
            missing = previous + MINUTE
            due: set[int] = set()
            while missing < wall:
                for number, plan in by_time.get((missing.hour, missing.minute), ()):
                    if plan.is_fixed_time and plan.matches(missing):
                        due.add(number)
                missing += MINUTE
            for number in due:
                if instant >= START and not (found[number] and found[number][-1] == instant):
                    found[number].append(instant)
        for number, plan in by_time.get((wall.hour, wall.minute), ()):
            if instant < START or (plan.is_fixed_time and is_second_time) or not plan.matches(wall):
                continue
            if not (found[number] and found[number][-1] == instant):
                found[number].append(instant)
        # A wall clock time repeats within an hour or two of a clock change, hence the short memory.
        shown.add(wall)
        if len(shown) > 400:
            shown = {one for one in shown if wall - one < timedelta(hours=3)}
        previous = wall
    where = ZoneInfo(zone)
    by_number = dict(wanted)
    return {
        number: [at for at in times if not by_number[number].is_off(at.astimezone(where).date())]
        for number, times in found.items()
    }


def played(plan: Plan, number: int, chance: random.Random) -> list[datetime]:
    """Return what a dispatcher fires in a year with outages, with the policy fire_all."""
    calendar = DayCalendar(HOLIDAYS, frozenset({5, 6})) if plan.skips_days_off else None
    facts = ScheduleFacts(
        task_id=number,
        timing=timing_of(
            name=f"task {number}",
            schedule=plan.text,
            timezone=plan.zone,
            calendar=calendar,
            calendar_policy=CalendarPolicy.SKIP,
        ),
        jitter_seconds=0,
        misfire_policy=MisfirePolicy.FIRE_ALL,
        misfire_grace=timedelta(seconds=60),
    )
    occurrence, _ = first_occurrence(facts, after=START - timedelta(microseconds=1))
    facts = replace(facts, next_occurrence=occurrence)
    end = START + MINUTES * MINUTE - timedelta(microseconds=1)
    now = START
    fired: list[datetime] = []
    while facts.next_occurrence is not None and facts.next_occurrence <= end:
        late = timedelta(seconds=chance.choice((0, 0, 1, 20, 90)), hours=chance.choice((0,) * 40 + (5, 30, 170)))
        now = min(max(now, facts.next_occurrence + late), end)
        decision = decide_due(facts, now=now)
        assert not decision.capped
        fired += decision.occurrences
        facts = replace(facts, next_occurrence=decision.next_occurrence)
    return fired


def simulate(count: int, *, seed: int) -> int:
    """Simulate a year of `count` schedules; return the number of occurrences, all equal to the oracle's.

    Raises AssertionError that names the first schedule that does not agree.
    """
    every = list(enumerate(plans(count, random.Random(seed))))
    by_zone: dict[str, list[tuple[int, Plan]]] = defaultdict(list)
    for number, plan in every:
        by_zone[plan.zone].append((number, plan))
    expected: dict[int, list[datetime]] = {}
    for zone, wanted in by_zone.items():
        expected |= oracle(zone, wanted)
    total = 0
    for number, plan in every:
        fired = played(plan, number, random.Random(number))
        if fired != expected.get(number, []):
            differs = sorted(set(fired) ^ set(expected.get(number, [])))
            raise AssertionError(f"{plan.text} in {plan.zone}: {len(differs)} differ, first {differs[:3]}")
        total += len(fired)
    return total


def main() -> None:
    began = time.monotonic()
    total = simulate(1000, seed=2026)
    print(
        f"1,000 schedules, one year, {total:,} occurrences, none lost, none doubled: {time.monotonic() - began:.0f} s"
    )
