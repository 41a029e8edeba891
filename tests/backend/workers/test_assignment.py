"""Which worker a run is assigned to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.workers.assignment import (
    ReadyRun,
    WorkerLoad,
    assign,
    first_that_fit,
    room_by_placement,
    why_unschedulable,
)
from backend.workers.placement import placement, task_placement
from backend.workers.strategies import (
    LeastLoaded,
    StrategyOptions,
)
from shared.enums import UnschedulableCause

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


@pytest.mark.parametrize(("mean", "capacity"), [(None, 4), (1000.0, 4), (100.0, 4), (50.0, 8), (10.0, 24), (0.5, 36)])
def test_only_runs_of_milliseconds_get_more_than_the_slots(mean: float | None, capacity: int) -> None:
    worker = WorkerLoad(id="w", task_types=frozenset({"*"}), labels={}, slots=4, in_flight=0, mean_run_ms=mean)
    assert worker.capacity == capacity


def limited(**fields: Any) -> WorkerLoad:
    """A worker for tasks of all types whose owner permits little."""
    known = {"executors": frozenset({"shell", "copy"}), "users": frozenset({"app"}), "labels": {"zone": "a"}}
    return WorkerLoad(id="w1", task_types=frozenset({"*"}), slots=1, in_flight=0, **(known | fields))


@pytest.mark.parametrize(
    ("task", "cause"),
    [
        ({"executor": "shell"}, None),
        ({"executor": "shell", "run_as": "app"}, None),
        ({"executor": "copy"}, None),
        ({"executor": "shell", "task_type": "nightly", "worker_labels": {"zone": "a"}}, None),
        ({"executor": "http"}, UnschedulableCause.EXECUTOR),
        ({"executor": "http", "task_type": "shell"}, UnschedulableCause.EXECUTOR),
        ({"executor": "http", "task_type": "nightly"}, UnschedulableCause.EXECUTOR),
        ({"executor": "other"}, UnschedulableCause.EXECUTOR),
        ({"executor": "shell", "run_as": "root"}, UnschedulableCause.RUN_AS),
        ({"executor": "shell", "run_as": "root", "worker_labels": {"@worker": "w1"}}, UnschedulableCause.RUN_AS),
        ({"executor": "shell", "run_as": "root", "worker_labels": {"zone": "b"}}, UnschedulableCause.LABELS),
    ],
)
def test_a_task_goes_where_its_executor_and_its_user_are_permitted(
    task: dict[str, Any], cause: UnschedulableCause | None
) -> None:
    key = task_placement(
        task.get("task_type", task["executor"]),
        task.get("worker_labels", {}),
        executor=task["executor"],
        run_as=task.get("run_as"),
    )
    free = limited(executors=None, users=frozenset({"app", "root"}))
    assert (room_by_placement([key], [limited()]) == {key: 1}) == (cause is None)
    found = why_unschedulable(key, [limited()])
    assert (found.cause if found is not None else None) == cause
    if found is not None and cause is not UnschedulableCause.LABELS:
        assert task["executor" if cause is UnschedulableCause.EXECUTOR else "run_as"] in found.text
        assert why_unschedulable(key, [limited(), free]) is None
        assert not [name for name in found.worker_labels if name.startswith("@")]


def test_a_worker_of_the_version_before_gets_no_task_that_names_its_user() -> None:
    """It would ignore the user, and run the command as its own."""
    before = limited(executors=None, users=frozenset())
    assert before.accepts("shell", {})
    assert not before.accepts("shell", {"@run_as": "app"})


def test_the_key_of_a_usual_task_is_its_type() -> None:
    assert task_placement("shell", {}, executor="shell") == "shell"


def test_why_a_run_can_never_start() -> None:
    workers = [WorkerLoad(id="w1", task_types=frozenset({"shell"}), labels={"zone": "a"}, slots=1, in_flight=1)]
    assert why_unschedulable("shell", workers) is None, "a full worker is one to wait for"
    for task_type, labels, cause, text in (
        ("gpu", {}, UnschedulableCause.TASK_TYPE, 'no online worker accepts task type "gpu"'),
        (
            "shell",
            {"zone": "b"},
            UnschedulableCause.LABELS,
            'no online worker that accepts task type "shell" has the labels zone=b',
        ),
        ("shell", {"@worker": "w2"}, UnschedulableCause.WORKER_OFFLINE, "worker 'w2' is not online"),
        (
            "gpu",
            {"@worker": "w1"},
            UnschedulableCause.TASK_TYPE,
            "worker 'w1' does not accept task type \"gpu\"",
        ),
        (
            "shell",
            {"@worker": "w1", "zone": "b"},
            UnschedulableCause.LABELS,
            "worker 'w1' does not have the labels zone=b",
        ),
    ):
        found = why_unschedulable(placement(task_type, labels), workers)
        assert found is not None
        assert (found.cause, found.text) == (cause, f"unschedulable: {text}")
        assert (found.task_type, found.worker_id) == (task_type, labels.pop("@worker", None))
        assert found.worker_labels == labels
    nobody = why_unschedulable("shell", [])
    assert nobody is not None
    assert (nobody.cause, nobody.text) == (UnschedulableCause.NO_WORKER, "unschedulable: no worker is online")


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=30),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 6)),
    st.integers(1, 12),
)
def test_the_first_runs_that_fit_are_those_that_a_look_at_all_would_find(
    waiting: list[tuple[str, int]], room: dict[str, int], most: int
) -> None:
    runs = sorted((ReadyRun(n, key, rank) for n, (key, rank) in enumerate(waiting)), key=lambda run: (run.rank, run.id))
    of_each = {key: [run for run in runs if run.placement == key][:count] for key, count in room.items()}
    wanted = [run for run in runs if run in of_each.get(run.placement, ())]
    found = first_that_fit(runs[:most], room, most=most)
    assert found == wanted if found is not None else len(runs) >= most


def test_runs_behind_the_first_ones_are_looked_for_only_where_they_may_fit() -> None:
    runs = [ReadyRun(n, key, n) for n, key in enumerate("aaab")]
    assert first_that_fit(runs[:3], {"b": 1}, most=3) is None, "the run that fits is behind three that do not"
    assert first_that_fit(runs, {"b": 1}, most=4) == runs[3:]
    assert first_that_fit(runs[:2], {"a": 1}, most=2) == runs[:1]
    assert first_that_fit([], {"a": 1}, most=2) == []
