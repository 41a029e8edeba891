"""Failures as the overview lists them: equal ones folded, each with the last line of its output. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.reason_words import reason
from console.words import number, tr
from shared.enums import RunStatus
from shared.models.run import Run


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that failed in one way: its newest run, how many runs, and the last line that the newest one wrote."""

    newest: Run
    count: int
    line: str = ""

    @property
    def key(self) -> tuple[int, RunStatus, str]:
        """What equal failures have in common."""
        return key_of(self.newest)


def key_of(run: Run) -> tuple[int, RunStatus, str]:
    """Return what equal failures have in common: the task, and how it failed."""
    return run.task_id, run.status, run.error or ""


def fold(runs: Iterable[Run]) -> list[Failure]:
    """Return failed runs, which come newest first, with those that are equal as one, in the order of the newest."""
    found: dict[tuple[int, RunStatus, str], Failure] = {}
    for run in runs:
        known = found.get(key_of(run))
        found[key_of(run)] = Failure(run, 1) if known is None else Failure(known.newest, known.count + 1)
    return list(found.values())


def failure_name(failure: Failure) -> str:
    """Return the task, with the number of its equal failures: `disk-report ×8`."""
    name = failure.newest.task_name
    return name if failure.count == 1 else tr("%1 ×%2", name, number(failure.count))


def why_words(failure: Failure) -> str:
    """Return the last line of the output, or else how the run ended."""
    return failure.line or reason(failure.newest)


def why_details(failure: Failure) -> str:
    """Return how the run ended and what it wrote last, on lines of their own."""
    return "\n".join(filter(None, (failure.newest.task_name, reason(failure.newest), failure.line)))
