"""The offset between the clocks of a worker and the database, and how long messages were on their way."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.workers.clock_offset import DRIFT, JUMP, next_start, time_on_its_way

START = datetime(2026, 11, 29, tzinfo=UTC)
INTERVAL = timedelta(seconds=5)
DELAYS = st.floats(min_value=0, max_value=15).map(lambda seconds: timedelta(seconds=seconds))
SPANS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=3))


def estimate(delays: list[timedelta], *, rate: float = 1.0, start: datetime = START) -> datetime:
    """Return the estimate after heartbeats at an interval, each on its way for one of the delays.

    `rate` is the speed of the worker's clock against the database's.
    """
    known, last = start + delays[0], start + delays[0]
    for number, delay in enumerate(delays[1:], 1):
        now = start + number * INTERVAL + delay
        known = next_start(known, now - number * INTERVAL * rate, elapsed=now - last)
        last = now
    return known


@given(st.lists(DELAYS, min_size=1, max_size=50))
def test_the_estimate_is_never_early_and_as_good_as_the_quickest_heartbeat(delays: list[timedelta]) -> None:
    found = estimate(delays)
    assert found >= START
    drift = (len(delays) * INTERVAL + max(delays)) * DRIFT
    assert found - START <= min(delays) + drift


@given(st.lists(DELAYS, min_size=1, max_size=10), st.floats(min_value=1 - 1e-4, max_value=1 + 1e-4))
def test_it_follows_a_clock_that_runs_fast_or_slow(delays: list[timedelta], rate: float) -> None:
    beats = [*delays, *[timedelta()] * 200]
    true = START + (len(beats) - 1) * INTERVAL * (1 - rate)
    assert abs(estimate(beats, rate=rate) - true) <= timedelta(milliseconds=10)


@given(st.timedeltas(min_value=JUMP + timedelta(seconds=1), max_value=timedelta(days=9)))
def test_a_clock_that_was_set_is_followed_at_once_in_both_directions(jump: timedelta) -> None:
    assert next_start(START, START + jump, elapsed=INTERVAL) == START + jump
    assert next_start(START, START - jump, elapsed=INTERVAL) == START - jump


@given(SPANS, SPANS)
def test_a_message_was_on_its_way_since_it_was_sent(sent: timedelta, waited: timedelta) -> None:
    assert time_on_its_way(START, sent=sent, now=START + sent + waited) == waited


@given(SPANS, SPANS)
def test_no_message_comes_from_the_future(sent: timedelta, ahead: timedelta) -> None:
    assert time_on_its_way(START, sent=sent + ahead, now=START + sent) == timedelta()
