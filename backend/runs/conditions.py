"""SQL conditions on runs that several statements share; the indexes are partial on the same conditions."""

from backend.runs.limits import GATES, Hold
from shared.enums import RunStatus


def _any_of(column: str, values: tuple[str, ...]) -> str:
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({quoted})"


UNFINISHED = _any_of("status", tuple(status for status in RunStatus if not status.is_final))
FINAL = _any_of("status", tuple(status for status in RunStatus if status.is_final))

HELD = f"status = 'pending' and {_any_of('hold', GATES)}"
"""Held by a limit, an overlap or a backfill's pace: of the index runs_held."""
HELD_OR_EXPANDING = f"status = 'pending' and {_any_of('hold', (*GATES, Hold.EXPAND))}"
"""What people see as held: of the index runs_held_by_rank."""
