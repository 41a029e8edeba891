"""Intervals, delays, named times, bounds, calendars and blackouts: against tables and against a plain filter."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.enums import CalendarPolicy
from shared.schedule.blackouts import BlackoutSpan, RecurringBlackout
from shared.schedule.calendars import DayCalendar
from shared.schedule.clock_changes import first_instant_showing
from shared.schedule.cron_fields import CronError
from shared.schedule.durations import format_duration, parse_duration
from shared.schedule.schedule import parse_schedule
from shared.schedule.timing import Timing

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
WEEKEND = frozenset({5, 6})


def at(text: str, zone: ZoneInfo = UTC_ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def timing(schedule: str, zone: ZoneInfo = UTC_ZONE, **more: object) -> Timing:
    return Timing(schedule=parse_schedule(schedule, hash_key="task"), zone=zone, **more)  # type: ignore[arg-type]


def shown(which: Timing, after: str, count: int) -> list[str]:
    found = islice(which.iterate(at(after, which.zone)), count)
    return [f"{one.astimezone(which.zone):%Y-%m-%d %H:%M:%S}" for one in found]


def test_an_interval_counts_from_the_epoch_or_from_its_start() -> None:
    assert shown(timing("every 90s"), "2026-11-24T10:00:10", 3) == [
        "2026-11-24 10:01:30",
        "2026-11-24 10:03:00",
        "2026-11-24 10:04:30",
    ]
    anchored = timing("every 7m", starts_at=at("2026-11-24T10:01"))
    assert shown(anchored, "2026-11-24T09:00", 3) == [
        "2026-11-24 10:01:00",
        "2026-11-24 10:08:00",
        "2026-11-24 10:15:00",
    ]


def test_an_interval_follows_elapsed_time_over_a_clock_change() -> None:
    found = list(islice(timing("every 1h", BERLIN).iterate(at("2026-10-25T00:30", BERLIN)), 5))
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


def test_a_delay_is_one_occurrence_after_the_last_end() -> None:
    assert shown(timing("after 10m"), "2026-11-24T10:00", 3) == ["2026-11-24 10:10:00"]
    assert timing("after 10m").follows_last_run
    closed = timing("after 10m", blackouts=(BlackoutSpan(at("2026-11-24T10:05"), at("2026-11-24T11:00")),))
    assert shown(closed, "2026-11-24T10:00", 3) == ["2026-11-24 11:00:00"]


def test_named_times_are_read_in_the_zone_unless_they_say_theirs() -> None:
    times = timing("at 2026-12-24T18:00, 2026-12-24T16:30Z, 2026-03-29T02:30", BERLIN)
    assert shown(times, "2026-01-01T00:00", 5) == [
        "2026-03-29 03:00:00",
        "2026-12-24 17:30:00",
        "2026-12-24 18:00:00",
    ]
    assert shown(times, "2026-12-24T18:00", 5) == []


def test_bounds_include_both_ends() -> None:
    bounded = timing("0 * * * *", starts_at=at("2026-11-24T10:00"), ends_at=at("2026-11-24T12:00"))
    assert shown(bounded, "2026-01-01T00:00", 9) == [
        "2026-11-24 10:00:00",
        "2026-11-24 11:00:00",
        "2026-11-24 12:00:00",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("every", "is not a duration"),
        ("every 5", "is not a duration"),
        ("every 0s", "not between"),
        ("after -5m", "is not a duration"),
        ("every 99999999999999999999d", "longer than"),
        ("at tomorrow", "is not a time"),
        ("at 2026-02-30T10:00", "is not a time"),
    ],
)
def test_what_cannot_be_read_says_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(CronError, match=says):
        parse_schedule(text, hash_key="")


@given(st.integers(1, 3_000 * 86_400))
def test_durations_read_as_they_are_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration)) == duration


def test_days_off_are_skipped() -> None:
    calendar = DayCalendar(dates=frozenset({date(2026, 12, 25)}), weekdays=WEEKEND)
    assert shown(timing("0 8 * * *", BERLIN, calendar=calendar), "2026-12-24T09:00", 2) == [
        "2026-12-28 08:00:00",
        "2026-12-29 08:00:00",
    ]


def test_days_off_move_to_the_next_working_day_and_meet_there_once() -> None:
    calendar = DayCalendar(dates=frozenset({date(2026, 12, 25)}), weekdays=WEEKEND)
    moved = timing("0 8,20 * * *", BERLIN, calendar=calendar, calendar_policy=CalendarPolicy.NEXT_WORKING_DAY)
    assert shown(moved, "2026-12-24T09:00", 4) == [
        "2026-12-24 20:00:00",
        "2026-12-28 08:00:00",
        "2026-12-28 20:00:00",
        "2026-12-29 08:00:00",
    ]
    monthly = timing("30 6 26 * *", BERLIN, calendar=calendar, calendar_policy=CalendarPolicy.NEXT_WORKING_DAY)
    assert shown(monthly, "2026-12-27T12:00", 2) == ["2026-12-28 06:30:00", "2027-01-26 06:30:00"]
    assert shown(monthly, "2026-12-28T06:30", 1) == ["2027-01-26 06:30:00"]


def test_a_recurring_blackout_closes_its_window_and_not_its_end() -> None:
    nightly = RecurringBlackout("0 22 * * *", timedelta(hours=3))
    assert shown(timing("30 * * * *", BERLIN, blackouts=(nightly,)), "2026-11-24T20:45", 3) == [
        "2026-11-24 21:30:00",
        "2026-11-25 01:30:00",
        "2026-11-25 02:30:00",
    ]
    assert shown(timing("0 * * * *", BERLIN, blackouts=(nightly,)), "2026-11-24T21:30", 1) == ["2026-11-25 01:00:00"]


def test_a_schedule_that_is_closed_for_ever_ends() -> None:
    assert shown(timing("0 8 * * *", calendar=DayCalendar(weekdays=frozenset(range(7)))), "2026-11-24T09:00", 1) == []
    always = RecurringBlackout("0 * * * *", timedelta(hours=1))
    assert shown(timing("*/7 * * * *", blackouts=(always,)), "2026-11-24T09:00", 1) == []
    moved = timing(
        "0 8 * * *",
        calendar=DayCalendar(weekdays=frozenset(range(7))),
        calendar_policy=CalendarPolicy.NEXT_WORKING_DAY,
    )
    assert shown(moved, "2026-11-24T09:00", 1) == []


SCHEDULES = st.sampled_from(["17 */3 * * *", "30 2 * * *", "0 8 * * 1-5", "every 5h", "0 0 1,15 * *", "45 23 * * *"])
DAYS = st.dates(date(2026, 3, 1), date(2026, 4, 30))


@settings(max_examples=150, deadline=None)
@given(
    SCHEDULES,
    st.sampled_from(["Europe/Berlin", "America/Havana", "UTC", "Australia/Lord_Howe"]),
    st.frozensets(DAYS, max_size=20),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.lists(st.tuples(st.integers(0, 60 * 24), st.integers(1, 72)), max_size=3),
    st.integers(0, 40 * 24 * 60),
    st.sampled_from(list(CalendarPolicy)),
)
def test_what_is_left_is_what_a_plain_filter_leaves(
    schedule: str,
    zone_name: str,
    dates: frozenset[date],
    weekdays: frozenset[int],
    windows: list[tuple[int, int]],
    minutes: int,
    policy: CalendarPolicy,
) -> None:
    zone = ZoneInfo(zone_name)
    start, end = at("2026-03-01T00:00"), at("2026-05-10T00:00")
    spans = [
        BlackoutSpan(start + timedelta(hours=after), start + timedelta(hours=after + length))
        for after, length in windows
    ]
    calendar = DayCalendar(dates, weekdays)
    which = timing(schedule, zone, calendar=calendar, calendar_policy=policy, blackouts=tuple(spans))
    begin = start + timedelta(minutes=minutes)

    expected: set[datetime] = set()
    for nominal in timing(schedule, zone).iterate(start - timedelta(days=40)):
        if nominal > end:
            break
        local = nominal.astimezone(zone)
        if calendar.is_off(local.date()):
            if policy is CalendarPolicy.SKIP:
                continue
            day = local.date()
            while calendar.is_off(day):
                day += timedelta(days=1)
            wall = local.replace(tzinfo=None, fold=0)
            nominal = first_instant_showing(datetime.combine(day, wall.time()), zone)
        if not any(span.starts_at <= nominal < span.ends_at for span in spans):
            expected.add(nominal)

    found = []
    for one in which.iterate(begin):
        if one > at("2026-05-01T00:00"):
            break
        found.append(one)
    assert found == sorted(one for one in expected if begin < one <= at("2026-05-01T00:00"))


@pytest.mark.parametrize(
    ("schedule", "windows"),
    [
        ("* * * * *", [RecurringBlackout("* * * * * *", timedelta(days=366))]),
        ("* * * * *", [RecurringBlackout("* * * * *", timedelta(seconds=61))]),
        ("* * * * * *", [RecurringBlackout("0 0 1 1 *", timedelta(days=366))]),
        ("0 3 29 2 *", [RecurringBlackout("0 2 * * *", timedelta(hours=2))]),
        ("* * * * *", [RecurringBlackout("* * * * *", timedelta(seconds=30 + n)) for n in range(100)]),
    ],
)
def test_a_schedule_whose_blackouts_leave_nothing_open_ends_after_a_bounded_search(
    schedule: str, windows: list[RecurringBlackout]
) -> None:
    timing = Timing(schedule=parse_schedule(schedule, hash_key=""), zone=ZoneInfo("UTC"), blackouts=tuple(windows))
    assert timing.first_after(datetime(2026, 11, 29, tzinfo=UTC)) is None


def test_a_chain_of_touching_windows_is_one_window() -> None:
    timing = Timing(
        schedule=parse_schedule("* * * * *", hash_key=""),
        zone=ZoneInfo("UTC"),
        blackouts=tuple(RecurringBlackout("* 0-21 * * *", timedelta(seconds=60)) for _ in range(5)),
    )
    assert timing.first_after(datetime(2026, 11, 29, tzinfo=UTC)) == datetime(2026, 11, 29, 22, tzinfo=UTC)
