"""Receives what PostgreSQL notifies on a channel."""

import asyncio
from collections.abc import Callable

import asyncpg

from backend.database.connection import Database
from backend.database.unavailability import is_unavailable
from shared.errors import DatabaseUnavailableError


async def listen(
    database: Database, channel: str, *, on_listening: Callable[[], None], on_payload: Callable[[str], None]
) -> None:
    """Pass each payload on until cancelled; raises `DatabaseUnavailableError` when the connection is lost.

    `on_listening` is called once, when the connection listens: what was notified before is unknown.
    """

    def on_notification(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        on_payload(str(payload))

    connection = await database.listen()
    is_lost = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: is_lost.set())
        await connection.add_listener(channel, on_notification)
        on_listening()
        await is_lost.wait()
        raise DatabaseUnavailableError("The connection that listens for notifications was lost.")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if not is_unavailable(error):
            raise
        raise DatabaseUnavailableError("The connection that listens for notifications was lost.") from error
    finally:
        connection.terminate()
