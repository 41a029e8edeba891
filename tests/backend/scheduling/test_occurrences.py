"""Which occurrences of a due task fire: what was missed, what is late, and jumps of the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.scheduling.occurrences import MOST_MADE_UP, ScheduleFacts, decide_due, first_occurrence
from shared.enums import MisfirePolicy
from shared.models.timing import timing_of


def schedule(policy: MisfirePolicy, *, text: str = "0 * * * *", jitter: int = 0) -> ScheduleFacts:
    return ScheduleFacts(
        task_id=1,
        timing=timing_of(name="x", schedule=text, timezone="UTC"),
        jitter_seconds=jitter,
        misfire_policy=policy,
        misfire_grace=timedelta(seconds=60),
        next_occurrence=datetime(2026, 1, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("policy", "hours"),
    [(MisfirePolicy.SKIP, []), (MisfirePolicy.FIRE_ONCE, [5]), (MisfirePolicy.FIRE_ALL, [1, 2, 3, 4, 5])],
)
def test_missed_occurrences_follow_the_policy(policy: MisfirePolicy, hours: list[int]) -> None:
    decision = decide_due(schedule(policy), now=datetime(2026, 1, 1, 5, 30, tzinfo=UTC))
    assert [at.hour for at in decision.occurrences] == hours
    assert decision.missed == 5
    assert decision.made_up_for == len(hours)
    assert decision.left_out == (None if hours else datetime(2026, 1, 1, 5, tzinfo=UTC))
    assert decision.next_occurrence == datetime(2026, 1, 1, 6, tzinfo=UTC)


def test_an_occurrence_within_the_grace_fires_with_any_policy() -> None:
    for policy in MisfirePolicy:
        decision = decide_due(schedule(policy), now=datetime(2026, 1, 1, 1, 0, 59, tzinfo=UTC))
        assert len(decision.occurrences) == 1
        assert decision.missed == 0


def test_a_long_absence_is_made_up_for_up_to_a_cap() -> None:
    facts = schedule(MisfirePolicy.FIRE_ALL, text="* * * * *")
    decision = decide_due(facts, now=datetime(2026, 1, 8, tzinfo=UTC))
    assert len(decision.occurrences) == MOST_MADE_UP + 2, "the last two are on time"
    assert decision.capped
    once = decide_due(schedule(MisfirePolicy.FIRE_ONCE, text="* * * * * *"), now=datetime(2026, 1, 8, tzinfo=UTC))
    week_later = datetime(2026, 1, 8, tzinfo=UTC)
    assert once.occurrences[0] == week_later - timedelta(seconds=61), "the latest that was missed"
    assert once.occurrences[1:] == tuple(week_later - timedelta(seconds=back) for back in range(60, -1, -1))
    assert once.next_occurrence == week_later + timedelta(seconds=1)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["* * * * *", "*/17 * * * *", "0 8 * * *", "every 45s", "at 2026-01-02T00:00,2026-01-03T00:00"]),
    st.integers(0, 5 * 86_400),
    st.integers(0, 600),
    st.integers(1, 40),
    st.sampled_from(MisfirePolicy),
)
def test_skipping_missed_occurrences_finds_the_same_as_a_full_walk(
    text: str, seconds: int, jitter: int, limit: int, policy: MisfirePolicy
) -> None:
    facts = schedule(policy, text=text, jitter=jitter)
    now = datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    leapt, walked_through = decide_due(facts, now=now, limit=limit), decide_due(facts, now=now, limit=10**9)
    if policy is not MisfirePolicy.FIRE_ALL and not jitter:
        assert leapt.occurrences == walked_through.occurrences
    assert leapt.next_occurrence == walked_through.next_occurrence
    assert leapt.capped == (walked_through.missed > limit)


def test_an_edit_while_an_occurrence_is_due_neither_loses_nor_repeats_it() -> None:
    since = datetime(2026, 1, 1, 1, 0, 10, tzinfo=UTC)
    facts = replace(schedule(MisfirePolicy.FIRE_ONCE, text="* * * * * */5"), since=since)
    decision = decide_due(facts, now=datetime(2026, 1, 1, 1, 0, 12, tzinfo=UTC))
    assert decision.occurrences == (datetime(2026, 1, 1, 1, tzinfo=UTC),), "the one of the schedule as it was"
    assert decision.next_occurrence == datetime(2026, 1, 1, 1, 0, 15, tzinfo=UTC), "then by the schedule as it is"


def test_an_occurrence_after_the_last_run_is_unknown_while_it_runs() -> None:
    facts = schedule(MisfirePolicy.FIRE_ONCE, text="after 10m")
    decision = decide_due(facts, now=datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert len(decision.occurrences) == 1
    assert decision.next_occurrence is None


@given(st.integers(0, 3600), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_jitter_is_within_its_bounds_and_always_the_same(jitter: int, at: datetime) -> None:
    facts = schedule(MisfirePolicy.SKIP, jitter=jitter)
    occurrence = at.replace(tzinfo=UTC, microsecond=0)
    assert timedelta() <= facts.due(occurrence) - occurrence <= timedelta(seconds=jitter)
    assert facts.due(occurrence) == facts.due(occurrence)


@settings(deadline=None)
@given(st.lists(st.integers(-3600, 7200), min_size=1, max_size=30), st.sampled_from(MisfirePolicy))
def test_no_occurrence_fires_twice_or_is_lost_however_the_clock_jumps(jumps: list[int], policy: MisfirePolicy) -> None:
    facts = schedule(policy, text="*/7 * * * *")
    now = latest = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    fired: list[datetime] = []
    for jump in jumps:
        now += timedelta(seconds=jump)
        latest = max(latest, now)
        decision = decide_due(facts, now=now)
        fired += decision.occurrences
        facts = replace(facts, next_occurrence=decision.next_occurrence)
    assert fired == sorted(set(fired))
    if policy is MisfirePolicy.FIRE_ALL:
        begin = datetime(2026, 1, 1, 1, tzinfo=UTC)
        every = facts.timing.iterate(begin - timedelta(microseconds=1))
        assert fired == list(takewhile(lambda at: at <= latest, every)), "each that the clock ever passed"


def test_the_first_occurrence_is_after_now() -> None:
    nominal, due = first_occurrence(schedule(MisfirePolicy.SKIP), after=datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert nominal == due == datetime(2026, 1, 1, 2, tzinfo=UTC)
