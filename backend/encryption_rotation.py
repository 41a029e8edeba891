"""Replaces the key of secrets: what secrets, accounts and alerts store is encrypted with the newest one."""

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts.signing_keys import count_signing_keys, encrypt_signing_keys
from backend.alerts.channel_secrets import count_channels, encrypt_channels
from backend.context import Actor, ServiceContext
from backend.encryption.key_ring import KeyRing
from backend.encryption.stored_values import NO_KEY, current_key
from backend.secret_store.encrypt_again import count_secrets, encrypt_secrets
from shared.errors import ConflictError
from shared.models.secret import SecretKeyInfo, SecretKeyRotation

log = structlog.get_logger()


async def rotate_secret_key(context: ServiceContext, *, actor: Actor) -> SecretKeyRotation:
    """Use the newest key of this replica on all of them, and encrypt what former keys, or none, encrypted.

    Every value can be read at every moment by a replica that has both keys. A call that was interrupted is continued by
    the next one. Raises `ConflictError` without a key.
    """
    values = context.stored_values
    key = values.ring.newest
    if key is None:
        raise ConflictError(NO_KEY)
    async with context.database.transaction() as connection:
        await values.use(connection, key)
        await audit.record(
            connection, actor=actor, action="secret_key.rotate", object_type="secret_key", object_id=key.id
        )
    return await _encrypt_all(context, key.id)


async def use_local_key(context: ServiceContext) -> None:
    """Use the key of a local backend, which is alone with its database, and encrypt what is in clear.

    If the key in use is lost, such as after a restore on another machine, what it sealed is left as it is.
    """
    values = context.stored_values
    key = values.ring.newest
    assert key is not None
    async with context.database.transaction() as connection:
        await values.use(connection, key)
    for name in (await _encrypt_all(context, key.id)).unreadable:
        log.warning("A stored value cannot be read. Set it again.", name=name)


async def _encrypt_all(context: ServiceContext, key_id: str) -> SecretKeyRotation:
    secrets = await encrypt_secrets(context, key_id)
    signing_keys = await encrypt_signing_keys(context, key_id)
    channels = await encrypt_channels(context, key_id)
    parts = (secrets, signing_keys, channels)
    return SecretKeyRotation(
        key_id=key_id,
        encrypted=sum(part.count for part in parts),
        unreadable=[name for part in parts for name in part.unreadable],
    )


async def count_in_clear(context: ServiceContext) -> int:
    """Return how many values are in clear although this replica has a key, as after an upgrade."""
    keys = await list_secret_keys(context) if context.stored_values.ring else []
    return sum(key.values for key in keys if not key.id)


async def list_secret_keys(context: ServiceContext) -> list[SecretKeyInfo]:
    """Return the keys that this replica has or that encrypt something, the newest first.

    The key with an empty id stands for what is not encrypted.
    """
    async with context.database.statements() as connection:
        return await read_secret_keys(connection, context.stored_values.ring)


async def read_secret_keys(connection: AsyncConnection, ring: KeyRing) -> list[SecretKeyInfo]:
    """Return the keys of a ring, and those that encrypt something without being in it."""
    in_use = await current_key(connection)
    counts = await count_secrets(connection) + await count_signing_keys(connection) + await count_channels(connection)
    ids = [key.id for key in ring.keys]
    return [
        SecretKeyInfo(id=key_id, is_in_use=key_id == in_use, is_here=not key_id or key_id in ids, values=counts[key_id])
        for key_id in [*ids, *sorted(counts.keys() - set(ids))]
    ]
