"""The results of passes reach those who watch them."""

import asyncio
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from backend.events.passes import Passes


@dataclass(frozen=True, slots=True)
class Sweep:
    removed: int


@dataclass(frozen=True, slots=True)
class Sample:
    depth: int


async def test_a_watch_collects_the_results_of_its_type() -> None:
    passes = Passes()
    passes.record(Sweep(0))
    with passes.watch(Sweep) as sweeps:
        passes.record(Sample(7))
        passes.record(Sweep(1))
        passes.record(Sweep(2))
        assert await sweeps.next() == Sweep(1)
        assert await sweeps.next() == Sweep(2)
        with pytest.raises(TimeoutError):
            await sweeps.next(timeout_seconds=0)


async def test_a_watch_waits_for_a_result_that_meets_a_condition() -> None:
    passes = Passes()
    with passes.watch(Sweep) as sweeps:
        waiting = asyncio.create_task(sweeps.next(lambda sweep: sweep.removed > 1))
        await asyncio.sleep(0)
        passes.record(Sweep(1))
        passes.record(Sweep(2))
        assert await waiting == Sweep(2)


def test_results_are_logged() -> None:
    with capture_logs() as lines:
        Passes().record(Sweep(3))
    assert lines == [{"event": "Pass finished.", "result": Sweep(3), "log_level": "debug"}]
