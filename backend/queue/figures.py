"""The newest sample of what waits and runs, which every replica shows as metrics."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.store import count_faults
from backend.queue.depth import read_depth, read_stats
from backend.queue.unschedulable import unschedulable
from shared.enums import FaultKind
from shared.models.system import QueueDepth, SystemStats

# The one row is replaced by each sample of the leader.
STORE = text(
    """
    insert into metric_sample (id, at, figures) values (1, :at, :figures)
    on conflict (id) do update set at = excluded.at, figures = excluded.figures
    """
)
NEWEST = text("select figures, extract(epoch from now() - at)::float8 as age from metric_sample")


class Figures(BaseModel):
    """What waits and runs at one time."""

    at: datetime
    stats: SystemStats
    depth: QueueDepth
    faults: dict[FaultKind, int]


async def read_figures(connection: AsyncConnection) -> Figures:
    """Return what waits and runs now; it reads the index entries of every waiting run."""
    stats = await read_stats(connection)
    depth = await read_depth(connection)
    stuck = await unschedulable(connection)
    return Figures(
        at=depth.at,
        stats=stats,
        depth=depth.model_copy(update={"unschedulable": stuck}),
        faults=await count_faults(connection),
    )


async def store_figures(connection: AsyncConnection, figures: Figures) -> None:
    """Replace the newest sample."""
    await connection.execute(STORE, {"at": figures.at, "figures": figures.model_dump_json()})


async def newest_figures(connection: AsyncConnection) -> tuple[Figures, float] | None:
    """Return the newest sample and its age in seconds; None before the first, or if another version wrote it."""
    row = (await connection.execute(NEWEST)).one_or_none()
    if row is None:
        return None
    try:
        return Figures.model_validate_json(row.figures), row.age
    except ValueError:
        return None
