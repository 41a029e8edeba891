"""Calendar expressions and schedules mean the same: checked against `systemd-analyze calendar` where it exists."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.schedule.schedule import parse_schedule
from shared.systemd.calendar_reading import CalendarError, read_calendar
from shared.systemd.calendar_writing import timer_settings
from tests.fuzzing import fuzzed

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 8
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
_AT = re.compile(r"(?:Next elapse|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")


def by_systemd(*expressions: str) -> list[datetime]:
    """Return the first times of expressions in UTC, each time once."""
    command = ["systemd-analyze", "calendar", f"--iterations={COUNT}", "--base-time=2026-01-01 00:00:00 UTC"]
    done = subprocess.run(
        [*command, *expressions],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )
    found = {datetime.fromisoformat(at).replace(tzinfo=UTC) for at in _AT.findall(done.stdout)}
    return sorted(found)[:COUNT]


def by_schedule(schedule: str) -> list[datetime]:
    return list(islice(parse_schedule(schedule, hash_key="name").iterate(BEGIN, zone=ZoneInfo("UTC")), COUNT))


@needs_systemd
@pytest.mark.parametrize(
    ("expression", "schedule"),
    [
        ("daily", "0 0 * * *"),
        ("weekly", "0 0 * * 1"),
        ("hourly", "0 * * * *"),
        ("minutely", "* * * * *"),
        ("monthly", "0 0 1 * *"),
        ("quarterly", "0 0 1 */3 *"),
        ("semiannually", "0 0 1 1,7 *"),
        ("yearly", "0 0 1 1 *"),
        ("Mon..Fri 02:30", "30 2 * * 1-5"),
        ("Sat,Sun 12:05:10", "5 12 * * 0,6 10"),
        ("Mon *-*-1..7 03:00", "0 3 * * 1#1"),
        ("Tue,Thu *-*-15..21 03:00:00", "0 3 * * 2#3,4#3"),
        ("Fri *-*-29..31", "0 0 * * 5#5"),
        ("*-*~1 23:59", "59 23 L * *"),
        ("Sun *-*~7/1 04:00", "0 4 * * L0"),
        ("Mon *-*-1,15 03:00", "0 3 */31,15 * 1"),
        ("Sun,Wed *-*-13 03:00", "0 3 13 * */7,3"),
        ("*-*-* *:0/15", "*/15 * * * *"),
        ("*-*-* 08..18:05/20:30", "5,25,45 8-18 * * * 30"),
        ("*-02-29 12:00", "0 12 29 2 *"),
        ("*:20", "20 * * * *"),
        ("2027-05-01 18:00", "at 2027-05-01T18:00"),
        ("2027-05-01,02 18:00:05", "at 2027-05-01T18:00:05,2027-05-02T18:00:05"),
    ],
)
def test_an_expression_becomes_the_schedule_that_systemd_means(expression: str, schedule: str) -> None:
    assert read_calendar(f"{expression} UTC") == (schedule, "UTC")
    assert by_schedule(schedule) == by_systemd(f"{expression} UTC")


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("Mon *-*-13 03:00", "days of the month cannot be expressed"),
        ("*-*~3 00:00", "from the end of the month"),
        ("*-*-* 00:00:00.5", "fractions"),
        ("2027..2090-01-01", "no years"),
        ("Fri..Mon 06:00", "ends before it begins"),
        ("2027-04-31 00:00", "no day that exists"),
        ("*-13-01", "out of range"),
        ("someday", "not understood"),
        ("*-*-* 25:00", "out of range"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_expressed_is_said(expression: str, says: str) -> None:
    with pytest.raises(CalendarError, match=says):
        read_calendar(expression)


def test_the_time_zone_of_an_expression_is_that_of_the_task() -> None:
    assert read_calendar("*-*-* 02:00 Europe/Berlin") == ("0 2 * * *", "Europe/Berlin")
    assert read_calendar("*-*-* 02:00") == ("0 2 * * *", None)


_COMPONENT = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 6)}


@st.composite
def _field(draw: st.DrawFn, name: str) -> str:
    low, high = _COMPONENT[name]
    numbers = st.integers(low, high)
    kind = draw(st.sampled_from(["star", "step", "list", "range"]))
    if kind == "star":
        return "*"
    if kind == "step":
        return f"*/{draw(st.integers(1, high))}"
    if kind == "list":
        return ",".join(str(one) for one in draw(st.lists(numbers, min_size=1, max_size=3, unique=True)))
    first, last = sorted((draw(numbers), draw(numbers)))
    return f"{first}-{last}"


_DAYS = st.one_of(_field("day"), st.sampled_from(["L", "H", "1,L"]))
_WEEKDAYS = st.one_of(_field("weekday"), st.sampled_from(["mon#2", "fri#5", "L5", "1#1,L3"]))


@needs_systemd
@fuzzed(60)
@given(st.tuples(_field("minute"), _field("hour"), _DAYS, _field("month"), _WEEKDAYS).map(" ".join))
def test_a_schedule_becomes_expressions_that_mean_the_same_and_come_back(schedule: str) -> None:
    expected = by_schedule(schedule)
    try:
        lines = [value for _, value in timer_settings(schedule, timezone="UTC", hash_key="name")]
    except CalendarError:
        return
    if not lines:
        assert expected == []
        return
    if not expected:
        return  # systemd looks further into the future than 50 years
    assert by_systemd(*lines)[: len(expected)] == expected
    back = []
    for line in lines:
        try:
            back += by_schedule(read_calendar(line)[0])
        except CalendarError:
            return
    assert sorted(set(back))[: len(expected)] == expected


def test_intervals_and_single_times_become_settings() -> None:
    def settings(schedule: str) -> list[tuple[str, str]]:
        return timer_settings(schedule, timezone="Europe/Berlin", hash_key="x")

    assert settings("every 90s") == [("OnActiveSec", "90s"), ("OnUnitActiveSec", "90s")]
    assert settings("after 10m") == [("OnActiveSec", "600s"), ("OnUnitInactiveSec", "600s")]
    assert settings("at 2027-05-01T18:00") == [("OnCalendar", "2027-05-01 16:00:00 UTC")]
    assert settings("30 2 * * 1-5") == [("OnCalendar", "Mon,Tue,Wed,Thu,Fri *-*-* 02:30:00 Europe/Berlin")]
    with pytest.raises(CalendarError, match="nearest"):
        settings("0 0 15W * *")
