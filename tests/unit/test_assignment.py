from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.assignment import LeastLoaded, ReadyRun, WorkerLoad, assign, room_by_placement
from backend.domain.dispatch_order import demands, placement
from backend.domain.gate import HeldRun, Hold, OccurrenceFate, decide_overlap, decide_release
from backend.domain.lost_runs import AbsenceCounter, LeaseClocks
from shared.enums import OverlapPolicy

TYPES = st.sampled_from(["shell", "http", "gpu"])
LABELS = st.dictionaries(st.sampled_from(["zone", "disk"]), st.sampled_from(["a", "b"]), max_size=2)
WORKERS = st.lists(
    st.builds(
        lambda types, labels, slots, in_flight, mean: (types, labels, slots, in_flight, mean),
        st.frozensets(st.one_of(TYPES, st.just("*")), min_size=1),
        LABELS,
        st.integers(1, 8),
        st.integers(0, 10),
        st.one_of(st.none(), st.floats(0.1, 1000)),
    ),
    max_size=5,
).map(
    lambda found: [
        WorkerLoad(id=f"w{n}", task_types=types, labels=labels, slots=slots, in_flight=in_flight, mean_run_ms=mean)
        for n, (types, labels, slots, in_flight, mean) in enumerate(found)
    ]
)
RUNS = st.lists(st.tuples(TYPES, LABELS, st.integers(0, 5)), max_size=40)


@given(WORKERS, RUNS)
def test_runs_go_in_order_to_workers_that_take_them_and_have_room(
    workers: list[WorkerLoad], wanted: list[tuple[str, dict[str, str], int]]
) -> None:
    runs = [ReadyRun(n, placement(kind, labels), rank) for n, (kind, labels, rank) in enumerate(wanted)]
    room = {worker.id: worker.free for worker in workers}
    choices = assign(runs, workers, strategy=LeastLoaded())
    by_id = {worker.id: worker for worker in workers}
    given_to: dict[str, int] = {}
    for choice in choices:
        kind, labels, _ = wanted[choice.run_id]
        assert by_id[choice.worker_id].accepts(kind, labels)
        given_to[choice.worker_id] = given_to.get(choice.worker_id, 0) + 1
    assert all(count <= room[worker] for worker, count in given_to.items())
    assert len({choice.run_id for choice in choices}) == len(choices)
    left = {run.id for run in runs} - {choice.run_id for choice in choices}
    for run_id in left:
        kind, labels, _ = wanted[run_id]
        assert not any(worker.accepts(kind, labels) and worker.free for worker in workers)
    for choice in choices:
        kind, labels, rank = wanted[choice.run_id]
        passed_over = [n for n in left if wanted[n][:2] == (kind, labels)]
        assert all((wanted[n][2], n) > (rank, choice.run_id) for n in passed_over)


@given(WORKERS, RUNS)
def test_room_is_there_for_exactly_what_some_worker_takes(
    workers: list[WorkerLoad], wanted: list[tuple[str, dict[str, str], int]]
) -> None:
    room = room_by_placement({placement(kind, labels) for kind, labels, _ in wanted}, workers)
    for kind, labels, _ in wanted:
        fits = sum(worker.free for worker in workers if worker.accepts(kind, labels))
        assert room.get(placement(kind, labels), 0) == fits


def test_the_least_loaded_worker_is_chosen() -> None:
    def load(name: str, slots: int, in_flight: int) -> WorkerLoad:
        return WorkerLoad(id=name, task_types=frozenset({"*"}), labels={}, slots=slots, in_flight=in_flight)

    run = ReadyRun(1, placement("shell", {}), 0)
    assert LeastLoaded().choose(run, [load("a", 4, 2), load("b", 8, 3)]).id == "b"
    assert LeastLoaded().choose(run, [load("a", 4, 2), load("b", 8, 4)]).id == "b"
    assert LeastLoaded().choose(run, [load("b", 4, 2), load("a", 4, 2)]).id == "a"


@pytest.mark.parametrize(("mean", "capacity"), [(None, 4), (1000.0, 4), (100.0, 4), (50.0, 8), (10.0, 24), (0.5, 36)])
def test_only_runs_of_milliseconds_get_more_than_the_slots(mean: float | None, capacity: int) -> None:
    worker = WorkerLoad(id="w", task_types=frozenset({"*"}), labels={}, slots=4, in_flight=0, mean_run_ms=mean)
    assert worker.capacity == capacity


@pytest.mark.parametrize(
    ("policy", "busy", "waiting", "fate"),
    [
        *((policy, False, False, OccurrenceFate.READY) for policy in OverlapPolicy),
        (OverlapPolicy.ALLOW, True, True, OccurrenceFate.READY),
        (OverlapPolicy.SKIP, True, False, OccurrenceFate.SKIP),
        (OverlapPolicy.REPLACE, True, False, OccurrenceFate.REPLACE),
        (OverlapPolicy.QUEUE, True, False, OccurrenceFate.WAIT),
        (OverlapPolicy.QUEUE, True, True, OccurrenceFate.SKIP),
        (OverlapPolicy.QUEUE_ALL, True, True, OccurrenceFate.WAIT),
    ],
)
def test_overlap(policy: OverlapPolicy, busy: bool, waiting: bool, fate: OccurrenceFate) -> None:
    assert decide_overlap(policy, is_busy=busy, has_waiting_occurrence=waiting) is fate


@given(
    st.lists(st.sampled_from([Hold.LIMIT, Hold.OVERLAP])), st.integers(0, 5), st.one_of(st.none(), st.integers(1, 5))
)
def test_a_limit_is_never_passed_and_an_overlap_waits_for_the_last(
    holds: list[Hold], busy: int, limit: int | None
) -> None:
    held = [HeldRun(n, hold) for n, hold in enumerate(holds)]
    released = decide_release(held, busy=busy, limit=limit)
    assert released == sorted(released)
    if limit is not None:
        assert len(released) <= max(0, limit - busy)
    overlapping = [n for n in released if holds[n] is Hold.OVERLAP]
    assert len(overlapping) <= 1
    assert not overlapping or (busy == 0 and released[0] == overlapping[0])


def test_only_a_new_beat_sets_a_lease_back_and_the_blind_do_not_judge() -> None:
    clocks = LeaseClocks(timedelta(seconds=15))
    clocks.hear("w", ("life", 1), now=0)
    clocks.hear("w", ("life", 1), now=14)
    assert clocks.silent(now=14.9) == []
    assert clocks.silent(now=15) == ["w"]
    clocks.grant_grace(now=100)
    assert clocks.silent(now=114) == []
    assert clocks.silent(now=115) == ["w"]
    clocks.hear("w", ("next life", 1), now=116)
    assert clocks.silent(now=117) == []
    clocks.forget("w")
    assert clocks.silent(now=999) == []


def test_a_run_is_gone_when_two_new_beats_in_a_row_do_not_name_it() -> None:
    counter = AbsenceCounter()
    ref = (7, 1)

    def observe(sequence: int, *held: tuple[int, int]) -> list[tuple[int, int]]:
        return counter.observe("w", ("life", sequence), assigned=[ref], held=frozenset(held))

    assert observe(1) == []
    assert observe(1) == [], "the same beat counts once"
    assert observe(2, ref) == []
    assert observe(3) == []
    assert observe(4) == [ref]


@given(st.text(min_size=1), st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_a_placement_reads_back_as_its_demands(task_type: str, labels: dict[str, str]) -> None:
    assert demands(placement(task_type, {}))[0]
    if " {" not in task_type:
        assert demands(placement(task_type, labels)) == (task_type, labels)
        assert demands(placement(task_type, {})) == (task_type, {})


def test_a_task_type_in_braces_is_just_a_task_type() -> None:
    assert demands(placement("gpu {big}", {})) == ("gpu {big}", {})
