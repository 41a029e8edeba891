"""What must hold of a scheduling strategy, checked with generated runs and workers."""

import random
import time
from collections.abc import Callable, Iterator

from backend.plugins.conformance.checks import Check, require
from backend.plugins.strategies import Strategy, StrategyOptions
from backend.workers.assignment import ReadyRun, WorkerLoad
from shared.enums import PriorityLevel

_SCENES = 300
_MOST_WORKERS = 12
_MANY_WORKERS = 1000
_CHOICES = 50
_MOST_MS = 5.0
"""For one choice among a thousand workers: a batch has up to 128 runs."""
_ZONES = ("", "a", "b", "c")


def strategy_checks(make: Callable[[StrategyOptions], Strategy]) -> list[Check]:
    """Return the checks of a strategy."""
    checks = _Checks(make)
    return [
        Check("It is made with options, and has no state of other instances.", checks.is_made),
        Check("It chooses one of the given workers with a free slot, or none.", checks.chooses_a_free_worker),
        Check("It changes neither run nor workers.", checks.changes_nothing),
        Check("With all workers idle it chooses one.", checks.chooses_when_idle),
        Check("Workers that come and go do not confuse it.", checks.survives_changes),
        Check("It chooses among a thousand workers within 5 ms.", checks.is_fast),
    ]


class _Checks:
    def __init__(self, make: Callable[[StrategyOptions], Strategy]) -> None:
        self._make = make

    def _new(self) -> Strategy:
        return self._make(StrategyOptions())

    async def is_made(self) -> None:
        first, second = self._make(StrategyOptions(reserved_slots=0)), self._make(StrategyOptions(spread_label="rack"))
        require(first is not second, "both are the same object")

    async def chooses_a_free_worker(self) -> None:
        for run, workers in _scenes():
            chosen = self._new().choose(run, workers)
            if chosen is not None:
                require(any(chosen is worker for worker in workers), f"it chose {chosen!r}, which was not given")
                require(chosen.free > 0, f"it chose {chosen.id}, which has no free slot")

    async def changes_nothing(self) -> None:
        for run, workers in _scenes():
            before = [_state(worker) for worker in workers]
            self._new().choose(run, workers)
            require([_state(worker) for worker in workers] == before, "it changed the workers or their order")

    async def chooses_when_idle(self) -> None:
        for run, workers in _scenes():
            for worker in workers:
                worker.in_flight = 0
            require(
                self._new().choose(run, workers) is not None, f"it let a run wait for one of {len(workers)} workers"
            )

    async def survives_changes(self) -> None:
        strategy = self._new()
        for run, workers in _scenes():
            chosen = strategy.choose(run, workers)
            require(chosen is None or any(chosen is worker for worker in workers), "it chose a worker that is gone")

    async def is_fast(self) -> None:
        source = random.Random(1)  # noqa: S311 - no secret
        workers = [_worker(source, number) for number in range(_MANY_WORKERS)]
        workers[0].in_flight = 0
        strategy = self._new()
        began = time.process_time()
        for number in range(_CHOICES):
            strategy.choose(_run(source, number), workers)
        each = (time.process_time() - began) * 1000 / _CHOICES
        require(each < _MOST_MS, f"a choice took {each:.1f} ms")


def _scenes() -> Iterator[tuple[ReadyRun, list[WorkerLoad]]]:
    """Yield runs with workers of which one at least has a free slot: the same ones each time."""
    source = random.Random(7)  # noqa: S311 - no secret
    for number in range(_SCENES):
        workers = [_worker(source, place) for place in range(source.randint(1, _MOST_WORKERS))]
        if not any(worker.free for worker in workers):
            workers[source.randrange(len(workers))].in_flight = 0
        yield _run(source, number), workers


def _run(source: random.Random, number: int) -> ReadyRun:
    return ReadyRun(
        id=number + 1,
        placement="shell",
        rank=number,
        task_id=source.randint(1, 20),
        priority=source.choice(list(PriorityLevel)),
    )


def _worker(source: random.Random, number: int) -> WorkerLoad:
    slots = source.randint(1, 8)
    zone = source.choice(_ZONES)
    return WorkerLoad(
        id=f"worker-{number}",
        task_types=frozenset({"*"}),
        labels={"zone": zone} if zone else {},
        slots=slots,
        in_flight=source.randint(0, slots),
        mean_run_ms=source.choice((None, 5.0, 60_000.0)),
    )


def _state(worker: WorkerLoad) -> tuple[object, ...]:
    return (worker.id, worker.slots, worker.in_flight, dict(worker.labels), worker.mean_run_ms, worker.task_types)
