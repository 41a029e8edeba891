"""Opens connections of asyncpg: to one host after the other, each within its own time, as libpq does."""

from pathlib import Path
from typing import Any

import asyncpg

from backend.database_url import DatabaseUrl
from shared.errors import StartupError

CONNECT_TIMEOUT_SECONDS = 5
"""A reachable server accepts a connection in milliseconds; a person at the console waits for the answer."""


async def connect(url: DatabaseUrl, **arguments: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a connection to the first host that accepts one and has the session attributes of the URL.

    `arguments` are those of `asyncpg.connect`. Raises `StartupError` for a file that does not exist, and otherwise what
    the last host that was tried raised.
    """
    for name, file in url.files.items():
        if not Path(file).is_file():
            raise StartupError(
                f"TASKDECK_DATABASE_URL names {name}={file}, which is no file that this process can read. Correct it."
            )
    timeout = url.connect_timeout or CONNECT_TIMEOUT_SECONDS
    if len(url.hosts) < 2:
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(url.dsn, timeout=timeout, **arguments)
        return connection
    wanted = url.session_attributes or "any"
    failure: Exception | None = None
    for attributes in ("standby", "any") if wanted == "prefer-standby" else (wanted,):
        for host in url.hosts:
            try:
                return await asyncpg.connect(
                    url.dsn,
                    host=host.name,
                    port=host.port,
                    timeout=timeout,
                    target_session_attrs=attributes,
                    **arguments,
                )
            except (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
                failure = error
            except asyncpg.TargetServerAttributeNotMatched as error:
                failure = failure or error
    assert failure is not None
    raise failure
