"""Which worker a run goes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.workers.placement import demands
from shared.enums import PriorityLevel

WORKER_LABEL = "@worker"
"""Every worker bears its own id under this label, so that a run can ask for one worker."""

QUICK_RUN_MS = 100.0
"""Runs shorter than this on average are over before the next batch could arrive."""
MOST_EXTRA_PER_SLOT = 8


@dataclass(slots=True)
class WorkerLoad:
    """A worker that may be given runs: `in_flight` counts what it was given and has not ended."""

    id: str
    task_types: frozenset[str]
    labels: Mapping[str, str]
    slots: int
    in_flight: int
    mean_run_ms: float | None = None

    @property
    def capacity(self) -> int:
        """How many runs it may hold: its slots, and a little more where runs last milliseconds.

        Without the extra its slots would idle for a round trip between runs. The extra covers about 50 ms
        of its work and is taken only by runs that no other worker has a free slot for.
        """
        if self.mean_run_ms is None or self.mean_run_ms >= QUICK_RUN_MS:
            return self.slots
        extra_per_slot = min(MOST_EXTRA_PER_SLOT, round(50.0 / max(self.mean_run_ms, 1.0)))
        return self.slots * (1 + extra_per_slot)

    @property
    def free(self) -> int:
        """How many more runs it may be given."""
        return max(0, self.capacity - self.in_flight)

    @property
    def load(self) -> float:
        """Runs for each slot."""
        return self.in_flight / max(1, self.slots)

    def accepts(self, task_type: str, labels: Mapping[str, str]) -> bool:
        """Whether it takes this class of work and has all the labels asked for."""
        return (task_type in self.task_types or "*" in self.task_types) and all(
            (self.id if name == WORKER_LABEL else self.labels.get(name)) == value for name, value in labels.items()
        )


@dataclass(frozen=True, slots=True)
class ReadyRun:
    """A run that may start as soon as a worker has room."""

    id: int
    placement: str
    rank: int
    task_id: int = 0
    priority: int = PriorityLevel.NORMAL


class Chooser(Protocol):
    """Picks the worker for a run: what `SchedulingStrategy` describes."""

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the worker for `run`, or None to let it wait."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A run and the worker it goes to."""

    run_id: int
    worker_id: str


def room_by_placement(placements: Iterable[str], workers: Sequence[WorkerLoad]) -> dict[str, int]:
    """Return, for each placement that some worker accepts and has room for, how many runs fit."""
    room = {}
    for key in placements:
        task_type, labels = demands(key)
        fits = sum(worker.free for worker in workers if worker.accepts(task_type, labels))
        if fits:
            room[key] = fits
    return room


def assign(
    runs: Iterable[ReadyRun], workers: Sequence[WorkerLoad], *, strategy: Chooser
) -> tuple[list[Choice], set[int]]:
    """Give runs to workers in order of rank; return the choices, and the tasks whose runs the strategy lets wait.

    A run that fits nowhere is passed over. Counts what it gives in the workers' `in_flight`.
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


def why_unschedulable(key: str, workers: Sequence[WorkerLoad]) -> str | None:
    """Return why no online worker could ever take a run with these demands, or None where one could."""
    task_type, labels = demands(key)
    if any(worker.accepts(task_type, labels) for worker in workers):
        return None
    if not workers:
        return "unschedulable: no worker is online"
    if WORKER_LABEL in labels:
        return f"unschedulable: worker {labels[WORKER_LABEL]!r} is not online"
    if not any(worker.accepts(task_type, {}) for worker in workers):
        return f'unschedulable: no online worker accepts task type "{task_type}"'
    wanted = ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))
    return f'unschedulable: no online worker that accepts task type "{task_type}" has the labels {wanted}'
