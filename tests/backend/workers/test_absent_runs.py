"""Which runs their worker does not hold."""

from backend.workers.absent_runs import AbsentRuns
from backend.workers.lost_workers import HeartbeatId


def test_a_run_is_absent_when_two_new_heartbeats_in_a_row_do_not_name_it() -> None:
    absent = AbsentRuns()
    ref = (7, 1)

    def observe(sequence: int, *held: tuple[int, int]) -> list[tuple[int, int]]:
        return absent.observe("w", HeartbeatId("life", sequence), assigned=[ref], held=frozenset(held))

    assert observe(1) == []
    assert observe(1) == [], "the same heartbeat counts once"
    assert observe(2, ref) == []
    assert observe(3) == []
    assert observe(4) == [ref]
