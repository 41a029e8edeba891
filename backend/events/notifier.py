"""Forwards wakes from this replica to the leading one, and receives those of the others."""

import asyncio

import structlog

from backend.database.connection import Database
from backend.database.notify import notify
from backend.events.listener import listen
from backend.events.wakes import EVERYTHING, Signals, decode_wake, encode_wake
from shared.errors import DatabaseUnavailableError

CHANNEL = "taskdeck"
_PAUSE_SECONDS = 0.005
"""NOTIFY locks the whole database while it commits: changes of this time are merged into one notification."""

log = structlog.get_logger()


class Notifier:
    """Sends one merged notification at a time."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self._database = database
        self._signals = signals

    async def run(self) -> None:
        """Notify until cancelled. A failed notification is not repeated, because the loops also run by the clock."""
        while True:
            wake = await self._signals.for_leader.wait()
            if self._signals.is_leader:
                self._signals.route(wake)
                continue
            try:
                async with self._database.statements() as connection:
                    await notify(connection, CHANNEL, encode_wake(wake))
            except DatabaseUnavailableError as error:
                log.warning("The leading replica was not notified.", cause=error.detail)
            await asyncio.sleep(_PAUSE_SECONDS)


async def receive_wakes(database: Database, signals: Signals) -> None:
    """Route the wakes of other replicas until cancelled; raises `DatabaseUnavailableError` with a lost connection.

    What was sent before the connection listened is unknown, so the first wake concerns everything.
    """
    await listen(
        database,
        CHANNEL,
        on_listening=lambda: signals.route(EVERYTHING),
        on_payload=lambda payload: signals.route(decode_wake(payload)),
    )
