"""The built-in scheduling strategies. A plug-in adds a class under the entry point `taskdeck.strategies`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.workers.assignment import ReadyRun, WorkerLoad
from shared.enums import PriorityLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyOptions:
    """Settings of strategies: slots of each worker reserved for critical runs, and the label to spread over."""

    reserved_slots: int = 1
    spread_label: str = "zone"


def _by_load(worker: WorkerLoad) -> tuple[float, int, str]:
    return (worker.load, -worker.free, worker.id)


class LeastLoaded:
    """Chooses the worker with the fewest runs per slot, then the one with the most free slots, then by id."""

    def __init__(self, options: StrategyOptions) -> None:
        pass

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the least loaded worker with a free slot."""
        return min((worker for worker in workers if worker.free), key=_by_load, default=None)


class PriorityReserve:
    """Chooses the least loaded worker, and reserves slots of each worker for critical runs.

    A worker that has no more slots than the reserve reserves none, because it would run nothing else.
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
    """Chooses one worker after the other, by id, for each placement."""

    options: StrategyOptions
    _last: dict[str, str] = field(default_factory=dict)

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the next worker with a free slot after the one that was chosen last."""
        with_room = sorted((worker for worker in workers if worker.free), key=lambda worker: worker.id)
        if not with_room:
            return None
        last = self._last.get(run.placement, "")
        chosen = next((worker for worker in with_room if worker.id > last), with_room[0])
        self._last[run.placement] = chosen.id
        return chosen


class Spread:
    """Chooses the value of a label, such as a zone, with the fewest runs per slot, and its least loaded worker."""

    def __init__(self, options: StrategyOptions) -> None:
        self._label = options.spread_label

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the least loaded worker of the least loaded zone that has a free slot."""
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
    """Runs a task always on the same worker, and waits for it; tasks are spread evenly over the workers.

    Rendezvous hashing (D. Thaler, C. Ravishankar, 1998): of all workers that accept the task, the one with the
    highest hash of task and worker. When a worker comes or leaves, only the tasks of that worker move.
    """

    def __init__(self, options: StrategyOptions) -> None:
        pass

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return the worker of the task, or None while it has no free slot."""
        own = max(workers, key=lambda worker: (_score(run.task_id, worker.id), worker.id), default=None)
        return own if own is not None and own.free else None


def _score(task_id: int, worker_id: str) -> bytes:
    return hashlib.blake2b(f"{task_id}/{worker_id}".encode(), digest_size=8).digest()
