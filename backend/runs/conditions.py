"""SQL conditions on runs that several statements share; the indexes are partial on the same conditions."""

from backend.runs.limits import GATES, Hold
from shared.enums import RunStatus


def _any_of(column: str, values: tuple[str, ...]) -> str:
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({quoted})"


UNFINISHED = _any_of("status", tuple(status for status in RunStatus if not status.is_final))
WAITING = _any_of(
    "status", tuple(status for status in RunStatus if not status.is_final and not status.is_held_by_worker)
)
"""Not started: of the index runs_waiting_by_task."""
STARTED = _any_of("status", tuple(status for status in RunStatus if status.is_held_by_worker))
"""Assigned to a worker, or a parent run with child runs: of the indexes runs_in_flight and runs_in_flight_by_task."""
IN_SLOT = f"{STARTED} and distribution is null"
"""In a slot of a worker. A parent run occupies none."""
FINAL = _any_of("status", tuple(status for status in RunStatus if status.is_final))

IN_CONCURRENCY_GROUP = _any_of("status", (RunStatus.PENDING, RunStatus.DISPATCHED, RunStatus.RUNNING))
"""Counted by a concurrency group or held by it: of the index runs_in_concurrency_group."""
OCCUPIES_CONCURRENCY_GROUP = f"""{IN_CONCURRENCY_GROUP} and distribution is null
            and (status <> 'pending' or hold is null or hold = '{Hold.DELAY}')"""
"""Released and not ended. The child runs of a parent run count instead of it."""

HELD = f"status = 'pending' and {_any_of('hold', GATES)}"
"""Held by a limit, an overlap or a backfill's pace: of the index runs_held."""
HELD_OR_EXPANDING = f"status = 'pending' and {_any_of('hold', (*GATES, Hold.EXPAND))}"
"""What people see as held: of the index runs_held_by_rank."""

# Whether the attempt of a row `{row}` with run_id, attempt and worker_id was that worker's. By the primary keys.
OWN_ATTEMPT = """exists (
        select from runs where runs.id = {row}.run_id and (
            (runs.attempt = {row}.attempt and runs.worker_id = {row}.worker_id)
            or exists (select from run_attempts a where a.run_id = {row}.run_id and a.attempt = {row}.attempt
                       and a.worker_id = {row}.worker_id)))"""
