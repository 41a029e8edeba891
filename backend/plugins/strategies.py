"""The contract of scheduling strategies.

A strategy is a class that is made with `StrategyOptions`, named by an entry point in the group `taskdeck.strategies`,
and chosen by `TASKDECK_STRATEGY`. A replica makes a new one each time that it begins to lead: what a strategy
remembers is lost then.

What must hold:

- `choose` returns one of the given workers that has a free slot (`free` above 0), or None to let the run wait.
- It is asked for each run in order of rank, some thousand times a second: it computes, and does no I/O.
- It changes neither run nor workers. Between two calls the backend raises `in_flight` of the worker that was chosen.
- With all workers idle it returns a worker: a run that never gets one waits for ever.

What it raises, and a worker that it may not return, is reported as a fault, and the strategy `least_loaded` chooses.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from backend.workers.strategies import StrategyOptions

__all__ = ["Run", "Strategy", "StrategyOptions", "Worker"]


class Run(Protocol):
    """A run that waits for a free slot only."""

    @property
    def id(self) -> int: ...

    @property
    def task_id(self) -> int: ...

    @property
    def priority(self) -> int:
        """0 low, 1 normal, 2 high, 3 critical."""

    @property
    def placement(self) -> str:
        """A key that runs with the same requirements have in common."""


class Worker(Protocol):
    """An online worker that accepts the run."""

    @property
    def id(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, str]: ...

    @property
    def slots(self) -> int: ...

    @property
    def in_flight(self) -> int:
        """The runs that it was assigned and that have not ended."""

    @property
    def free(self) -> int:
        """How many more runs it may be assigned: more than slots are free where its runs last milliseconds."""

    @property
    def load(self) -> float:
        """Runs per slot."""


class Strategy(Protocol):
    """Chooses a worker for each run."""

    def choose(self, run: Run, workers: Sequence[Worker]) -> Worker | None:
        """Return a worker with a free slot, or None to let the run wait."""
