"""Runs that wait although no online worker can ever accept them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.claim import count_ready, read_assign_facts
from backend.workers.assignment import why_unschedulable
from backend.workers.online import read_online_workers, read_refused_workers
from backend.workers.placement import demands
from shared.access import FULL_ACCESS, Access
from shared.models.system import UnschedulableRuns


async def unschedulable(connection: AsyncConnection, access: Access = FULL_ACCESS) -> list[UnschedulableRuns]:
    """Return the number of such runs that a user may read by what they require, with the reason."""
    online = await read_online_workers(connection)
    refused = await read_refused_workers(connection)
    reasons = {
        placement: reason
        for placement in (await read_assign_facts(connection)).placements
        if (reason := why_unschedulable(placement, online, refused=refused)) is not None
    }
    if not reasons:
        return []
    counts = await count_ready(connection, list(reasons), access)
    return [
        UnschedulableRuns(task_type=demands(placement)[0], reason=reasons[placement].text, runs=count)
        for placement, count in counts.items()
        if count
    ]
