"""Encrypts secrets with another key, in batches of which each is a transaction of its own."""

from collections import Counter

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.encryption.key_ring import KeyRing, UnreadableError
from backend.encryption.stored_values import Encrypted
from backend.secret_store.rows import SEALED_COLUMNS, full_name, place, value_of

_BATCH = 200

# By the primary key, in whose order all statements lock.
NEXT = text(
    f"""
    select {SEALED_COLUMNS} from secrets
    where (name, folder) > (:name, :folder) and key_id <> :key_id
    order by name, folder limit {_BATCH} for update
    """  # noqa: S608
)
STORE = text(
    """
    update secrets s set key_id = :key_id, nonce = n.nonce, ciphertext = n.ciphertext
    from unnest(cast(:names as text[]), cast(:folders as text[]), cast(:nonces as bytea[]),
                cast(:ciphertexts as bytea[])) as n (name, folder, nonce, ciphertext)
    where s.name = n.name and s.folder = n.folder
    """
)
COUNTS = text("select key_id, count(*) as secrets from secrets group by key_id")


async def encrypt_secrets(context: ServiceContext, key_id: str) -> Encrypted:
    """Encrypt every secret with a key that has another one; an interrupted call is continued by the next one."""
    after = ("", "")
    count, unreadable = 0, list[str]()
    while True:
        async with context.database.transaction() as connection:
            names, done, failed = await _batch(connection, context.stored_values.ring, after, key_id)
        count += done
        unreadable += failed
        if len(names) < _BATCH:
            return Encrypted(count, tuple(unreadable))
        after = names[-1]


async def encrypt_secrets_in(connection: AsyncConnection, ring: KeyRing, key_id: str) -> Encrypted:
    """Encrypt every secret with a key, within one transaction."""
    after = ("", "")
    count, unreadable = 0, list[str]()
    while True:
        names, done, failed = await _batch(connection, ring, after, key_id)
        count += done
        unreadable += failed
        if len(names) < _BATCH:
            return Encrypted(count, tuple(unreadable))
        after = names[-1]


async def _batch(
    connection: AsyncConnection, ring: KeyRing, after: tuple[str, str], key_id: str
) -> tuple[list[tuple[str, str]], int, list[str]]:
    rows = (await connection.execute(NEXT, {"name": after[0], "folder": after[1], "key_id": key_id})).all()
    sealed = []
    unreadable = []
    for row in rows:
        try:
            value = value_of(ring, row)
        except UnreadableError as error:
            unreadable.append(f"secret {full_name(row.name, row.folder)}: {error}")
            continue
        bound_to = place(row.name, row.folder, row.version)
        sealed.append((row, ring.seal(value, key_id=key_id, bound_to=bound_to).sealed))
    if sealed:
        await connection.execute(
            STORE,
            {
                "key_id": key_id,
                "names": [row.name for row, _ in sealed],
                "folders": [row.folder for row, _ in sealed],
                "nonces": [one.nonce for _, one in sealed],
                "ciphertexts": [one.ciphertext for _, one in sealed],
            },
        )
    return [(row.name, row.folder) for row in rows], len(sealed), unreadable


async def count_secrets(connection: AsyncConnection) -> Counter[str]:
    """Return how many secrets each key encrypts."""
    return Counter({row.key_id: row.secrets for row in await connection.execute(COUNTS)})
