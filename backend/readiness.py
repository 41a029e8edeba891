"""Checks whether this process can serve: database, broker and schema."""

import asyncio
from collections.abc import Awaitable

from backend.broker.protocol import MessageQueue
from backend.database.connection import Database
from backend.database.migration import current_revision, newest_revision
from shared.errors import TaskdeckError
from shared.models.system import Check, Readiness

_TIMEOUT_SECONDS = 5
"""Below the timeout of the usual load balancers' checks, so that the reason reaches them."""


async def check_readiness(database: Database, broker: MessageQueue) -> Readiness:
    """Run all checks at the same time, each for at most five seconds."""
    checks = await asyncio.gather(
        _check("database", _database(database)),
        _check("broker", _broker(broker)),
        _check("schema", _schema(database)),
    )
    return Readiness(ready=all(check.ok for check in checks), checks=list(checks))


async def _check(name: str, result: Awaitable[tuple[float | None, str | None]]) -> Check:
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            latency_ms, fault = await result
    except TimeoutError:
        return Check(name=name, ok=False, detail=f"did not answer within {_TIMEOUT_SECONDS} s")
    except TaskdeckError as error:
        return Check(name=name, ok=False, detail=error.detail)
    return Check(name=name, ok=fault is None, latency_ms=latency_ms, detail=fault)


async def _database(database: Database) -> tuple[float | None, str | None]:
    return round((await database.ping()).total_seconds() * 1000, 3), None


async def _broker(broker: MessageQueue) -> tuple[float | None, str | None]:
    if not broker.is_connected:
        return None, "is not connected; the backend keeps reconnecting"
    return round((await broker.ping()).total_seconds() * 1000, 3), None


async def _schema(database: Database) -> tuple[float | None, str | None]:
    revision, needed = await current_revision(database), newest_revision()
    if revision is None or revision < needed:
        return None, f"is at revision {revision or 'none'}, this version needs {needed}; run: taskdeck migrate"
    return None, None
