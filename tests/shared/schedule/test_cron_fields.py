"""The numbers that fields come to: a table after crontab(5), and the rules for names, wraps and `H`."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.schedule.cron_fields import CronError, MonthDays, WeekDays, parse_fields

EVERY_HOUR = tuple(range(24))


@pytest.mark.parametrize(
    ("minute", "values"),
    [
        ("*", tuple(range(60))),
        ("*/20", (0, 20, 40)),
        ("*/70", (0,)),
        ("5", (5,)),
        ("05", (5,)),
        ("05-5", (5,)),
        ("5-05/3", (5,)),
        ("0-10/5", (0, 5, 10)),
        ("50-10/15", (5, 50)),
        ("5/20", (5, 25, 45)),
        ("1,2,2,59", (1, 2, 59)),
        ("H(5-5)", (5,)),
    ],
)
def test_minutes(minute: str, values: tuple[int, ...]) -> None:
    assert parse_fields(f"{minute} * * * *", hash_key="task").minutes == values


@pytest.mark.parametrize(
    ("hour", "values"),
    [("22-2/3", (1, 22)), ("23-1", (0, 1, 23)), ("0-23/2", tuple(range(0, 24, 2))), ("7-7", (7,)), ("*", EVERY_HOUR)],
)
def test_hours(hour: str, values: tuple[int, ...]) -> None:
    assert parse_fields(f"0 {hour} * * *", hash_key="task").hours == values


@pytest.mark.parametrize(
    ("month", "values"),
    [
        ("nov-feb/3", (2, 11)),
        ("nov-feb", (1, 2, 11, 12)),
        ("JAN", (1,)),
        ("jan-mar/2", (1, 3)),
        ("12-1", (1, 12)),
        ("may-5", (5,)),
    ],
)
def test_months(month: str, values: tuple[int, ...]) -> None:
    assert parse_fields(f"0 0 1 {month} *", hash_key="task").months == values


@pytest.mark.parametrize(
    ("weekday", "expected"),
    [
        ("MON-mon", WeekDays(days=(1,))),
        ("sun", WeekDays(days=(0,))),
        ("7", WeekDays(days=(0,))),
        ("7-7", WeekDays(days=(0,))),
        ("07-7", WeekDays(days=(0,))),
        ("7-0", WeekDays(days=(0,))),
        ("7-sun", WeekDays(days=(0,))),
        ("7-1", WeekDays(days=(0, 1))),
        ("0-7", WeekDays(days=(0, 1, 2, 3, 4, 5, 6))),
        ("5-7", WeekDays(days=(0, 5, 6))),
        ("fri-sun", WeekDays(days=(0, 5, 6))),
        ("sat-tue", WeekDays(days=(0, 1, 2, 6))),
        ("7-2", WeekDays(days=(0, 1, 2))),
        ("1-7/3", WeekDays(days=(0, 1, 4))),
        ("fri#2", WeekDays(nth=((5, 2),))),
        ("L5", WeekDays(nth=((5, None),))),
        ("fri#L", WeekDays(nth=((5, None),))),
        ("mon,fri#2,L0", WeekDays(days=(1,), nth=((5, 2), (0, None)))),
    ],
)
def test_days_of_the_week(weekday: str, expected: WeekDays) -> None:
    assert parse_fields(f"0 0 * * {weekday}", hash_key="task").week_days == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("L", MonthDays(has_last=True)),
        ("15W", MonthDays(nearest_weekday_to=(15,))),
        ("1,L,w20", MonthDays(days=(1,), has_last=True, nearest_weekday_to=(20,))),
        ("30-2", MonthDays(days=(1, 2, 30, 31))),
    ],
)
def test_days_of_the_month(day: str, expected: MonthDays) -> None:
    assert parse_fields(f"0 0 {day} * *", hash_key="task").month_days == expected


@pytest.mark.parametrize(
    ("schedule", "is_wildcard"),
    [
        ("30 2 * * *", False),
        ("30 * * * *", True),
        ("*/20 2 * * *", True),
        ("0 */2 * * *", True),
        ("0 0-23/2 * * *", False),
        ("0 1,*/2 * * *", False),
        ("H 2 * * *", False),
        ("0 2 * * * */5", False),
        ("@hourly", True),
    ],
)
def test_a_star_at_the_beginning_of_minute_or_hour_makes_a_wildcard_schedule(schedule: str, is_wildcard: bool) -> None:
    assert parse_fields(schedule, hash_key="task").is_wildcard is is_wildcard


@pytest.mark.parametrize(
    ("schedule", "both"), [("0 0 */2 * 1", True), ("0 0 1 * *", True), ("0 0 1 * 1", False), ("0 0 1,* * 1", False)]
)
def test_day_fields_are_alternatives_unless_one_begins_with_a_star(schedule: str, both: bool) -> None:
    assert parse_fields(schedule, hash_key="task").both_days_hold is both


@given(st.text(max_size=20))
def test_a_hashed_day_comes_in_every_month_and_a_step_begins_within_its_first_turn(name: str) -> None:
    assert 1 <= parse_fields("0 0 H * *", hash_key=name).month_days.days[0] <= 28
    minutes = parse_fields("H/15 * * * *", hash_key=name).minutes
    assert len(minutes) == 4
    assert minutes[0] < 15


@given(st.text(alphabet="0123456789*/-,hHlLwW#?()RrMONfri@ ", max_size=30))
def test_a_text_has_values_in_every_field_or_is_refused(text: str) -> None:
    with contextlib.suppress(CronError):
        fields = parse_fields(text, hash_key="task")
        assert all((fields.minutes, fields.hours, fields.months, fields.seconds))
