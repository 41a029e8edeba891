"""Seals what is stored, and opens it, with the key that the database names; every replica uses the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.encryption.key_ring import KeyRing, SecretKey, StoredSecret, missing_key
from shared.errors import ConflictError, StartupError

# One row at most. The lock lets a rotation wait for the transactions that seal with the former key.
KEY_IN_USE = text("select key_id from secret_key_in_use for share")
PEEK = text("select key_id from secret_key_in_use")
USE_FIRST = text("insert into secret_key_in_use (id, key_id) values (1, :key_id) on conflict (id) do nothing")
USE = text(
    """
    insert into secret_key_in_use (id, key_id) values (1, :key_id)
    on conflict (id) do update set key_id = excluded.key_id, since = now()
    where secret_key_in_use.key_id <> excluded.key_id
    """
)

NO_KEY = (
    "This backend has no key for secrets. Create one with: taskdeck secret-key create FILE. Copy the file to each "
    "machine with a backend, set TASKDECK_SECRETS_KEY_FILE to it, and restart the backends."
)


@dataclass(frozen=True, slots=True)
class Encrypted:
    """How many values were encrypted again, and which ones could not be read, with the cause."""

    count: int = 0
    unreadable: tuple[str, ...] = ()


class StoredValues:
    """The keys of one replica, and which of them is in use."""

    def __init__(self, ring: KeyRing | None = None) -> None:
        self.ring = ring if ring is not None else KeyRing()

    async def key_in_use(self, connection: AsyncConnection) -> str | None:
        """Return the id of the key that seals new values in this transaction; None before the first use of any.

        Raises `ConflictError` if this backend does not have it.
        """
        key_id: str | None = (await connection.execute(KEY_IN_USE)).scalar_one_or_none()
        if key_id is not None and self.ring.find(key_id) is None:
            raise ConflictError(f"Nothing can be encrypted: {missing_key(key_id, self.ring)}.")
        return key_id

    async def start(self, connection: AsyncConnection) -> str | None:
        """Return the id of the key in use, which is the newest one from now on if there was none; None without keys."""
        if self.ring.newest is not None:
            await connection.execute(USE_FIRST, {"key_id": self.ring.newest.id})
        return await self.key_in_use(connection)

    async def use(self, connection: AsyncConnection, key: SecretKey) -> None:
        """Seal new values with a key, on every replica."""
        await connection.execute(USE, {"key_id": key.id})

    async def sealed_text(self, connection: AsyncConnection, value: str, *, bound_to: Sequence[str]) -> str:
        """Return a value as it is stored: sealed, or in clear while no key is in use."""
        key_id = await self.key_in_use(connection)
        return value if key_id is None else self.ring.seal(value, key_id=key_id, bound_to=bound_to).text()

    def opened_text(self, stored: str, *, bound_to: Sequence[str]) -> str:
        """Return the value of a stored text; raises `UnreadableError`."""
        parsed = StoredSecret.parse(stored)
        return stored if parsed is None else self.ring.open(parsed, bound_to=bound_to)

    def sealed_again(self, stored: str, *, key_id: str, bound_to: Sequence[str]) -> str | None:
        """Return a stored text sealed with another key; None if it is that one's already. Raises `UnreadableError`."""
        parsed = StoredSecret.parse(stored)
        if parsed is not None and parsed.key_id == key_id:
            return None
        value = self.opened_text(stored, bound_to=bound_to)
        return self.ring.seal(value, key_id=key_id, bound_to=bound_to).text()

    async def check(self, database: Database) -> None:
        """Raise `StartupError` where the key in use is not among those of this replica."""
        async with database.statements() as connection:
            key_id = await current_key(connection)
        if key_id is not None and self.ring.find(key_id) is None:
            raise StartupError(
                f"The secrets of the database cannot be read: {missing_key(key_id, self.ring)}. If that key is lost: "
                "taskdeck secret-key replace-lost"
            )


async def current_key(connection: AsyncConnection) -> str | None:
    """Return the id of the key in use, as of now."""
    key_id: str | None = (await connection.execute(PEEK)).scalar_one_or_none()
    return key_id
