"""Due times against tables, and against a clock that is walked minute by minute."""

import contextlib
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.schedule.cron import CronExpression
from shared.schedule.cron_fields import CronError

MINUTE = timedelta(minutes=1)


def times(schedule: str, zone: str, start: str, count: int) -> list[str]:
    expression = CronExpression.parse(schedule, hash_key="task")
    where = ZoneInfo(zone)
    after = datetime.fromisoformat(start).replace(tzinfo=where)
    return [f"{at.astimezone(where):%Y-%m-%d %H:%M %z}" for at in islice(expression.iterate(after, zone=where), count)]


@pytest.mark.parametrize(
    ("schedule", "zone", "start", "expected"),
    [
        # A fixed time in the gap runs once, at the first instant after it.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", ["2026-03-29 03:00 +0200", "2026-03-30 02:30 +0200"]),
        ("30 2 * * *", "America/New_York", "2026-03-07T12:00", ["2026-03-08 03:00 -0400", "2026-03-09 02:30 -0400"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", ["2026-10-04 02:30 +1100", "2026-10-05 02:15 +1100"]),
        ("0 0 * * *", "America/Santiago", "2026-09-05T12:00", ["2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300"]),
        ("0 0 * * *", "America/Havana", "2026-03-07T12:00", ["2026-03-08 01:00 -0400", "2026-03-09 00:00 -0400"]),
        # A fixed time that comes twice runs once, the first time.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00", ["2026-11-01 01:30 -0400", "2026-11-02 01:30 -0500"]),
        # Wildcards and steps in the hour follow elapsed time.
        (
            "30 * * * *",
            "Europe/Berlin",
            "2026-10-25T01:00",
            ["2026-10-25 01:30 +0200", "2026-10-25 02:30 +0200", "2026-10-25 02:30 +0100", "2026-10-25 03:30 +0100"],
        ),
        ("30 * * * *", "Europe/Berlin", "2026-03-29T01:00", ["2026-03-29 01:30 +0100", "2026-03-29 03:30 +0200"]),
        # The hour comes again although its next ordinary time lies behind two changes.
        (
            "30 */23 1-4 1-4 *",
            "America/Santiago",
            "2026-04-04T22:00",
            ["2026-04-04 23:30 -0300", "2026-04-04 23:30 -0400"],
        ),
        # São Paulo, while it changed its clocks: the gap, and the doubled hour, at midnight.
        ("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00", ["2018-11-04 01:00 -0200", "2018-11-05 00:00 -0200"]),
        ("30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00", ["2018-02-17 23:30 -0200", "2018-02-18 23:30 -0300"]),
        (
            "*/30 * * * *",
            "America/Sao_Paulo",
            "2018-02-17T22:45",
            [
                "2018-02-17 23:00 -0200",
                "2018-02-17 23:30 -0200",
                "2018-02-17 23:00 -0300",
                "2018-02-17 23:30 -0300",
                "2018-02-18 00:00 -0300",
            ],
        ),
        # cron(8): a star at the beginning of the minute or the hour makes a schedule a wildcard, a step alone does not.
        ("*/30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", ["2026-03-30 02:00 +0200", "2026-03-30 02:30 +0200"]),
        (
            "*/30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00",
            [
                "2026-10-25 02:00 +0200",
                "2026-10-25 02:30 +0200",
                "2026-10-25 02:00 +0100",
                "2026-10-25 02:30 +0100",
                "2026-10-26 02:00 +0100",
            ],
        ),
        ("0 0-23/2 * * *", "Europe/Berlin", "2026-03-29T00:30", ["2026-03-29 03:00 +0200", "2026-03-29 04:00 +0200"]),
        ("0 0-23/2 * * *", "Europe/Berlin", "2026-10-25T01:00", ["2026-10-25 02:00 +0200", "2026-10-25 04:00 +0100"]),
        # Zones without any change.
        ("30 2 * * *", "Asia/Shanghai", "2026-03-28T12:00", ["2026-03-29 02:30 +0800", "2026-03-30 02:30 +0800"]),
        ("0 9 1W * *", "UTC", "2026-07-15T00:00", ["2026-08-03 09:00 +0000", "2026-09-01 09:00 +0000"]),
        # A day that was left out altogether.
        ("0 12 30 12 *", "Pacific/Apia", "2011-12-29T13:00", ["2011-12-31 00:00 +1400", "2012-12-30 12:00 +1400"]),
        # Leap days, month ends, weekdays.
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00", ["2028-02-29 00:00 +0000", "2032-02-29 00:00 +0000"]),
        ("0 0 L * *", "UTC", "2027-01-31T12:00", ["2027-02-28 00:00 +0000", "2027-03-31 00:00 +0000"]),
        ("0 8 * * mon#1", "UTC", "2026-11-01T00:00", ["2026-11-02 08:00 +0000", "2026-12-07 08:00 +0000"]),
        ("0 8 * * wed-wed", "UTC", "2026-11-24T00:00", ["2026-11-25 08:00 +0000", "2026-12-02 08:00 +0000"]),
        ("@weekly", "UTC", "2026-11-24T00:00", ["2026-11-29 00:00 +0000"]),
        ("* * * * * */30", "UTC", "2026-11-24T00:00", ["2026-11-24 00:00 +0000", "2026-11-24 00:01 +0000"]),
    ],
)
def test_times_over_clock_changes_and_calendars(schedule: str, zone: str, start: str, expected: list[str]) -> None:
    assert times(schedule, zone, start, len(expected)) == expected


@pytest.mark.parametrize(
    ("schedule", "field", "says"),
    [
        ("", "schedule", "is empty"),
        ("* * * *", "schedule", "has 4 fields"),
        ("61 * * * *", "minute", "use 0 to 59"),
        ("* 24 * * *", "hour", "use 0 to 23"),
        ("* * 32 * *", "day of month", "use 1 to 31"),
        ("* * * foo *", "month", "use 1 to 12"),
        ("* * * * 8", "day of week", "use 0 to 7"),
        ("0 0 30 2 *", "day of month", "no such date ever comes"),
        ("@reboot", "schedule", "at boot, which has no time"),
        ("@every 5m", "schedule", "write every 5m"),
        ("0 15 10 ? * MON-FRI", "schedule", "the seconds come last: write 15 10 \\? \\* MON-FRI 0"),
        ("0 0 12 * * ? 2026", "schedule", "Quartz puts seconds first .* write 0 12 \\* \\* \\? 0"),
        ("0 0 12 ? * 6#3 2026", "schedule", "write 0 12 \\? \\* FRI#3 0"),
        ("0 0 12 ? * 6#3 1970/x/y", "schedule", "write 0 12 \\? \\* FRI#3 0"),
        ("0 0 12 x * ? 2026", "schedule", "move the seconds to the end"),
        ("0 15 10 ? * 6#3", "schedule", "write 15 10 \\? \\* FRI#3 0"),
        ("0 15 10 ? * 2-6", "schedule", "write 15 10 \\? \\* MON-FRI 0"),
        ("0 15 10 ? * 1,7", "schedule", "write 15 10 \\? \\* SUN,SAT 0"),
        ("0 15 10 ? * 6L", "schedule", "write 15 10 \\? \\* LFRI 0"),
        ("0 15 10 ? * L", "schedule", "write 15 10 \\? \\* SAT 0"),
        ("0 15 10 ? * 2/2", "schedule", "write 15 10 \\? \\* MON-SAT/2 0"),
        ("0 15 10 ? * 2-6/2", "schedule", "write 15 10 \\? \\* MON-FRI/2 0"),
        ("* * * * mon-xyz", "day of week", "mon-xyz is not valid"),
        ("*/0 * * * *", "minute", "\\*/0 is not valid"),
        ("? * * * *", "minute", "is not valid"),
        ("H(7-3) * * * *", "minute", r"H\(7-3\) is not valid"),
        ("@fortnightly", "schedule", "is not known"),
        ("R * * * *", "minute", "is not valid"),
        ("* " * 200, "schedule", "longer than"),
    ],
)
def test_a_wrong_schedule_names_its_field_and_what_would_be_right(schedule: str, field: str, says: str) -> None:
    with pytest.raises(CronError, match=says) as refused:
        CronExpression.parse(schedule, hash_key="x")
    assert refused.value.field == field


@given(st.text(max_size=30))
def test_nothing_but_our_error_comes_of_any_text(text: str) -> None:
    with contextlib.suppress(CronError):
        CronExpression.parse(text, hash_key="x")


def test_hashed_times_differ_by_name_and_stay() -> None:
    def first(name: str) -> datetime:
        found = next(
            CronExpression.parse("H H * * *", hash_key=name).iterate(
                datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC")
            )
        )
        assert found is not None
        return found

    assert first("a") == first("a")
    assert len({first(f"task-{n}") for n in range(50)}) > 30


# The oracle: fields as sets of numbers, and a clock that is looked at once a minute.

FIELD = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]


@st.composite
def fields(draw: st.DrawFn, low: int, high: int) -> tuple[str, set[int]]:
    kind = draw(st.sampled_from(["*", "*", "step", "list", "range"]))
    if kind == "*":
        return "*", set(range(low, high + 1))
    if kind == "step":
        step = draw(st.integers(1, high))
        return f"*/{step}", set(range(low, high + 1, step))
    if kind == "range":
        first = draw(st.integers(low, high))
        last = draw(st.integers(first, high))
        return f"{first}-{last}", set(range(first, last + 1))
    chosen = draw(st.sets(st.integers(low, high), min_size=1, max_size=4))
    return ",".join(str(one) for one in sorted(chosen)), chosen


def matches(wall: datetime, texts: list[str], sets: list[set[int]]) -> bool:
    minute, hour, day, month, weekday = sets
    if wall.minute not in minute or wall.hour not in hour or wall.month not in month:
        return False
    in_day, in_weekday = wall.day in day, (wall.isoweekday() % 7) in weekday
    # Vixie cron: where both days are restricted, either will do.
    if texts[2].startswith("*") or texts[4].startswith("*"):
        return in_day and in_weekday
    return in_day or in_weekday


def walked(texts: list[str], sets: list[set[int]], zone: ZoneInfo, start: datetime, hours: int) -> Iterator[datetime]:
    """Look at the clock each minute, as cron does; a jump makes up for the fixed times that it left out."""
    is_fixed = not texts[0].startswith("*") and not texts[1].startswith("*")
    seen: set[datetime] = set()
    before = start
    for step in range(1, hours * 60 + 1):
        now = start + step * MINUTE
        wall, former = (at.astimezone(zone).replace(tzinfo=None) for at in (now, before))
        before = now
        if not is_fixed:
            if matches(wall, texts, sets):
                yield now
            continue
        skipped = [former + n * MINUTE for n in range(1, int((wall - former) / MINUTE) + 1)] if wall > former else []
        due = [at for at in skipped if matches(at, texts, sets) and at not in seen]
        seen.update(due)
        if due:
            yield now


ZONES = [
    ("UTC", "2026-05-01T00:00"),
    ("Asia/Shanghai", "2026-03-28T20:00"),
    ("Europe/Berlin", "2026-03-28T20:00"),
    ("Europe/Berlin", "2026-10-24T20:00"),
    ("America/New_York", "2026-03-07T20:00"),
    ("America/New_York", "2026-10-31T20:00"),
    ("Australia/Lord_Howe", "2026-04-04T08:00"),
    ("Australia/Lord_Howe", "2026-10-03T20:00"),
    ("America/Santiago", "2026-04-04T12:00"),
    ("America/Santiago", "2026-09-05T20:00"),
    ("America/Havana", "2026-03-07T20:00"),
    ("America/Havana", "2026-10-31T20:00"),
    ("America/Sao_Paulo", "2018-02-17T12:00"),
    ("America/Sao_Paulo", "2018-11-03T20:00"),
    ("Pacific/Apia", "2010-09-25T20:00"),
    ("Pacific/Apia", "2011-04-01T20:00"),
    ("Pacific/Apia", "2011-12-29T20:00"),
]


@settings(max_examples=150, deadline=None)
@given(st.tuples(*(fields(low, high) for low, high in FIELD)), st.sampled_from(ZONES))
def test_due_times_are_those_of_a_clock_that_is_watched(
    parts: tuple[tuple[str, set[int]], ...], where: tuple[str, str]
) -> None:
    texts, sets = [text for text, _ in parts], [found for _, found in parts]
    zone = ZoneInfo(where[0])
    start = datetime.fromisoformat(where[1]).replace(tzinfo=zone).astimezone(UTC)
    hours = 36
    try:
        expression = CronExpression.parse(" ".join(texts), hash_key="x")
    except CronError:
        assert not list(walked(texts, sets, zone, start, hours))
        return
    end = start + timedelta(hours=hours)
    found = list(takewhile(lambda at: at <= end, expression.iterate(start, zone=zone)))
    assert found == list(walked(texts, sets, zone, start, hours))


# Days by what they are called, against a calendar that is read day by day.

Fits = Callable[[date], bool]


def is_nearest_workday(day: date, wanted: int) -> bool:
    last = monthrange(day.year, day.month)[1]
    target = day.replace(day=min(wanted, last))
    back = {5: -1, 6: 1}.get(target.weekday(), 0)
    if not 1 <= target.day + back <= last:
        back = {5: 2, 6: -2}[target.weekday()]
    return day == target + timedelta(days=back)


@st.composite
def month_days(draw: st.DrawFn) -> tuple[str, Fits]:
    kind = draw(st.sampled_from(["plain", "plain", "L", "W"]))
    if kind == "L":
        return "L", lambda day: (day + timedelta(days=1)).day == 1
    number = draw(st.integers(1, 28))
    if kind == "W":
        return f"{number}W", lambda day: is_nearest_workday(day, number)
    return str(number), lambda day: day.day == number


@st.composite
def week_days(draw: st.DrawFn) -> tuple[str, Fits]:
    kind, number = draw(st.sampled_from(["plain", "plain", "#", "L"])), draw(st.integers(0, 6))
    if kind == "#":
        nth = draw(st.integers(1, 5))
        return f"{number}#{nth}", lambda day: day.isoweekday() % 7 == number and (day.day + 6) // 7 == nth
    if kind == "L":
        return f"L{number}", lambda day: day.isoweekday() % 7 == number and (day + timedelta(days=7)).day <= 7
    return str(number), lambda day: day.isoweekday() % 7 == number


def day_field(entries: st.SearchStrategy[tuple[str, Fits]]) -> st.SearchStrategy[list[tuple[str, Fits]]]:
    return st.lists(entries, max_size=3, unique_by=lambda entry: entry[0])


@settings(max_examples=150, deadline=None)
@given(day_field(month_days()), day_field(week_days()))
def test_days_are_those_of_a_calendar_that_is_read(
    of_month: list[tuple[str, Fits]], of_week: list[tuple[str, Fits]]
) -> None:
    texts = [",".join(text for text, _ in entries) or "*" for entries in (of_month, of_week)]
    rules = [fits for _, fits in of_month + of_week]
    expression = CronExpression.parse(f"0 0 {texts[0]} * {texts[1]}", hash_key="x")
    start, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 4, 1, tzinfo=UTC)
    found = list(takewhile(lambda at: at <= end, expression.iterate(start, zone=ZoneInfo("UTC"))))
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert found == [day for day in days if not rules or any(fits(day.date()) for fits in rules)]
