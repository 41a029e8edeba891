"""Deletes the rows of deleted tasks and of old runs, in batches, so that no other statement waits for long."""

import asyncio
import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts.oidc import pending
from backend.context import ServiceContext
from backend.faults.store import remove_old_faults
from backend.runs.retention import purge_overall, purge_task, tasks_with_limits
from backend.tasks.delete import purge_deleted
from shared.errors import DatabaseUnavailableError

_BATCH = 1000
"""Rows that one transaction deletes: few enough that others do not wait for its locks."""
_PAUSE_SECONDS = 30.0
_BY_AGE_EVERY = 20
"""Every 20th pass, once in ten minutes, deletes by age as well: that reads all runs of a task which limits it."""

# By the primary key of each table's few rows: at most a day, or a session's life, of them.
EXPIRED_KEYS = text("delete from idempotency_keys where created_at < now() - interval '24 hours'")
EXPIRED_REFRESH_TOKENS = text("delete from refresh_tokens where expires_at < now()")
EXPIRED_SESSIONS = text("delete from sessions where expires_at < now()")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgePass:
    """How many rows were deleted: tasks and runs of deleted tasks, and runs past their retention."""

    of_deleted_tasks: int
    old_runs: int


class Purger:
    """Purges on the leading replica only."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Purge until cancelled."""
        for number in itertools.count():
            if self._context.signals.is_leader:
                try:
                    await self.purge(by_age=number % _BY_AGE_EVERY == 0)
                except DatabaseUnavailableError as error:
                    log.warning("Nothing was purged.", cause=error.detail)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def purge(self, *, by_age: bool = True) -> PurgePass:
        """Delete what is past its retention; `by_age` also applies the retention days of single tasks."""
        deleted = 0
        while removed := await self._purge_deleted_tasks():
            deleted += removed
        old = await self._purge_by_task(by_age=by_age) + await self._purge_by_default()
        if old:
            log.info("Old runs were removed.", count=old)
        result = PurgePass(of_deleted_tasks=deleted, old_runs=old)
        self._context.passes.record(result)
        return result

    async def _purge_deleted_tasks(self) -> int:
        async with self._context.database.transaction() as connection:
            removed = await purge_deleted(connection, batch=_BATCH)
            if not removed:
                await connection.execute(EXPIRED_KEYS)
                await connection.execute(EXPIRED_REFRESH_TOKENS)
                await connection.execute(EXPIRED_SESSIONS)
                await pending.delete_expired(connection)
                await remove_old_faults(connection)
                await self._purge_audit_log(connection)
        return removed

    async def _purge_audit_log(self, connection: AsyncConnection) -> None:
        days = self._context.settings.keep_audit_days
        if days is not None:
            await audit.purge_log(connection, older_than=timedelta(days=days))

    async def _purge_by_task(self, *, by_age: bool) -> int:
        """Delete ended runs beyond what their task keeps, or what the settings keep of each task."""
        keep_runs = self._context.settings.keep_runs
        removed = after = 0
        while True:
            async with self._context.database.transaction() as connection:
                limits = await tasks_with_limits(connection, after=after, keep_runs=keep_runs)
            if not limits:
                return removed
            for limit in limits:
                after = limit.task_id
                has_more = by_age or limit.keep_runs is not None
                while has_more:
                    async with self._context.database.transaction() as connection:
                        batch = await purge_task(connection, limit, by_age=by_age, batch=_BATCH)
                    removed += batch.removed
                    has_more = batch.is_full

    async def _purge_by_default(self) -> int:
        """Delete ended runs that are older than the settings say, of tasks without a limit of their own."""
        keep_days = self._context.settings.keep_days
        if keep_days is None:
            return 0
        removed = 0
        since: datetime | None = None
        has_more = True
        while has_more:
            async with self._context.database.transaction() as connection:
                batch = await purge_overall(connection, keep_days=keep_days, batch=_BATCH, since=since)
            removed += batch.removed
            has_more, since = batch.is_full, batch.until
        return removed
