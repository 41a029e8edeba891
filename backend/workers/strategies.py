"""Ways to pick a worker for a run; another one is a class under the entry point `taskdeck.strategies`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from backend.workers.assignment import ReadyRun, WorkerLoad
from shared.enums import PriorityLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyOptions:
    """What the settings say: slots of each worker kept for critical runs, and the label to spread over."""

    reserved_slots: int = 1
    spread_label: str = "zone"


class SchedulingStrategy(Protocol):
    """Picks a worker for each run, in order of rank; made once for each time that a replica dispatches."""

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the worker for `run`, one with room; None lets the run wait.

        `workers` are all online ones that accept it; at least one has room.
        """


def _by_load(worker: WorkerLoad) -> tuple[float, int, str]:
    return (worker.load, -worker.free, worker.id)


class LeastLoaded:
    """The worker with the fewest runs for each slot; among equals the one with most room, then by name."""

    def __init__(self, options: StrategyOptions) -> None:
        pass

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the least loaded worker."""
        return min((worker for worker in workers if worker.free), key=_by_load, default=None)


class PriorityReserve:
    """As least loaded, but the last slots of each worker are for critical runs alone.

    A worker whose slots are no more than the reserve keeps none back: it would else do nothing.
    """

    def __init__(self, options: StrategyOptions) -> None:
        self._reserved = options.reserved_slots

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the least loaded worker with a slot that the run may take."""
        is_critical = run.priority >= PriorityLevel.CRITICAL
        open_to_it = [
            worker
            for worker in workers
            if worker.free > (0 if is_critical or worker.slots <= self._reserved else self._reserved)
        ]
        return min(open_to_it, key=_by_load, default=None)


@dataclass(slots=True)
class RoundRobin:
    """One worker after the other, by name, for each kind of demand."""

    options: StrategyOptions
    _last: dict[str, str] = field(default_factory=dict)

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the next worker with room after the one chosen last."""
        with_room = sorted((worker for worker in workers if worker.free), key=lambda worker: worker.id)
        if not with_room:
            return None
        last = self._last.get(run.placement, "")
        chosen = next((worker for worker in with_room if worker.id > last), with_room[0])
        self._last[run.placement] = chosen.id
        return chosen


class Spread:
    """The value of a label (such as zone) with the fewest runs for each slot, and its least loaded worker."""

    def __init__(self, options: StrategyOptions) -> None:
        self._label = options.spread_label

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the least loaded worker of the least loaded zone that has room."""
        zones: dict[str, list[WorkerLoad]] = {}
        for worker in workers:
            zones.setdefault(worker.labels.get(self._label, ""), []).append(worker)
        with_room = {zone: members for zone, members in zones.items() if any(worker.free for worker in members)}
        if not with_room:
            return None

        def load(zone: str) -> tuple[float, str]:
            members = with_room[zone]
            return sum(worker.in_flight for worker in members) / max(1, sum(worker.slots for worker in members)), zone

        zone = min(with_room, key=load)
        return min((worker for worker in with_room[zone] if worker.free), key=_by_load)


class Sticky:
    """A task stays on its worker while that lives, and waits for it; a task without one is dealt evenly.

    Rendezvous hashing (D. Thaler, C. Ravishankar, 1998): of all workers that accept the task, the one with the
    highest hash of task and worker. When a worker comes or goes, only the tasks that are or become its own move.
    """

    def __init__(self, options: StrategyOptions) -> None:
        pass

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the task's worker, or None while that has no room."""
        own = max(workers, key=lambda worker: (_score(run.task_id, worker.id), worker.id), default=None)
        return own if own is not None and own.free else None


def _score(task_id: int, worker_id: str) -> bytes:
    return hashlib.blake2b(f"{task_id}/{worker_id}".encode(), digest_size=8).digest()
