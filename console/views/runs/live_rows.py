"""Which runs the table shows while more come: pure, so that it can be tested without a window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.enums import RunStatus
from shared.models.run import Run

MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What the person looks for; an empty part lets all through."""

    statuses: frozenset[RunStatus] = frozenset()
    task_id: int | None = None

    def takes(self, run: Run) -> bool:
        """Whether a run is looked for."""
        return (not self.statuses or run.status in self.statuses) and self.task_id in (None, run.task_id)


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows to show, and the new ones that wait until the person asks for them."""

    shown: list[Run]
    waiting: dict[int, Run]


def merge(
    shown: Sequence[Run],
    waiting: dict[int, Run],
    heard: Iterable[Run],
    wanted: RunFilter,
    *,
    takes_new: bool,
) -> Merged:
    """Return the table after the events `heard`, oldest first.

    Rows that are shown change in place and stay, even when they no longer fit the filter, so that nothing
    jumps. New ones come to the top if `takes_new`, and otherwise wait.
    """
    known = {run.id: place for place, run in enumerate(shown)}
    rows = list(shown)
    held = dict(waiting)
    for run in heard:
        place = known.get(run.id)
        if place is not None:
            rows[place] = run
        elif run.id in held or wanted.takes(run):
            held[run.id] = run
    if takes_new and held:
        newest_first = sorted((run for run in held.values() if wanted.takes(run)), key=lambda run: -run.id)
        rows = sorted([*newest_first, *rows], key=lambda run: -run.id)[:MOST_ROWS]
        held = {}
    return Merged(rows, held)
