"""Opens connections of asyncpg: to one host after the other, each within its own time, as libpq does."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from backend.database_url import DatabaseUrl
from shared.errors import StartupError

CONNECT_TIMEOUT_SECONDS = 5
"""A reachable server accepts a connection in milliseconds; a person at the console waits for the answer."""

_UNUSABLE_FILES = (None, "KEY_VALUES_MISMATCH", "NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE", "BAD_BASE64_DECODE")
"""OpenSSL's reasons where a file of a certificate or of a key is at fault, not the server; None: it is not PEM."""


async def connect(url: DatabaseUrl, **arguments: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a connection to the first host that accepts one and has the session attributes of the URL.

    `arguments` are those of `asyncpg.connect`. Raises `StartupError` for a URL or a file that cannot be used, and
    otherwise what the last host that was tried raised.
    """
    try:
        return await _connect(url, arguments)
    except asyncpg.exceptions.ClientConfigurationError as error:
        raise StartupError(f"TASKDECK_DATABASE_URL cannot be used: {error}") from error
    except ssl.SSLCertVerificationError:
        raise
    except ssl.SSLError as error:
        if url.files and error.reason in _UNUSABLE_FILES:
            names = ", ".join(f"{name}={file}" for name, file in url.files.items())
            raise StartupError(
                f"TASKDECK_DATABASE_URL names {names}, which cannot be used: {error.reason}. Name files in PEM form, "
                "and the key that belongs to the certificate."
            ) from error
        raise


async def _connect(url: DatabaseUrl, arguments: Mapping[str, Any]) -> "asyncpg.Connection[asyncpg.Record]":
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
