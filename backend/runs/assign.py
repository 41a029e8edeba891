"""Chooses workers for runs that are ready, and claims the runs for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.claim import BATCH, ClaimedRun, claim, read_assign_facts, ready_runs
from backend.workers.assignment import SchedulingStrategy, WorkerLoad, assign, first_that_fit, room_by_placement

_MOST_PARKED = 2000
"""Tasks that a query for ready runs leaves out: more would make the query slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedBatch:
    """Claimed runs. `has_more` if others may be ready; `parked` are the tasks for which the strategy waits."""

    claimed: Sequence[ClaimedRun] = ()
    parked: frozenset[int] = frozenset()
    has_more: bool = False


async def claim_batch(
    connection: AsyncConnection,
    online: Sequence[WorkerLoad],
    *,
    strategy: SchedulingStrategy,
    parked: frozenset[int],
    expected: int = BATCH,
) -> ClaimedBatch:
    """Claim the first ready runs that fit on the workers, except for those of parked tasks.

    Counts what the workers have in flight. Only the last statement changes anything. As many runs as `expected` are
    read with the facts, which saves a round trip where they are all, or as many as fit.
    """
    if not online:
        return ClaimedBatch(parked=parked)
    facts = await read_assign_facts(connection, most=expected, parked=parked)
    for worker in online:
        worker.in_flight = facts.in_flight.get(worker.id, 0)
    room = room_by_placement(facts.placements, [worker for worker in online if worker.free])
    if not room:
        return ClaimedBatch(parked=parked)
    ready = first_that_fit(facts.first, room, most=expected)
    if ready is None:
        ready = await ready_runs(connection, room, parked=parked)
    choices, waiting = assign(ready, online, strategy=strategy)
    # Runs for which the strategy waits must not hide those behind them: the next query leaves their tasks out.
    has_more = len(choices) >= BATCH or (bool(waiting - parked) and len(parked) < _MOST_PARKED)
    claimed = await claim(connection, choices) if choices else ()
    return ClaimedBatch(claimed=claimed, parked=parked | waiting, has_more=has_more)
