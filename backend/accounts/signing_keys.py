"""The keys that sign access tokens: the newest one signs, former ones verify until their tokens have expired."""

import secrets
import time
from collections import Counter
from collections.abc import Mapping

import structlog
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.connection import Database
from backend.database.schema import SIGNING_KEYS
from backend.encryption.key_ring import key_id_of
from backend.encryption.stored_values import Encrypted, StoredValues
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
ALL = text("select kid, secret from signing_keys order by kid")
LOCK_ALL = text("select kid, secret from signing_keys order by kid for update")
# By the primary key.
STORE = text("update signing_keys set secret = :secret where kid = :kid")

log = structlog.get_logger()


class SigningKeys:
    """The keys as this replica knows them; read again when another replica has changed them."""

    def __init__(self, database: Database, values: StoredValues) -> None:
        self._database = database
        self._values = values
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
            found = await self._usable(connection)
            if not found:
                await self._values.start(connection)
                await insert_key(connection, self._values)
                found = await self._usable(connection)
        self._store(found, changes)

    async def load_again(self) -> None:
        """Read the keys if they were forgotten, or if the last reading is a moment ago."""
        if not self.secrets or time.monotonic() - self._read_at >= _PAUSE_SECONDS:
            changes = self._changes
            async with self._database.transaction() as connection:
                found = await self._usable(connection)
            self._store(found, changes)

    async def newest(self) -> tuple[str, str]:
        """Return the id and the secret of the key that signs."""
        while not self.secrets:
            await self.load()
        return next(iter(self.secrets.items()))

    async def _usable(self, connection: AsyncConnection) -> dict[str, str]:
        """Return the keys that can be read; what an unreadable one has signed is void."""
        found = {}
        for row in await connection.execute(USABLE):
            try:
                found[row.kid] = self._values.opened_text(row.secret, bound_to=_place(row.kid))
            except ValueError as error:
                log.error("A key of access tokens is left out: it cannot be read.", key=row.kid, cause=str(error))
        return found

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


def _place(key_id: str) -> tuple[str, ...]:
    return "signing key", key_id


async def insert_key(connection: AsyncConnection, values: StoredValues) -> SigningKey:
    """Add a random key."""
    key_id = secrets.token_hex(8)
    secret = await values.sealed_text(connection, secrets.token_urlsafe(48), bound_to=_place(key_id))
    statement = (
        insert(SIGNING_KEYS)
        .values(kid=key_id, secret=secret, created_at=text("clock_timestamp()"))
        .returning(SIGNING_KEYS.c.kid.label("id"), SIGNING_KEYS.c.created_at)
    )
    return SigningKey.model_validate(dict((await connection.execute(statement)).mappings().one()))


async def encrypt_signing_keys(context: ServiceContext, key_id: str) -> Encrypted:
    """Seal each key with a key of secrets that has another one, or none."""
    count, unreadable = 0, list[str]()
    async with context.database.transaction() as connection:
        for row in (await connection.execute(LOCK_ALL)).all():
            try:
                sealed = context.stored_values.sealed_again(row.secret, key_id=key_id, bound_to=_place(row.kid))
            except ValueError as error:
                unreadable.append(f"signing key {row.kid}: {error}")
                continue
            if sealed is not None:
                await connection.execute(STORE, {"kid": row.kid, "secret": sealed})
                count += 1
    return Encrypted(count, tuple(unreadable))


async def count_signing_keys(connection: AsyncConnection) -> Counter[str]:
    """Return how many signing keys each key of secrets seals; under an empty name those in clear."""
    return Counter(key_id_of(row.secret) for row in await connection.execute(ALL))
