"""Schedules in words: sentences that are read, and a meaning that names the very days and times that fire."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.schedule.cron import CronExpression
from shared.schedule.cron_fields import CronError
from shared.schedule.cron_in_chinese import in_chinese
from shared.schedule.cron_in_english import in_english
from shared.schedule.cron_meaning import CronMeaning, Day, LastDay, MonthDays, NearestWorkday, NthWeekday, Weekdays
from shared.schedule.cron_meaning import cron_meaning as meaning_of
from shared.schedule.description import describe


@pytest.mark.parametrize(
    ("schedule", "english", "chinese"),
    [
        ("30 2 * * *", "At 02:30 every day", "每天 02:30"),
        ("59 17 * * 1-5", "At 17:59, from Monday to Friday", "星期一至星期五 17:59"),
        ("0 9 * * mon,wed,fri", "At 09:00, on Monday, Wednesday and Friday", "星期一、星期三、星期五 09:00"),
        ("0 0 * * 6-1", "At 00:00, on Monday, Saturday and Sunday", "星期一、星期六、星期日 00:00"),
        ("*/5 * * * *", "Every 5 minutes", "每 5 分钟"),
        ("5/15 * * * *", "Every 15 minutes from minute 5", "每 15 分钟（从第 5 分钟起）"),
        ("*/7 * * * *", "Every 7 minutes from minute 0 to 56", "第 0 至 56 分钟之间每 7 分钟"),
        ("*/70 * * * *", "Every hour", "每小时"),
        ("* * * * * */10", "Every 10 seconds", "每 10 秒"),
        ("0 12 * * * 30", "At 12:00:30 every day", "每天 12:00:30"),
        ("15 */2 * * *", "Every 2 hours at minute 15", "每 2 小时（从 00:15 起）"),
        ("* 9-17 * * *", "Every minute, between 09:00 and 17:59", "每天 09:00 至 17:59 之间，每分钟"),
        (
            "*/10 8-12,14-18 * * 1",
            "Every 10 minutes, between 08:00 and 12:59 and between 14:00 and 18:59, on Monday",
            "星期一 08:00 至 12:59、14:00 至 18:59 之间，每 10 分钟",
        ),
        ("0 9 1 jan *", "At 09:00, on day 1 of the month, in January", "1 月 1 日 09:00"),
        ("0 3 * 6-8 sat", "At 03:00, on Saturday, from June to August", "6 至 8 月的星期六 03:00"),
        ("0 0 L * *", "At 00:00, on the last day of the month", "每月最后一天 00:00"),
        ("0 0 15W * *", "At 00:00, on the weekday nearest day 15 of the month", "每月最接近 15 日的工作日 00:00"),
        ("0 0 * * fri#2", "At 00:00, on the second Friday of the month", "每月第二个星期五 00:00"),
        ("0 0 * * L5", "At 00:00, on the last Friday of the month", "每月最后一个星期五 00:00"),
        ("0 0 13 * 5", "At 00:00, on day 13 of the month or on Friday", "每月 13 日或星期五 00:00"),
        (
            "0 0 */2 * 1",
            "At 00:00, on days 1, 3, 5 … 31 of the month, only if that is a Monday",
            "每月 1、3、5…31 日（仅当其为星期一） 00:00",
        ),
        ("0 0 1 * 0-6", "At 00:00 every day", "每天 00:00"),
        ("every 90s", "Every 1 minute 30 seconds", "每 1 分钟 30 秒"),
        ("every 1d", "Every day", "每 1 天"),
        ("after 10m", "10 minutes after the last run ended", "上次运行结束 10 分钟后"),
        ("at 2026-12-24T18:00", "Once at 2026-12-24 18:00", "2026-12-24 18:00 运行一次"),
        (
            "at 2026-12-24T18:00,2026-12-25T18:00Z",
            "Once each at 2026-12-24 18:00, 2026-12-25 18:00 UTC",
            "2026-12-24 18:00、2026-12-25 18:00 UTC 各运行一次",
        ),
    ],
)
def test_a_schedule_reads_as_people_say_it(schedule: str, english: str, chinese: str) -> None:
    assert describe(schedule) == english
    assert describe(schedule, language="zh") == chinese


def test_hashed_times_are_told_where_the_task_is_known() -> None:
    at = next(
        CronExpression.parse("H H * * *", hash_key="nightly").iterate(
            datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC")
        )
    )
    assert describe("H H * * *", name="nightly") == f"At {at:%H:%M} every day (spread by the task's name)"
    assert describe("H H * * *") == "At times spread by the task's name: H H * * *"


def fits(day: Day, at: datetime) -> bool:
    in_a_week = at + timedelta(days=7)
    match day:
        case LastDay():
            return (at + timedelta(days=1)).day == 1
        case MonthDays(shape):
            return at.day in shape.numbers
        case Weekdays(shape):
            return at.isoweekday() in shape.numbers
        case NthWeekday(weekday, nth):
            return at.isoweekday() == weekday and (in_a_week.month != at.month if nth is None else at.day in _week(nth))
        case NearestWorkday(number):
            return at.isoweekday() < 6 and any(
                (at + timedelta(days=shift)).day == number
                and (at + timedelta(days=shift)).month == at.month
                and (not shift or (at + timedelta(days=shift)).isoweekday() > 5)
                for shift in (0, 1, -1, *((-2,) if number == 1 else ()))
            )


def _week(nth: int) -> range:
    return range(7 * nth - 6, 7 * nth + 1)


def is_meant(meaning: CronMeaning, at: datetime) -> bool:
    of_month, of_week = ([fits(day, at) for day in days] for days in (meaning.of_month, meaning.of_week))
    if meaning.both_hold or not (of_month and of_week):
        day = (any(of_month) or not of_month) and (any(of_week) or not of_week)
    else:
        day = any(of_month + of_week)
    return (
        day
        and at.second in meaning.second.numbers
        and at.minute in meaning.minute.numbers
        and at.hour in meaning.hour.numbers
        and at.month in meaning.month.numbers
    )


def field(low: int, high: int, *more: str) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    entry = st.one_of(
        number.map(str),
        st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}"),
        st.tuples(number, number, st.integers(1, 9)).map(lambda ends: f"{min(ends)}-{max(ends[:2])}/{ends[2]}"),
        *(st.just(one) for one in more),
    )
    return st.one_of(
        st.just("*"),
        st.integers(1, 70).map(lambda step: f"*/{step}"),
        st.lists(entry, min_size=1, max_size=4).map(",".join),
    )


EXPRESSIONS = st.tuples(
    field(0, 59, "H").filter(lambda minutes: minutes[0] != "*"),
    field(0, 23),
    field(1, 28, "L", "15W"),
    field(1, 12, "jan-mar"),
    field(0, 6, "fri#2", "L1", "fri-mon"),
).map(" ".join)


@settings(max_examples=50, deadline=None)
@given(EXPRESSIONS)
def test_what_is_said_is_what_fires(text: str) -> None:
    try:
        expression = CronExpression.parse(text, hash_key="task")
    except CronError:
        return
    meaning = meaning_of(text, hash_key="task")
    for words in (in_english(meaning), in_chinese(meaning)):
        assert words == words.strip()
        assert "  " not in words
        assert "None" not in words
    start = datetime(2027, 1, 30, tzinfo=UTC)
    end = start + timedelta(days=35)
    fired = set(takewhile(lambda at: at <= end, expression.iterate(start, zone=ZoneInfo("UTC"))))
    hours = (start + timedelta(hours=n) for n in range(35 * 24 + 1))
    meant = {
        at
        for hour in hours
        if hour.hour in meaning.hour.numbers
        for minute in meaning.minute.numbers
        if start < (at := hour + timedelta(minutes=minute)) <= end and is_meant(meaning, at)
    }
    assert fired == meant
