"""The runs of the same task before and after a run."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from shared.client import TaskdeckClient
from shared.models.run import Run

_MOST = 100
"""Runs of a task that may have been queued together with one: those of one request have the same time."""
_ROUNDING = timedelta(milliseconds=1)
"""The API gives times in milliseconds at least."""


@dataclass(frozen=True, slots=True)
class RunNeighbours:
    """The next older and the next newer run of the task of a run; None where there is none, or none is known yet."""

    older: Run | None = None
    newer: Run | None = None


def neighbours_among(run: Run, runs: Iterable[Run]) -> RunNeighbours:
    """Return the neighbours of a run among runs of its task."""
    runs = list(runs)
    return RunNeighbours(
        older=max((one for one in runs if one.id < run.id), key=lambda one: one.id, default=None),
        newer=min((one for one in runs if one.id > run.id), key=lambda one: one.id, default=None),
    )


async def load_neighbours(client: TaskdeckClient, run: Run) -> RunNeighbours:
    """Return the runs of the same task that were queued next to a run."""
    older, newer = await asyncio.gather(
        client.list_runs(task_id=run.task_id, until=(run.queued_at + _ROUNDING).isoformat(), sort="-id", limit=_MOST),
        client.list_runs(task_id=run.task_id, since=(run.queued_at - _ROUNDING).isoformat(), sort="id", limit=_MOST),
    )
    return neighbours_among(run, [*older.data, *newer.data])
