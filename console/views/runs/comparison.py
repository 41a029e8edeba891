"""What differs between a run and another of the same task: pure."""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from console.reason_words import reason
from console.status_words import status_words, trigger_words
from console.words import absolute, duration, enumeration, tr
from shared.models.run import Run, RunInputs

MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of both runs."""

    name: str
    this: str
    other: str
    note: str = ""
    is_cause: bool = True
    """Whether a difference may be why the one failed; times and places differ always."""

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return self.this != self.other


def times_as_long(this: int | None, other: int | None) -> str:
    """Return how much longer or shorter this one took, where it is worth saying."""
    if not this or not other:
        return ""
    factor = this / other
    if factor >= 1.2:
        return tr("%1 times as long", f"{factor:.1f}")
    if factor <= 1 / 1.2:
        return tr("%1% of the duration", f"{100 * factor:.0f}")
    return ""


def waited(run: Run) -> int | None:
    """Return the milliseconds from queued to started."""
    return None if run.started_at is None else round((run.started_at - run.queued_at).total_seconds() * 1000)


def compare(this: Run, other: Run, this_inputs: RunInputs, other_inputs: RunInputs) -> list[Compared]:
    """Return the facts of both runs, what ended first."""

    def memory(run: Run) -> str:
        return "" if run.peak_memory_bytes is None else f"{run.peak_memory_bytes / 2**20:.1f} MiB"

    def exit_code(run: Run) -> str:
        return "" if run.exit_code is None else str(run.exit_code)

    facts = [
        Compared(tr("Status"), status_words(this.status), status_words(other.status)),
        Compared(
            tr("Duration"),
            duration(this.execution_time_ms),
            duration(other.execution_time_ms),
            times_as_long(this.execution_time_ms, other.execution_time_ms),
            is_cause=bool(times_as_long(this.execution_time_ms, other.execution_time_ms)),
        ),
        Compared(tr("Exit code"), exit_code(this), exit_code(other)),
        Compared(tr("Reason"), reason(this), reason(other)),
        Compared(tr("Queue time"), duration(waited(this)), duration(waited(other)), is_cause=False),
        Compared(tr("Attempts"), str(this.attempt), str(other.attempt)),
        Compared(tr("Worker"), this.worker_id or "", other.worker_id or ""),
        Compared(tr("Trigger"), trigger_words(this.trigger), trigger_words(other.trigger), is_cause=False),
        Compared(tr("Started"), absolute(this.started_at), absolute(other.started_at), is_cause=False),
        Compared(tr("Peak memory"), memory(this), memory(other), is_cause=False),
        Compared(tr("Version"), str(this.task_version), str(other.task_version)),
        Compared(tr("Command"), this_inputs.command or "", other_inputs.command or ""),
        Compared(tr("Arguments"), _arguments(this_inputs), _arguments(other_inputs)),
        Compared(tr("Environment"), *_environments(this_inputs, other_inputs)),
    ]
    return [fact for fact in facts if fact.this or fact.other]


def telling(facts: Sequence[Compared]) -> list[Compared]:
    """Return the facts that may say why one run failed and the other did not: those that differ and may be a cause."""
    return [fact for fact in facts if fact.differs and fact.is_cause]


def _arguments(inputs: RunInputs) -> str:
    return " ".join(json.dumps(one, ensure_ascii=False) for one in inputs.arguments)


def _environments(this: RunInputs, other: RunInputs) -> tuple[str, str]:
    """Return the names whose values differ, as each run had them; without the values, which may be secret."""
    names = sorted(this.environment.keys() | other.environment.keys())
    changed = [name for name in names if this.environment.get(name) != other.environment.get(name)]
    if not changed:
        return tr("the same"), tr("the same")

    def words(inputs: RunInputs) -> str:
        return enumeration(name if name in inputs.environment else tr("%1 (not set)", name) for name in changed)

    return words(this) + " " + tr("(changed)"), words(other)


def log_difference(other: Sequence[str], this: Sequence[str]) -> list[str]:
    """Return how the end of this log differs from the end of the other, as lines that begin with ` `, `+` or `-`."""
    found = difflib.unified_diff(other[-MOST_LINES:], this[-MOST_LINES:], n=3, lineterm="")
    return [line for line in found if not line.startswith(("---", "+++"))]
