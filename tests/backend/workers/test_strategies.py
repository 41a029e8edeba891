"""Which worker each scheduling strategy chooses."""

from hypothesis import given
from hypothesis import strategies as st

from backend.workers.assignment import ReadyRun, SchedulingStrategy, WorkerLoad, assign
from backend.workers.placement import placement
from backend.workers.strategies import LeastLoaded, PriorityReserve, RoundRobin, Spread, Sticky, StrategyOptions
from shared.enums import PriorityLevel

OPTIONS = StrategyOptions(reserved_slots=1, spread_label="zone")


def chosen(strategy: SchedulingStrategy, run: ReadyRun, workers: list[WorkerLoad]) -> str | None:
    worker = strategy.choose(run, workers)
    return worker.id if worker is not None else None


def worker_of(name: str, slots: int, in_flight: int, **labels: str) -> WorkerLoad:
    return WorkerLoad(
        id=name, task_types=frozenset({"*"}), labels=labels, slots=slots, in_flight=in_flight, mean_run_ms=1000
    )


def test_the_least_loaded_worker_is_chosen() -> None:
    def load(name: str, slots: int, in_flight: int) -> WorkerLoad:
        return WorkerLoad(id=name, task_types=frozenset({"*"}), labels={}, slots=slots, in_flight=in_flight)

    run = ReadyRun(1, placement("shell", {}), 0)
    assert chosen(LeastLoaded(OPTIONS), run, [load("a", 4, 2), load("b", 8, 3)]) == "b"
    assert chosen(LeastLoaded(OPTIONS), run, [load("a", 4, 2), load("b", 8, 4)]) == "b"
    assert chosen(LeastLoaded(OPTIONS), run, [load("b", 4, 2), load("a", 4, 2)]) == "a"


def test_the_last_slots_are_for_critical_runs() -> None:
    workers = [worker_of("a", 2, 1), worker_of("b", 4, 2)]
    normal = ReadyRun(1, "shell", 0, priority=PriorityLevel.HIGH)
    critical = ReadyRun(2, "shell", 0, priority=PriorityLevel.CRITICAL)
    strategy = PriorityReserve(OPTIONS)
    assert chosen(strategy, normal, workers) == "b"
    workers[1].in_flight = 3
    assert chosen(strategy, normal, workers) is None
    assert chosen(strategy, critical, workers) == "a"
    assert chosen(strategy, normal, [worker_of("tiny", 1, 0)]) == "tiny", "a worker of one slot is not kept idle"


def test_round_robin_takes_turns_and_leaves_out_the_full() -> None:
    strategy = RoundRobin(OPTIONS)
    workers = [worker_of("a", 9, 0), worker_of("b", 9, 0), worker_of("c", 9, 9)]
    run = ReadyRun(1, "shell", 0)
    assert [chosen(strategy, run, workers) for _ in range(5)] == ["a", "b", "a", "b", "a"]


def test_spread_goes_to_the_emptiest_zone() -> None:
    workers = [
        worker_of("a1", 4, 0, zone="a"),
        worker_of("a2", 4, 4, zone="a"),
        worker_of("b1", 4, 1, zone="b"),
        worker_of("b2", 4, 1, zone="b"),
    ]
    assert chosen(Spread(OPTIONS), ReadyRun(1, "shell", 0), workers) == "b1", "half of zone a is in use"


@given(st.integers(1, 10_000), st.sets(st.integers(0, 30), min_size=2, max_size=12), st.integers(0, 30))
def test_a_sticky_task_moves_only_with_its_worker(task_id: int, numbers: set[int], leaves: int) -> None:
    strategy = Sticky(OPTIONS)
    run = ReadyRun(1, "shell", 0, task_id=task_id)
    workers = [worker_of(f"w{number}", 1, 0) for number in numbers]
    own = chosen(strategy, run, workers)
    rest = [worker for worker in workers if worker.id != f"w{leaves}"]
    if own != f"w{leaves}":
        assert chosen(strategy, run, rest) == own
    full = [worker_of(worker.id, 1, int(worker.id == own)) for worker in workers]
    assert chosen(strategy, run, full) is None, "it waits for its worker"
    choices, parked = assign([run], full, strategy=strategy)
    assert (choices, parked) == ([], {task_id})
