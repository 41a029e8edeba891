"""Receives the wakes that other replicas send to the leading one."""

import asyncio

import asyncpg

from backend.database.connection import Database, is_unavailable
from backend.events.notifier import CHANNEL
from backend.events.wakes import EVERYTHING, Signals, decode_wake
from shared.errors import DatabaseUnavailableError


async def listen(database: Database, signals: Signals) -> None:
    """Route notifications until cancelled; raises `DatabaseUnavailableError` when the connection is lost.

    What was sent before the connection listened is unknown, so the first wake concerns everything.
    """

    def on_notification(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        signals.route(decode_wake(str(payload)))

    connection = await database.listen()
    is_lost = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: is_lost.set())
        await connection.add_listener(CHANNEL, on_notification)
        signals.route(EVERYTHING)
        await is_lost.wait()
        raise DatabaseUnavailableError("The connection that listens for notifications was lost.")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if not is_unavailable(error):
            raise
        raise DatabaseUnavailableError("The connection that listens for notifications was lost.") from error
    finally:
        connection.terminate()
