"""Tells the dispatcher of another replica what changed here."""

import asyncio

import structlog
from sqlalchemy import text

from backend.context import ServiceContext
from backend.events.wakes import encode_wake
from shared.errors import DatabaseUnavailableError

CHANNEL = "taskdeck"
_APART_SECONDS = 0.005
"""NOTIFY takes a lock over the whole database while it commits: one for many changes, never one a row."""

log = structlog.get_logger()


class Notifier:
    """Sends what `signals` collected for other replicas, merged, until cancelled."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Notify. A notification that fails is not repeated: the dispatcher sweeps."""
        while True:
            wake = await self._context.signals.remote.take()
            if self._context.signals.is_leader:
                self._context.signals.local.put(wake)
                continue
            try:
                async with self._context.database.transaction() as connection:
                    await connection.execute(
                        text("select pg_notify(:channel, :payload)"),
                        {"channel": CHANNEL, "payload": encode_wake(wake)},
                    )
            except DatabaseUnavailableError as error:
                log.warning("the dispatcher was not notified", cause=error.detail)
            await asyncio.sleep(_APART_SECONDS)
