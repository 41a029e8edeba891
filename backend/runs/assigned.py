"""The attempts that workers hold according to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.conditions import STARTED

# From the index runs_in_flight.
ASSIGNED = text(
    f"""
    select id, attempt, worker_id from runs
    where worker_id = any(cast(:worker_ids as text[])) and {STARTED}
        and dispatched_at < now() - cast(:settled as interval)
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class AssignedAttempt:
    """An attempt that was sent to a worker and has not ended."""

    run_id: int
    attempt: int
    worker_id: str


async def assigned_attempts(
    connection: AsyncConnection, worker_ids: Sequence[str], *, settled: timedelta
) -> list[AssignedAttempt]:
    """Return the attempts that the workers were assigned at least `settled` ago and have not reported as ended."""
    rows = await connection.execute(ASSIGNED, {"worker_ids": list(worker_ids), "settled": settled})
    return [AssignedAttempt(*row) for row in rows]
