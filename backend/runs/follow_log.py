"""Following the output of a run until all of it is stored.

Output and outcome arrive on two queues, so that the last pieces of output may be stored after the outcome.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from backend.context import ServiceContext
from backend.runs.detail import get_run, has_whole_log, read_log
from backend.runs.log_followers import LogFollowers
from backend.workers.online import OnlineWorkers
from shared.access import Access
from shared.models.run import LogChunk, Run

PIECES_AT_ONCE = 200
SETTLE_SECONDS = 0.3
"""How long a follower waits for more output if the worker did not report how many pieces it sent."""
MISSING_SECONDS = 10.0
"""How long a follower waits for pieces that the worker sent and that are not stored yet."""
FRESH = timedelta(seconds=10)
"""A run that ended longer ago has no output on its way."""


class FollowStep(Enum):
    """What a follower does next."""

    AWAIT_OUTPUT = "await output"
    """The run has not ended: wait until output is stored."""
    AWAIT_REST = "await rest"
    """The run has ended, and some of its output is missing: read again after a moment."""
    END = "end"


@dataclass(slots=True)
class FollowRule:
    """Decides when a follower has all output. `clock` arguments are seconds of a monotonic clock."""

    _may_be_incomplete: bool = False
    _ends_at: float | None = None

    def expects_rest(self, run: Run, *, now: datetime) -> bool:
        """Whether output may arrive after the outcome: the follower has seen the run before its end or just after."""
        has_just_ended = run.completed_at is not None and now - run.completed_at < FRESH
        self._may_be_incomplete = self._may_be_incomplete or not run.status.is_final or has_just_ended
        return run.status.is_final and self._may_be_incomplete

    def next_step(self, run: Run, *, is_whole: bool | None, has_new: bool, clock: float) -> FollowStep:
        """Return the next step after a read of the output; `has_new`: it found pieces.

        `is_whole` says whether all pieces were stored before that read; None: the worker did not report their number.
        """
        if has_new:
            self._ends_at = None
        if not run.status.is_final:
            return FollowStep.AWAIT_OUTPUT
        if is_whole or not self._may_be_incomplete:
            return FollowStep.END
        if self._ends_at is None:
            self._ends_at = clock + (SETTLE_SECONDS if is_whole is None else MISSING_SECONDS)
        return FollowStep.END if clock >= self._ends_at else FollowStep.AWAIT_REST


async def follow_log(
    context: ServiceContext,
    followers: LogFollowers,
    run_id: int,
    *,
    after: int,
    online: OnlineWorkers,
    access: Access,
    ended: asyncio.Event,
) -> AsyncIterator[LogChunk | Run]:
    """Yield the pieces of output behind the one with id `after` as they are stored, and at last the run.

    It returns without the run once `ended` is set and `followers` were notified.
    """
    with followers.of(run_id) as new:
        async for item in _follow(context, new, run_id, after=after, online=online, access=access, ended=ended):
            yield item


async def _follow(
    context: ServiceContext,
    new: asyncio.Event,
    run_id: int,
    *,
    after: int,
    online: OnlineWorkers,
    access: Access,
    ended: asyncio.Event,
) -> AsyncIterator[LogChunk | Run]:
    rule = FollowRule()
    clock = asyncio.get_running_loop().time
    while not ended.is_set():
        new.clear()
        run = await get_run(context, run_id, online=online, access=access)
        is_whole = await has_whole_log(context, run_id) if rule.expects_rest(run, now=datetime.now(UTC)) else None
        has_new = False
        while chunks := await read_log(context, run_id, after=after, limit=PIECES_AT_ONCE, stream=None):
            for chunk in chunks:
                yield chunk
            after, has_new = chunks[-1].id, True
        match rule.next_step(run, is_whole=is_whole, has_new=has_new, clock=clock()):
            case FollowStep.AWAIT_OUTPUT:
                await new.wait()
            case FollowStep.AWAIT_REST:
                # Not at each stored piece: those are of any run, and each read costs a query.
                await asyncio.sleep(SETTLE_SECONDS)
            case FollowStep.END:
                yield run
                return
