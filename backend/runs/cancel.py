"""Cancelling: what waits ends at once, what a worker holds is asked to end, and a group goes with its run."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import Actor
from backend.runs import fan_out as run_groups
from backend.runs import listing as runs
from backend.runs.model import RunChange


async def cancel_locked(connection: AsyncConnection, run_ids: Sequence[int], *, actor: Actor) -> list[RunChange]:
    """Cancel runs that are locked and have not ended; return those, and the child runs that ended with a parent."""
    by = f"cancelled by {actor.name}"
    ended = await runs.cancel_at_once(connection, run_ids, reason=by)
    done = {change.run.id for change in ended}
    asked = await runs.ask_to_cancel(connection, [run_id for run_id in run_ids if run_id not in done], reason=by)
    children: list[RunChange] = []
    for change in asked:
        if change.run.is_parent:
            left = await run_groups.members_left(connection, change.run.id)
            reason = f"cancelled with its group by {actor.name}"
            children += await runs.cancel_at_once(connection, left, reason=reason)
            await runs.ask_to_cancel(connection, left, reason=reason)
    return [*children, *ended, *asked]
