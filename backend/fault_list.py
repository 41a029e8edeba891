"""Faults for operators: listed, and removed so that what was set aside is tried again."""

from collections.abc import Sequence

from backend import audit
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.faults.store import read_faults, readable_faults, remove_faults
from shared.access import Access
from shared.models.fault import Fault


async def list_faults(context: ServiceContext, *, access: Access) -> list[Fault]:
    """Return the faults, the newest first; for who may not read all, those of the tasks and runs that they may."""
    async with context.database.transaction() as connection:
        return await (read_faults(connection) if access.reads_all else readable_faults(connection, access))


async def retry_faults(context: ServiceContext, ids: Sequence[int] | None, *, actor: Actor) -> int:
    """Remove faults, all of them without `ids`, and wake every loop to try again; return their number."""
    async with context.database.transaction() as connection:
        count = await remove_faults(connection, ids)
        await audit.record(
            connection,
            actor=actor,
            action="faults.retry",
            object_type="faults",
            object_id="all" if ids is None else ",".join(map(str, ids))[:200],
            detail={"count": count},
        )
    context.signals.wake(*(reason for reason in WakeReason if reason is not WakeReason.TASKS_CHANGED))
    return count
