import copy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.runs.limits import HeldRun, Hold, OccurrenceFate, Room, decide_overlap, decide_release
from backend.workers.assignment import ReadyRun, WorkerLoad, assign, room_by_placement, why_unschedulable
from backend.workers.lost import AbsenceCounter, LeaseClocks
from backend.workers.placement import demands, placement
from backend.workers.strategies import (
    LeastLoaded,
    PriorityReserve,
    RoundRobin,
    SchedulingStrategy,
    Spread,
    Sticky,
    StrategyOptions,
)
from shared.enums import OverlapPolicy, PriorityLevel

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


OPTIONS = StrategyOptions(reserved_slots=1, spread_label="zone")


def chosen(strategy: SchedulingStrategy, run: ReadyRun, workers: list[WorkerLoad]) -> str | None:
    worker = strategy.choose(run, workers)
    return worker.id if worker is not None else None


def worker_of(name: str, slots: int, in_flight: int, **labels: str) -> WorkerLoad:
    return WorkerLoad(
        id=name, task_types=frozenset({"*"}), labels=labels, slots=slots, in_flight=in_flight, mean_run_ms=1000
    )


@given(WORKERS, RUNS)
def test_runs_go_in_order_to_workers_that_take_them_and_have_room(
    workers: list[WorkerLoad], wanted: list[tuple[str, dict[str, str], int]]
) -> None:
    runs = [ReadyRun(n, placement(kind, labels), rank) for n, (kind, labels, rank) in enumerate(wanted)]
    room = {worker.id: worker.free for worker in workers}
    choices, parked = assign(runs, workers, strategy=LeastLoaded(OPTIONS))
    assert not parked
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
    assert chosen(LeastLoaded(OPTIONS), run, [load("a", 4, 2), load("b", 8, 3)]) == "b"
    assert chosen(LeastLoaded(OPTIONS), run, [load("a", 4, 2), load("b", 8, 4)]) == "b"
    assert chosen(LeastLoaded(OPTIONS), run, [load("b", 4, 2), load("a", 4, 2)]) == "a"


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


def test_occurrences_that_are_made_up_for_all_wait_their_turn() -> None:
    fate = decide_overlap(OverlapPolicy.QUEUE, is_busy=True, has_waiting_occurrence=True, is_made_up_for=True)
    assert fate is OccurrenceFate.WAIT


@given(
    st.lists(st.sampled_from([Hold.LIMIT, Hold.OVERLAP])), st.integers(0, 5), st.one_of(st.none(), st.integers(1, 5))
)
def test_a_limit_is_never_passed_and_an_overlap_waits_for_the_last(
    holds: list[Hold], busy: int, limit: int | None
) -> None:
    held = [HeldRun(n, 1, hold, rank=n) for n, hold in enumerate(holds)]
    released = decide_release(held, tasks={1: Room(busy, limit)}, groups={}, backfills={})
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


def test_why_a_run_can_never_start() -> None:
    workers = [WorkerLoad(id="w1", task_types=frozenset({"shell"}), labels={"zone": "a"}, slots=1, in_flight=1)]
    assert why_unschedulable("shell", workers) is None, "a full worker is one to wait for"
    assert why_unschedulable("gpu", workers) == 'unschedulable: no online worker accepts task type "gpu"'
    assert why_unschedulable(placement("shell", {"zone": "b"}), workers) == (
        'unschedulable: no online worker that accepts task type "shell" has the labels zone=b'
    )
    assert why_unschedulable("shell", []) == "unschedulable: no worker is online"
    assert why_unschedulable(placement("shell", {"@worker": "w2"}), workers) == (
        "unschedulable: worker 'w2' is not online"
    )


ROOM = st.builds(
    Room, st.integers(0, 4), st.one_of(st.none(), st.integers(1, 5)), st.one_of(st.none(), st.integers(0, 5))
)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from([Hold.LIMIT, Hold.OVERLAP]),
            st.sampled_from([None, "db", "net"]),
            st.sampled_from([None, 7]),
        ),
        max_size=25,
    ),
    st.fixed_dictionaries({1: ROOM, 2: ROOM}),
    st.fixed_dictionaries({"db": ROOM, "net": ROOM}),
    ROOM,
)
def test_shared_limits_and_rates_hold_together_and_let_go_all_that_fits(
    runs: list[tuple[int, Hold, str | None, int | None]],
    tasks: dict[int, Room],
    groups: dict[str, Room],
    backfill: Room,
) -> None:
    held = [HeldRun(n, task, hold, n, group, filling) for n, (task, hold, group, filling) in enumerate(runs)]
    before = copy.deepcopy((tasks, groups, backfill))
    released = decide_release(held, tasks=tasks, groups=groups, backfills={7: backfill})
    was_tasks, was_groups, was_backfill = before
    every = [
        *((was_tasks[key], tasks[key]) for key in tasks),
        *((was_groups[key], groups[key]) for key in groups),
        (was_backfill, backfill),
    ]
    for was, room in every:
        gone = room.busy - was.busy
        assert room.limit is None or gone <= max(0, room.limit - was.busy)
        assert was.starts_left is None or gone <= was.starts_left
    for run in held:
        if run.id not in released and run.hold is Hold.LIMIT:
            rooms = [tasks.get(run.task_id), groups.get(run.group or ""), backfill if run.backfill_id else None]
            assert any(room is not None and room.is_full for room in rooms), "it could have gone"
