"""What the heartbeat monitor reads: the newest heartbeats, and the attempts of workers that are gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.model import set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.workers.lost_workers import HeartbeatId
from shared.enums import WorkerStatus

NEWEST_HEARTBEATS = text("select id, incarnation, sequence from workers where status in ('online', 'draining')")

HELD = text("select id, held from workers where id = any(cast(:ids as text[]))")

# From the index runs_in_flight. No worker holds the parent run of a fan-out. A worker that has just gone offline may
# have results on their way, for five seconds. A worker that is refused finishes what it holds.
ABANDONED = text(
    """
    select r.id, r.attempt, r.worker_id, w.status
    from runs r left join workers w on w.id = r.worker_id
    where r.status in ('dispatched', 'running') and r.distribution is null
        and (w.id is null or w.status = 'lost'
             or (w.status = 'offline' and w.last_heartbeat_at < now() - interval '5 seconds')
             or (w.status = 'offline' and r.dispatched_at < now() - interval '15 seconds'
                 and exists (select from faults f
                             where f.kind = 'refused' and f.object_type = 'worker' and f.object_id = w.id)
                 and not exists (select from jsonb_array_elements(w.held) h
                                 where h = jsonb_build_array(r.id, r.attempt))))
    limit 1000
    """
)


@dataclass(frozen=True, slots=True)
class AbandonedAttempt:
    """An attempt whose worker is lost, offline or unknown (status None)."""

    run_id: int
    attempt: int
    worker_id: str
    worker_status: WorkerStatus | None


async def newest_heartbeats(connection: AsyncConnection) -> dict[str, HeartbeatId]:
    """Return the newest heartbeat of each worker that is online or draining."""
    return {row.id: HeartbeatId(row.incarnation, row.sequence) for row in await connection.execute(NEWEST_HEARTBEATS)}


async def held_attempts(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the attempts that each worker named in its newest heartbeat, as (run, attempt).

    A worker whose heartbeat cannot be read is left out: nothing is known of its attempts.
    """
    rows = await connection.execute(HELD, {"ids": list(ids)})
    found, faults = read_each(
        rows,
        lambda row: (row.id, frozenset((int(run), int(attempt)) for run, attempt in row.held)),
        fault=lambda row, error: set_aside(
            "heartbeat", row.id, cause=error, next_step="Its next heartbeat replaces it. Restart the worker if not."
        ),
    )
    await store_faults(connection, faults)
    return dict(found)


async def abandoned_attempts(connection: AsyncConnection) -> list[AbandonedAttempt]:
    """Return up to 1,000 attempts whose worker is gone."""
    return [
        AbandonedAttempt(row.id, row.attempt, row.worker_id, WorkerStatus(row.status) if row.status else None)
        for row in await connection.execute(ABANDONED)
    ]
