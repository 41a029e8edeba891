"""Which attempts a worker's heartbeats name, however long its broker is away."""

import time
from datetime import timedelta

import pytest

from backend.broker.messages import AttemptRef
from backend.worker.held_attempts import MOST_ACKNOWLEDGED, HeldAttempts

REF = AttemptRef(1, 1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_an_attempt_is_named_until_its_result_is_acknowledged_and_for_the_ttl_after(clock: list[float]) -> None:
    held = HeldAttempts(ttl=timedelta(seconds=10))
    held.add(REF)
    clock[0] += 3600
    assert held.current() == [REF], "its result has not been acknowledged"
    held.acknowledge(REF)
    clock[0] += 9
    assert held.current() == [REF], "its result may wait in the queue of a stopped replica"
    assert REF in held
    clock[0] += 2
    assert held.current() == []


def test_an_outage_of_the_broker_drops_no_unacknowledged_attempt(clock: list[float]) -> None:
    held = HeldAttempts(ttl=timedelta(seconds=10))
    refs = [AttemptRef(number, 1) for number in range(MOST_ACKNOWLEDGED * 2)]
    for ref in refs:
        held.add(ref)
    assert set(held.current()) == set(refs)
    for ref in refs:
        held.acknowledge(ref)
    assert len(held.current()) == MOST_ACKNOWLEDGED


def test_an_attempt_is_outdated_while_a_later_one_of_its_run_is_held(clock: list[float]) -> None:
    held = HeldAttempts(ttl=timedelta(seconds=10))
    assert not held.is_outdated(REF)
    held.add(AttemptRef(1, 2))

    assert held.is_outdated(REF), "its message was late"
    assert not held.is_outdated(AttemptRef(1, 3))
    assert not held.is_outdated(AttemptRef(2, 1))
    held.acknowledge(AttemptRef(1, 2))
    assert held.is_outdated(REF)
    clock[0] += 11
    held.current()
    assert not held.is_outdated(REF), "no message is so late"
