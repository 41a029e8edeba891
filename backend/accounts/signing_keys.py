"""The keys that sign access tokens: the newest one signs, former ones verify until their tokens have expired."""

import secrets
import time
from collections.abc import Mapping

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.connection import Database
from backend.database.schema import SIGNING_KEYS
from shared.models.auth import SigningKey

_PAUSE_SECONDS = 1.0
"""Between two readings for tokens that name an unknown key: anybody can send such tokens."""

# Two replicas that start at once, or two rotations, make one key after the other.
LOCK = text("lock table signing_keys in share row exclusive mode")

# A handful of rows.
USABLE = text(
    """
    select kid, secret from signing_keys
    where verifies_until is null or verifies_until > now()
    order by created_at desc, kid
    """
)


class SigningKeys:
    """The keys as this replica knows them; read again when another replica has changed them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read_at = -_PAUSE_SECONDS
        self._changes = 0
        self.secrets: Mapping[str, str] = {}
        """By id, the newest first; empty if they must be read again."""

    def has(self, key_id: str) -> bool:
        return key_id in self.secrets

    def forget(self) -> None:
        """Read the keys again before one is used."""
        self._changes += 1
        self.secrets = {}

    async def load(self) -> None:
        """Read the keys, and create the first one."""
        changes = self._changes
        async with self._database.transaction() as connection:
            await connection.execute(LOCK)
            found = await _usable(connection)
            if not found:
                await insert_key(connection)
                found = await _usable(connection)
        self._store(found, changes)

    async def load_again(self) -> None:
        """Read the keys if they were forgotten, or if the last reading is a moment ago."""
        if not self.secrets or time.monotonic() - self._read_at >= _PAUSE_SECONDS:
            changes = self._changes
            async with self._database.transaction() as connection:
                found = await _usable(connection)
            self._store(found, changes)

    async def newest(self) -> tuple[str, str]:
        """Return the id and the secret of the key that signs."""
        while not self.secrets:
            await self.load()
        return next(iter(self.secrets.items()))

    def _store(self, found: Mapping[str, str], changes: int) -> None:
        """Use what was read, unless the keys were changed while it was read."""
        self._read_at = time.monotonic()
        if changes == self._changes:
            self.secrets = found


async def list_signing_keys(context: ServiceContext) -> list[SigningKey]:
    """Return the keys without their secrets, newest first."""
    query = select(SIGNING_KEYS.c.kid.label("id"), SIGNING_KEYS.c.created_at, SIGNING_KEYS.c.verifies_until).order_by(
        SIGNING_KEYS.c.created_at.desc()
    )
    async with context.database.transaction() as connection:
        return [SigningKey.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]


async def insert_key(connection: AsyncConnection) -> SigningKey:
    """Add a random key."""
    statement = (
        insert(SIGNING_KEYS)
        .values(kid=secrets.token_hex(8), secret=secrets.token_urlsafe(48), created_at=text("clock_timestamp()"))
        .returning(SIGNING_KEYS.c.kid.label("id"), SIGNING_KEYS.c.created_at)
    )
    return SigningKey.model_validate(dict((await connection.execute(statement)).mappings().one()))


async def _usable(connection: AsyncConnection) -> dict[str, str]:
    return {row.kid: row.secret for row in await connection.execute(USABLE)}
