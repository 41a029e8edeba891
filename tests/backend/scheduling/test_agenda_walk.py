"""What is due when, at a bounded cost."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.scheduling.agenda_walk import SharedTiming, newest_occurrences, plan, spans_of
from shared.models.agenda import AgendaResolution
from shared.models.timing import timing_of

BERLIN = ZoneInfo("Europe/Berlin")
DAY = datetime(2026, 11, 25, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shared(schedule: str, tasks: int = 1, **fields: object) -> SharedTiming:
    return SharedTiming(
        timing=timing_of(name="one", schedule=schedule, timezone="UTC"),
        tasks=tasks,
        **fields,  # type: ignore[arg-type]
    )


def hours(count: int, begin: datetime = DAY) -> list[tuple[datetime, datetime]]:
    return spans_of(begin, begin + count * HOUR, resolution=AgendaResolution.HOUR, zone=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("day", "length"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-25", 24)],
)
def test_a_day_of_a_clock_change_has_23_or_25_hours(day: str, length: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=BERLIN)
    (span,) = spans_of(noon, noon + HOUR, resolution=AgendaResolution.DAY, zone=BERLIN)
    assert span[1] - span[0] == length * HOUR
    within = spans_of(*span, resolution=AgendaResolution.HOUR, zone=BERLIN)
    assert len(within) == length
    assert (within[0][0], within[-1][1]) == span


def test_an_hour_begins_by_the_clock_of_the_zone() -> None:
    (span, _) = spans_of(DAY, DAY + HOUR, resolution=AgendaResolution.HOUR, zone=ZoneInfo("Asia/Kolkata"))
    assert span[0] == DAY - timedelta(minutes=30)


def test_occurrences_are_counted_for_all_tasks_that_share_a_schedule() -> None:
    found = plan([shared("0 3 * * *", tasks=7), shared("30 3 * * *"), shared("*/15 * * * *")], hours(24), begin=DAY)
    assert [span.count for span in found.spans] == [4, 4, 4, 12] + [4] * 20
    assert (found.spans[3].peak, found.spans[3].peak_at) == (8, DAY + 3 * HOUR)
    assert found.spans[4].peak == 1
    assert (found.is_estimated, found.tasks_left_out) == (False, 0)


def test_past_occurrences_are_not_planned() -> None:
    found = plan([shared("*/15 * * * *")], hours(3), begin=DAY + HOUR + timedelta(minutes=20))
    assert [span.count for span in found.spans] == [0, 2, 4]


def test_a_schedule_that_fires_each_second_takes_only_its_share_of_steps() -> None:
    found = plan([shared("* * * * * *", tasks=3)], hours(24 * 31), begin=DAY, most_steps=5000)
    assert found.is_estimated
    assert all(abs(span.count - 3 * 3600) <= 3 for span in found.spans)
    assert found.spans[0].peak == 3


def test_tasks_beyond_the_cap_are_counted_as_left_out() -> None:
    many = [shared(f"{minute} * * * *", tasks=10) for minute in range(60)]
    found = plan(many, hours(24), begin=DAY, most_steps=100)
    assert (found.is_estimated, found.tasks_left_out) == (True, 350)
    assert sum(span.count for span in found.spans) == pytest.approx((600 - 350) * 24, rel=0.05)


def test_five_thousand_different_schedules_of_a_hundred_thousand_tasks_are_all_counted() -> None:
    many = [shared(f"{n % 60} {n % 24} * * *", tasks=20) for n in range(5000)]
    found = plan(many, hours(24 * 7), begin=DAY)
    assert found.tasks_left_out == 0
    assert sum(span.count for span in found.spans) == pytest.approx(5000 * 20 * 7, rel=0.1)


def test_a_task_that_follows_its_last_run_has_one_known_occurrence() -> None:
    found = plan([shared("after 10m", due=DAY + 2 * HOUR)], hours(5), begin=DAY)
    assert [span.count for span in found.spans] == [0, 0, 1, 0, 0]
    assert sum(span.count for span in plan([shared("after 10m")], hours(5), begin=DAY).spans) == 0


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.lists(st.integers(0, 59), min_size=1, max_size=4, unique=True),
    begin=st.integers(0, 5 * 3600),
    steps=st.integers(500, 3000),
)
def test_the_plan_equals_a_full_walk(minutes: list[int], begin: int, steps: int) -> None:
    one = shared(f"{','.join(map(str, sorted(minutes)))} */2 * * *")
    start = DAY + timedelta(seconds=begin)
    found = plan([one], hours(48), begin=start, most_steps=steps)
    walked = list(one.occurrences(start, DAY + 48 * HOUR))
    assert sum(span.count for span in found.spans) == len(walked)
    for (since, until), span in zip(hours(48), found.spans, strict=True):
        assert span.count == sum(since <= at < until for at in walked)


def test_the_newest_occurrences_come_with_the_time_since_which_they_are_complete() -> None:
    end = DAY + 24 * HOUR
    known, few = newest_occurrences(shared("0 * * * *"), DAY, end, most=100)
    assert (known, len(few)) == (DAY, 24)
    known, newest = newest_occurrences(shared("* * * * *"), DAY, end, most=60)
    assert known == end - HOUR
    assert newest == [known + timedelta(minutes=minute) for minute in range(60)]
