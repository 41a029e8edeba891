"""Which workers are lost."""

from datetime import timedelta

from backend.workers.lost_workers import HeartbeatId, SilenceClocks


def test_only_a_new_heartbeat_ends_a_silence_and_a_blind_observer_grants_a_full_timeout() -> None:
    clocks = SilenceClocks(timedelta(seconds=15))
    clocks.observe({"w": HeartbeatId("life", 1)}, now=0)
    clocks.observe({"w": HeartbeatId("life", 1)}, now=14)
    assert clocks.silent(now=14.9) == []
    assert clocks.silent(now=15) == ["w"]
    clocks.restart_all(now=100)
    assert clocks.silent(now=114) == []
    assert clocks.silent(now=115) == ["w"]
    clocks.observe({"w": HeartbeatId("next life", 1)}, now=116)
    assert clocks.silent(now=117) == []
    clocks.forget(["w"])
    assert clocks.silent(now=999) == []
