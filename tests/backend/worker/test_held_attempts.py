"""What a worker vouches for, however long its broker is away."""

import time
from datetime import timedelta

import pytest

from backend.broker.messages import AttemptRef
from backend.worker.held_attempts import MOST_REMEMBERED, HeldAttempts

REF = AttemptRef(1, 1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_an_attempt_is_vouched_for_until_its_end_was_confirmed_and_a_while_longer(clock: list[float]) -> None:
    held = HeldAttempts(reported_for=timedelta(seconds=10))
    held.add(REF)
    clock[0] += 3600
    assert held.named() == [REF], "its end has not been confirmed"
    held.reported(REF)
    clock[0] += 9
    assert held.named() == [REF], "its end may wait in its queue"
    assert REF in held
    clock[0] += 2
    assert held.named() == []


def test_an_outage_of_the_broker_makes_no_attempt_forgotten_however_many_end_in_it(clock: list[float]) -> None:
    held = HeldAttempts(reported_for=timedelta(seconds=10))
    refs = [AttemptRef(number, 1) for number in range(MOST_REMEMBERED * 2)]
    for ref in refs:
        held.add(ref)
    assert set(held.named()) == set(refs)
    for ref in refs:
        held.reported(ref)
    assert len(held.named()) == MOST_REMEMBERED
