"""What is asked of each scheduler."""

from collections.abc import Iterable
from typing import Protocol

PARALLEL = 32
"""Runs that execute at a time: the default of Airflow's LocalExecutor."""
START_SECONDS = 180.0
RUN_SECONDS = 120.0


class Scheduler(Protocol):
    """A running system with one task, whose command is that of `Starts`."""

    async def trigger(self) -> None:
        """Trigger one run by the HTTP API."""

    async def drain(self, runs: int) -> None:
        """Create runs while none can start, and then let them start."""

    def pids(self) -> Iterable[int]:
        """Return the processes that the system consists of; what they start belongs to it as well."""
