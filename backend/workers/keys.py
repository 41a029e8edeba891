"""Which workers are enrolled, and the keys that they have; known in memory, so that a message costs no statement."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.gate import Refused
from backend.broker.keys import RootKey, WorkerKey
from backend.context import ServiceContext
from backend.database.connection import Database
from backend.database.notify import notify
from backend.events.listener import listen
from shared.errors import DatabaseUnavailableError
from shared.models.worker import WorkerKeyInfo

CHANNEL = "taskdeck_worker_keys"
_REFRESH_SECONDS = 15.0
"""How long a change stays unnoticed if its notification is lost."""
_PAUSE_SECONDS = 1.0
"""Before a lost connection is replaced."""

# A table of one row for each worker that was ever enrolled.
ALL = text("select worker_id, salt, revoked_at is not null as is_revoked from worker_keys")
NOW = text("select (extract(epoch from clock_timestamp()) * 1000)::bigint")
LIST = text(
    """
    select worker_id, case when revoked_at is null then 'enrolled' else 'revoked' end as key_state,
        enrolled_at, enrolled_by, revoked_at, revoked_by
    from worker_keys order by worker_id
    """
)
# By the primary key. A new salt is a new key; the former one is worth nothing.
STORE = text(
    """
    insert into worker_keys (worker_id, salt, enrolled_by) values (:worker_id, :salt, :enrolled_by)
    on conflict (worker_id) do update set salt = excluded.salt, enrolled_at = now(),
        enrolled_by = excluded.enrolled_by, revoked_at = null, revoked_by = null
    returning enrolled_at
    """
)
STORE_FIRST = text(
    """
    insert into worker_keys (worker_id, salt, enrolled_by) values (:worker_id, :salt, :enrolled_by)
    on conflict (worker_id) do nothing
    """
)
REVOKE = text(
    """
    update worker_keys set revoked_at = now(), revoked_by = :revoked_by
    where worker_id = :worker_id and revoked_at is null
    """
)
# What a worker's former key sealed is refused, so the order of its starts may begin again. By the primary key.
FORGET_INCARNATION = text("update workers set incarnation = '' where id = :worker_id")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Enrolment:
    key: WorkerKey
    is_revoked: bool


def _enrolment(root: RootKey, row: Row[Any]) -> _Enrolment:
    return _Enrolment(root.of_worker(row.worker_id, salt=row.salt), row.is_revoked)


class WorkerKeys:
    """The keys of the enrolled workers; a service, which hears of changes on other replicas."""

    def __init__(self, root: RootKey, database: Database) -> None:
        self.root = root
        self._database = database
        self._known: Mapping[str, _Enrolment] = {}
        self._ahead_ms = 0.0

    def find(self, worker_id: str) -> WorkerKey | Refused:
        """Return the key of a worker, or why it has none."""
        found = self._known.get(worker_id)
        if found is None:
            return Refused.UNKNOWN
        return Refused.REVOKED if found.is_revoked else found.key

    async def load(self) -> None:
        """Read all enrolments."""
        async with self._database.statements() as connection:
            rows = await connection.execute(ALL)
            self._ahead_ms = (await connection.execute(NOW)).scalar_one() - time.monotonic() * 1000
        self._known = {row.worker_id: _enrolment(self.root, row) for row in rows}

    def now_ms(self) -> int:
        """Return the database's time in milliseconds, as of the last reading."""
        return round(time.monotonic() * 1000 + self._ahead_ms)

    async def run(self) -> None:
        """Read again after each change, and now and then, until cancelled."""
        changed = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(changed), name="changes of workers' keys")
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_REFRESH_SECONDS):
                        await changed.wait()
                changed.clear()
                try:
                    await self.load()
                except DatabaseUnavailableError as error:
                    log.warning("workers' keys are not read again", cause=error.detail)

    async def _follow(self, changed: asyncio.Event) -> None:
        """Set `changed` with each notification, and when a connection listens: what was sent before is unknown."""
        while True:
            try:
                await listen(
                    self._database, CHANNEL, on_listening=changed.set, on_payload=lambda _payload: changed.set()
                )
            except DatabaseUnavailableError as error:
                log.warning("changes of workers' keys are not heard of", cause=error.detail)
            await asyncio.sleep(_PAUSE_SECONDS)


async def list_keys(context: ServiceContext) -> list[WorkerKeyInfo]:
    """Return every worker that was ever enrolled, by id."""
    async with context.database.statements() as connection:
        rows = await connection.execute(LIST)
        return [WorkerKeyInfo.model_validate(dict(row)) for row in rows.mappings()]


async def store_key(
    connection: AsyncConnection, root: RootKey, worker_id: str, *, by: str
) -> tuple[WorkerKey, datetime]:
    """Enrol a worker, or give it another key; every replica hears of it. Return the key and the time."""
    salt = secrets.token_hex(16)
    given = {"worker_id": worker_id, "salt": salt, "enrolled_by": by}
    enrolled_at: datetime = (await connection.execute(STORE, given)).scalar_one()
    await connection.execute(FORGET_INCARNATION, {"worker_id": worker_id})
    await notify(connection, CHANNEL)
    return root.of_worker(worker_id, salt=salt), enrolled_at


async def store_first_key(connection: AsyncConnection, worker_id: str, *, by: str) -> None:
    """Enrol a worker that never was."""
    given = {"worker_id": worker_id, "salt": secrets.token_hex(16), "enrolled_by": by}
    if (await connection.execute(STORE_FIRST, given)).rowcount:
        await notify(connection, CHANNEL)


async def store_revocation(connection: AsyncConnection, worker_id: str, *, by: str) -> bool:
    """Revoke the key of a worker; every replica hears of it. Return whether it had a valid one."""
    found = await connection.execute(REVOKE, {"worker_id": worker_id, "revoked_by": by})
    await notify(connection, CHANNEL)
    return found.rowcount > 0
