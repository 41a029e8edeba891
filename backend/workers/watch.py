"""What the heartbeat monitor asks: who beat, who holds what, whose runs are nobody's."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

BEATS = text("select id, incarnation, sequence from workers where status in ('online', 'draining')")

HELD = text("select id, held from workers where id = any(cast(:ids as text[]))")

# Runs in hand of workers that are gone; one that stands for a group is in nobody's hand.
# A worker that said goodbye may have reports on their way.
ORPHANS = text(
    """
    select r.id, r.attempt, r.worker_id, w.status
    from runs r left join workers w on w.id = r.worker_id
    where r.status in ('dispatched', 'running') and r.distribution is null
        and (w.id is null or w.status = 'lost'
             or (w.status = 'offline' and w.last_heartbeat_at < now() - interval '5 seconds'))
    limit 1000
    """
)


async def beats(connection: AsyncConnection) -> dict[str, tuple[str, int]]:
    """Return each live worker's newest beat: its incarnation and the beat's number."""
    return {row.id: (row.incarnation, row.sequence) for row in await connection.execute(BEATS)}


async def held(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the attempts that each worker named in its newest beat, as (run, attempt)."""
    rows = await connection.execute(HELD, {"ids": list(ids)})
    return {row.id: frozenset((run, attempt) for run, attempt in row.held) for row in rows}


async def orphans(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Return runs whose worker is lost, has left or is unknown: id, attempt, worker_id, status."""
    return (await connection.execute(ORPHANS)).mappings().all()
