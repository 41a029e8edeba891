"""Finds next occurrences that a wrong clock has left too late, and has them corrected."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import WakeReason, WakeReceiver
from backend.scheduling.correct import correct, read_suspects

_TICK_SECONDS = 10.0
"""Between two looks at the database's clock."""
_SWEEP_SECONDS = 600.0
"""Between two examinations of all tasks without a sign of a wrong clock."""
_BATCH = 100
"""Tasks examined at a time. One takes up to 0.3 ms, so that a batch holds up the event loop for 30 ms at most."""
_STEP_BACK = timedelta(minutes=1)
"""Smaller steps of the clock change no next occurrence by an hour."""

NOW = text("select now()")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPass:
    """How many tasks were corrected; `examined` says whether all tasks were examined."""

    examined: bool
    corrected: int = 0


class ClockLoop:
    """Examines all tasks when this replica begins to lead, when the clock was set back, and every ten minutes."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver({WakeReason.SCHEDULES_CHANGED})
        self._context = context
        self._session = session
        self._origin: datetime | None = None
        self._examined_at = float("-inf")

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._context.passes.record(await self._pass())
            await self.wakes.wait(timeout_seconds=_TICK_SECONDS)

    async def _pass(self) -> ClockPass:
        stepped_back = await self._has_stepped_back()
        if not stepped_back and time.monotonic() - self._examined_at < _SWEEP_SECONDS:
            return ClockPass(examined=False)
        self._examined_at = time.monotonic()
        corrected = await self._examine()
        if corrected:
            self._context.signals.wake(WakeReason.SCHEDULES_CHANGED)
        return ClockPass(examined=True, corrected=corrected)

    async def _has_stepped_back(self) -> bool:
        """Return whether the database's clock advanced less than this process's monotonic clock."""
        async with self._session.statements() as connection:
            now: datetime = (await connection.execute(NOW)).scalar_one()
        origin = now - timedelta(seconds=time.monotonic())
        former, self._origin = self._origin, origin
        return former is not None and origin < former - _STEP_BACK

    async def _examine(self) -> int:
        settings = self._context.settings
        corrected, after = 0, 0
        while True:
            async with self._session.statements() as connection:
                suspects = await read_suspects(connection, after=after, most=_BATCH, settings=settings)
            if suspects.task_ids:
                async with self._session.transaction() as connection:
                    corrected += await correct(connection, suspects.task_ids, settings=settings)
            if suspects.last_id is None:
                return corrected
            after = suspects.last_id
            await asyncio.sleep(0)
