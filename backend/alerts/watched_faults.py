"""The condition fault: what was set aside, restarted or refused and waits for an operator."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.model import FaultsNow, WatchedFault
from shared.enums import FaultKind

ALERTING = frozenset(FaultKind) - {FaultKind.BLOCKED, FaultKind.CORRECTED}
"""An event loop that was held for a moment and values that were corrected need nobody at once."""

# A table of few rows, by the primary key.
NEWEST = text(
    """
    select count(*) over () as faults, id, kind, object_type, object_id, object_name, cause, next_step
    from faults where kind = any(cast(:kinds as text[])) order by id desc limit 1
    """
)
# Each count is a range of the primary key.
SINCE = text(
    """
    select w.id, (select count(*) from faults f where f.id > w.id and f.kind = any(cast(:kinds as text[]))) as faults
    from unnest(cast(:ids as bigint[])) as w (id)
    """
)


async def read_faults_now(connection: AsyncConnection, counted: Iterable[int]) -> FaultsNow:
    """Return the faults that raise alerts, and how many of them are newer than each of the ids in `counted`."""
    kinds = sorted(ALERTING)
    row = (await connection.execute(NEWEST, {"kinds": kinds})).one_or_none()
    if row is None:
        return FaultsNow(count=0, newest=None, newer_than={})
    newer = await connection.execute(SINCE, {"ids": sorted(set(counted)), "kinds": kinds})
    return FaultsNow(
        count=row.faults,
        newest=WatchedFault(
            id=row.id,
            kind=FaultKind(row.kind),
            object=f"{row.object_type} {row.object_name or row.object_id}",
            cause=row.cause,
            next_step=row.next_step,
        ),
        newer_than={one.id: one.faults for one in newer},
    )
