"""Which worker a run is assigned to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from backend.workers.placement import BUILT_IN, EXECUTOR_LABEL, RUN_AS_LABEL, demands
from shared.enums import PriorityLevel, UnschedulableCause

WORKER_LABEL = "@worker"
"""Every worker has its own id under this label, so that a run can require one worker."""

QUICK_RUN_MS = 100.0
"""Runs shorter than this on average end before the next batch of assignments arrives."""
MOST_EXTRA_PER_SLOT = 8
"""Limits how many runs a worker holds that it has no slot for, in case it is lost."""
_ROUND_TRIP_MS = 50.0
"""From the end of a run to the start of the next one that is assigned because of it."""


@dataclass(slots=True)
class WorkerLoad:
    """An online worker; `in_flight` counts the attempts that it was assigned and that have not ended.

    `executors` are those that it has and its owner permits, None where it does not say; tasks may name its `users`.
    """

    id: str
    task_types: frozenset[str]
    labels: Mapping[str, str]
    slots: int
    in_flight: int
    mean_run_ms: float | None = None
    executors: frozenset[str] | None = None
    users: frozenset[str] = frozenset()
    capacity: int = field(init=False)
    """How many runs the worker may hold: its slots, and more if its runs last milliseconds."""

    def __post_init__(self) -> None:
        self.capacity = _capacity(self.slots, self.mean_run_ms)

    @property
    def free(self) -> int:
        """How many more runs the worker may be assigned."""
        return max(0, self.capacity - self.in_flight)

    @property
    def load(self) -> float:
        """Runs per slot."""
        return self.in_flight / max(1, self.slots)

    def accepts(self, task_type: str, labels: Mapping[str, str]) -> bool:
        """Return whether the worker accepts a task type, has all the labels, and its owner permits the task."""
        executor = task_type if task_type in BUILT_IN and EXECUTOR_LABEL not in labels else None
        return self.accepts_type(task_type) and self.has_labels(labels) and self.permits(executor)

    def accepts_type(self, task_type: str) -> bool:
        """Return whether the worker accepts a task type."""
        return task_type in self.task_types or "*" in self.task_types

    def permits(self, executor: str | None) -> bool:
        """Return whether the worker has an executor and its owner permits it, as far as is known."""
        return executor is None or self.executors is None or executor in self.executors

    def has_labels(self, labels: Mapping[str, str]) -> bool:
        """Return whether the worker has all of the labels, and permits what those with an @ stand for."""
        return all(self._meets(name, value) for name, value in labels.items())

    def _meets(self, name: str, value: str) -> bool:
        if name == EXECUTOR_LABEL:
            return self.permits(value)
        if name == RUN_AS_LABEL:
            return value in self.users
        return (self.id if name == WORKER_LABEL else self.labels.get(name)) == value


def _capacity(slots: int, mean_run_ms: float | None) -> int:
    """Return how many runs a worker may hold.

    Without the extra runs its slots would be idle for a round trip between two runs.
    """
    if mean_run_ms is None or mean_run_ms >= QUICK_RUN_MS:
        return slots
    extra_per_slot = min(MOST_EXTRA_PER_SLOT, round(_ROUND_TRIP_MS / max(mean_run_ms, 1.0)))
    return slots * (1 + extra_per_slot)


class ReadyRun(NamedTuple):
    """A run that waits for a free slot only."""

    id: int
    placement: str
    rank: int
    task_id: int = 0
    priority: int = PriorityLevel.NORMAL


class SchedulingStrategy(Protocol):
    """Chooses a worker for each run, in order of rank. A replica makes a new one each time that it begins to lead."""

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return a worker with a free slot, or None to let the run wait.

        `workers` are the online workers that accept the run; at least one has a free slot.
        """


class Choice(NamedTuple):
    """A run and the worker that it is assigned to."""

    run_id: int
    worker_id: str


def room_by_placement(placements: Iterable[str], workers: Sequence[WorkerLoad]) -> dict[str, int]:
    """Return how many runs of each placement fit; placements without a free slot are absent."""
    room = {}
    for key in placements:
        task_type, labels = demands(key)
        fits = sum(worker.free for worker in workers if worker.accepts(task_type, labels))
        if fits:
            room[key] = fits
    return room


def first_that_fit(first: Iterable[ReadyRun], room: Mapping[str, int], *, most: int) -> list[ReadyRun] | None:
    """Return those of the first runs by rank that fit in the room of their placement, in this order.

    `first` are all ready runs, or the first `most` of them whatever they need; None if others behind them may fit too.
    """
    left = dict(room)
    fitting = []
    ordered = sorted(first, key=lambda run: (run.rank, run.id))
    for run in ordered:
        if left.get(run.placement, 0):
            left[run.placement] -= 1
            fitting.append(run)
    is_all = len(ordered) < most or not any(left.values())
    return fitting if is_all else None


def assign(
    runs: Iterable[ReadyRun], workers: Sequence[WorkerLoad], *, strategy: SchedulingStrategy
) -> tuple[list[Choice], set[int]]:
    """Assign runs to workers in order of rank; return the choices, and the tasks whose runs the strategy lets wait.

    A run that fits no worker is skipped. `in_flight` of the workers is updated.
    """
    eligible: dict[str, list[WorkerLoad]] = {}
    choices = []
    parked: set[int] = set()
    for run in sorted(runs, key=lambda run: (run.rank, run.id)):
        if run.placement not in eligible:
            task_type, labels = demands(run.placement)
            eligible[run.placement] = [worker for worker in workers if worker.accepts(task_type, labels)]
        accepting = eligible[run.placement]
        if not any(worker.free for worker in accepting):
            continue
        chosen = strategy.choose(run, accepting)
        if chosen is None:
            parked.add(run.task_id)
            continue
        chosen.in_flight += 1
        choices.append(Choice(run.id, chosen.id))
    return choices, parked


@dataclass(frozen=True, slots=True, kw_only=True)
class Unschedulable:
    """Why no online worker accepts runs of a placement: the cause, and what they require."""

    cause: UnschedulableCause
    task_type: str
    worker_id: str | None = None
    worker_labels: Mapping[str, str] = field(default_factory=dict)
    executor: str | None = None
    run_as: str | None = None

    @property
    def text(self) -> str:
        """The cause as a sentence."""
        if self.cause is UnschedulableCause.NO_WORKER:
            return "unschedulable: no worker is online"
        if self.cause is UnschedulableCause.WORKER_REFUSED:
            return (
                f"unschedulable: what worker {self.worker_id!r} sends is refused. Its details say why; "
                f"taskdeck worker enroll {self.worker_id} gives it a key."
            )
        if self.cause is UnschedulableCause.WORKER_OFFLINE:
            return f"unschedulable: worker {self.worker_id!r} is not online"
        if self.cause is UnschedulableCause.TASK_TYPE and self.worker_id is not None:
            return f'unschedulable: worker {self.worker_id!r} does not accept task type "{self.task_type}"'
        if self.cause is UnschedulableCause.TASK_TYPE:
            return f'unschedulable: no online worker accepts task type "{self.task_type}"'
        whose = f"worker {self.worker_id!r}" if self.worker_id is not None else "no online worker that would accept it"
        if self.cause is UnschedulableCause.EXECUTOR:
            has = "does not have" if self.worker_id is not None else "has"
            return f"unschedulable: {whose} {has} the executor {self.executor}, or its owner does not permit it"
        if self.cause is UnschedulableCause.RUN_AS:
            lets = "does not let" if self.worker_id is not None else "lets"
            return (
                f"unschedulable: {whose} {lets} tasks run as {self.run_as}: its owner must name the user in [allow] "
                "run_as of its configuration"
            )
        wanted = ", ".join(f"{name}={value}" for name, value in sorted(self.worker_labels.items()))
        if self.worker_id is not None:
            return f"unschedulable: worker {self.worker_id!r} does not have the labels {wanted}"
        return f'unschedulable: no online worker that accepts task type "{self.task_type}" has the labels {wanted}'


def why_unschedulable(
    key: str, workers: Sequence[WorkerLoad], *, refused: Sequence[WorkerLoad] = ()
) -> Unschedulable | None:
    """Return why no online worker accepts runs with this placement, or None if one does.

    `refused` are the workers that would be online if what they send were not refused.
    """
    task_type, labels = demands(key)
    if any(worker.accepts(task_type, labels) for worker in workers):
        return None
    for worker in refused:
        if worker.accepts(task_type, labels):
            return Unschedulable(
                cause=UnschedulableCause.WORKER_REFUSED, task_type=task_type, worker_id=worker.id, worker_labels=labels
            )
    worker_id = labels.pop(WORKER_LABEL, None)
    executor = labels.pop(EXECUTOR_LABEL, task_type if task_type in BUILT_IN else None)
    run_as = labels.pop(RUN_AS_LABEL, None)
    allowed = [worker for worker in workers if worker_id in (None, worker.id)]
    fitting = [worker for worker in allowed if worker.accepts_type(task_type) and worker.has_labels(labels)]
    if not workers:
        cause = UnschedulableCause.NO_WORKER
    elif not allowed:
        cause = UnschedulableCause.WORKER_OFFLINE
    elif not any(worker.accepts_type(task_type) for worker in allowed):
        cause = UnschedulableCause.TASK_TYPE
    elif not fitting:
        cause = UnschedulableCause.LABELS
    elif not any(worker.permits(executor) for worker in fitting):
        cause = UnschedulableCause.EXECUTOR
    else:
        cause = UnschedulableCause.RUN_AS
    return Unschedulable(
        cause=cause,
        task_type=task_type,
        worker_id=worker_id,
        worker_labels=labels,
        executor=executor,
        run_as=run_as,
    )
