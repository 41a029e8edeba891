"""Removes the rows of deleted tasks and of runs that are old, a batch at a time, so that nothing waits for it."""

import asyncio
import itertools
from datetime import datetime

import structlog
from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs import retention
from backend.tasks import model as tasks
from shared.errors import DatabaseUnavailableError

_BATCH = 1000
_PAUSE_SECONDS = 30.0
_BY_AGE_EVERY = 20
"""Rounds between two looks at the age of runs of tasks that limit it: each reads all the runs that such a task has."""

FORGET_KEYS = text("delete from idempotency_keys where created_at < now() - interval '24 hours'")
FORGET_REFRESH = text("delete from refresh_tokens where expires_at < now()")

log = structlog.get_logger()


class Purger:
    """Runs on the replica that leads."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Purge until cancelled."""
        for number in itertools.count():
            if self._context.signals.is_leader:
                try:
                    await self.purge(by_age=number % _BY_AGE_EVERY == 0)
                except DatabaseUnavailableError as error:
                    log.warning("nothing was purged", cause=error.detail)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def purge(self, *, by_age: bool = True) -> None:
        """Remove all that nobody wants to keep; `by_age` also of tasks that say for how many days they keep a run."""
        while await self._purge_batch():
            pass
        await self._retain(by_age=by_age)

    async def _purge_batch(self) -> bool:
        async with self._context.database.transaction() as connection:
            removed = await tasks.purge_deleted(connection, batch=_BATCH)
            if not removed:
                await connection.execute(FORGET_KEYS)
                await connection.execute(FORGET_REFRESH)
        return removed > 0

    async def _retain(self, *, by_age: bool) -> None:
        """Remove ended runs beyond what their task, or the settings, keep; each batch is a short transaction."""
        settings = self._context.settings
        removed = after = 0
        while True:
            async with self._context.database.transaction() as connection:
                limited = await retention.tasks_with_limits(connection, after=after, keep_runs=settings.keep_runs)
            for task_id, keep_runs, keep_days in limited:
                after = task_id
                gone = _BATCH if by_age or keep_runs is not None else 0
                while gone == _BATCH:
                    async with self._context.database.transaction() as connection:
                        gone = await retention.purge_task(
                            connection,
                            task_id,
                            keep_runs=keep_runs,
                            keep_days=keep_days if by_age else None,
                            batch=_BATCH,
                        )
                    removed += gone
            if not limited:
                break
        since: datetime | None = None
        gone = _BATCH if settings.keep_days is not None else 0
        while gone == _BATCH and settings.keep_days is not None:
            async with self._context.database.transaction() as connection:
                gone, since = await retention.purge_overall(
                    connection, keep_days=settings.keep_days, batch=_BATCH, since=since
                )
            removed += gone
        if removed:
            log.info("old runs were removed", count=removed)
