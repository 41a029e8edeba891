"""Which workers are lost."""

from datetime import timedelta

import pytest

from backend.workers.lost_workers import MOST_COUNTED_SECONDS, HeartbeatId, SilenceClocks


def test_only_a_new_heartbeat_ends_a_silence_and_a_blind_observer_grants_a_full_timeout() -> None:
    clocks = SilenceClocks(timedelta(seconds=15))
    clocks.observe({"w": HeartbeatId("life", 1)}, now=0)
    for second in range(1, 15):
        clocks.observe({"w": HeartbeatId("life", 1)}, now=second)
    assert clocks.silent(now=14.9) == []
    assert clocks.silent(now=15) == ["w"]
    clocks.restart_all(now=100)
    assert clocks.silent(now=114) == []
    assert clocks.silent(now=115) == ["w"]
    clocks.observe({"w": HeartbeatId("next life", 1)}, now=116)
    assert clocks.silent(now=117) == []
    clocks.forget(["w"])
    assert clocks.silent(now=999) == []


@pytest.mark.parametrize("standstill", [2.5, 14, 15, 16, 3600])
def test_a_time_in_which_the_observer_stood_still_is_no_silence_of_the_workers(standstill: float) -> None:
    beat = {"w": HeartbeatId("life", 1)}
    clocks = SilenceClocks(timedelta(seconds=15))
    for second in range(11):
        clocks.observe(beat, now=second)
    clocks.observe(beat, now=10 + standstill)
    silent_for = 10 + MOST_COUNTED_SECONDS
    assert clocks.silent(now=10 + standstill) == []
    assert clocks.silent(now=10 + standstill + 15 - silent_for - 0.01) == []
    assert clocks.silent(now=10 + standstill + 15 - silent_for) == ["w"]
