"""Cancelling: what waits ends at once, what a worker holds is asked to end, and a group goes with its run."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.runs import fan_out as run_groups
from backend.runs import listing as runs
from shared.enums import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledRuns:
    """Those of the runs that ended, those that were asked to end, and what ended with its group."""

    ended: Sequence[RowMapping]
    asked: Sequence[RowMapping]
    members: Sequence[RowMapping]

    def tell(self, context: ServiceContext) -> None:
        """Tell listeners and the dispatcher, after the commit."""
        context.events.publish_runs(EventType.RUN_FINISHED, [*self.members, *self.ended])
        groups = {row["task_id"] for row in self.asked if row["distribution"] is not None}
        reasons = [WakeReason.CANCEL_REQUESTED] if self.asked else []
        context.signals.wake(*reasons, task_ids=groups | {row["task_id"] for row in (*self.ended, *self.members)})


async def cancel_locked(connection: AsyncConnection, run_ids: Sequence[int], *, actor: Actor) -> CancelledRuns:
    """Cancel runs that are locked and have not ended."""
    by = f"cancelled by {actor.name}"
    ended = await runs.cancel_at_once(connection, run_ids, reason=by)
    done = {row["id"] for row in ended}
    asked = await runs.ask_to_cancel(connection, [run_id for run_id in run_ids if run_id not in done], reason=by)
    gone: list[RowMapping] = []
    for row in asked:
        if row["distribution"] is not None:
            members = await run_groups.members_left(connection, row["id"])
            reason = f"cancelled with its group by {actor.name}"
            gone += await runs.cancel_at_once(connection, members, reason=reason)
            await runs.ask_to_cancel(connection, members, reason=reason)
    return CancelledRuns(ended=ended, asked=asked, members=gone)
