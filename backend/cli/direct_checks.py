"""What the doctor reads from the database itself, on a server where nobody is signed in."""

import asyncio

from backend.cli import findings
from backend.cli.findings import Finding
from backend.database.connection import Database
from backend.database.leadership import current_dispatcher
from backend.database.migration import current_revision, newest_revision
from backend.encryption.key_ring import KeyRing
from backend.encryption_rotation import read_secret_keys
from backend.faults.store import read_faults
from backend.queue.unschedulable import unschedulable
from backend.workers.registry import read_workers
from shared.errors import TaskdeckError
from shared.version import VERSION

_WAIT_SECONDS = 10.0


async def check_state(url: str, keys: KeyRing) -> list[Finding]:
    """Return the findings about dispatcher, workers, waiting runs, faults and the keys of secrets.

    There are none for a schema that is behind.
    """
    database = Database(url, pool_size=2, application_name=f"taskdeck doctor {VERSION}")
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            revision = await current_revision(database)
            if revision is None or revision < newest_revision():
                return []
            return await _findings(database, keys)
    except (TaskdeckError, TimeoutError) as error:
        detail = error.detail if isinstance(error, TaskdeckError) else f"no answer within {_WAIT_SECONDS:g} s"
        return [Finding("State", "problem", detail, "database-away")]
    finally:
        await database.close()


async def _findings(database: Database, keys: KeyRing) -> list[Finding]:
    now = await database.now()
    async with database.transaction() as connection:
        workers = await read_workers(connection)
        waiting = await unschedulable(connection)
        faults = await read_faults(connection)
        secret_keys = await read_secret_keys(connection, keys)
    return [
        findings.dispatcher(await current_dispatcher(database), now=now),
        *findings.workers(workers, version=VERSION),
        *findings.stuck(waiting, [], now=now),
        *findings.faults(faults, now=now),
        *findings.secret_keys(secret_keys),
    ]
