"""For which process of a worker a command is, and until when by that process's own clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import text

from backend.database.connection import Database

# By the primary key.
ADDRESSES = text(
    """
    select id, incarnation, (extract(epoch from now() - started_at) * 1000)::bigint as uptime_ms
    from workers where id = any(cast(:ids as text[]))
    """
)


@dataclass(frozen=True, slots=True)
class WorkerAddress:
    """A process of a worker; `uptime_ms` is how long it has been running, as its heartbeats showed it."""

    incarnation: str
    uptime_ms: int


async def read_addresses(database: Database, worker_ids: Iterable[str]) -> Mapping[str, WorkerAddress]:
    """Return the newest process of each worker that has sent a heartbeat."""
    async with database.statements() as connection:
        rows = await connection.execute(ADDRESSES, {"ids": sorted(worker_ids)})
    return {row.id: WorkerAddress(row.incarnation, max(row.uptime_ms, 0)) for row in rows}
