"""What is secret in the configuration of a channel: its address, which lets anybody send, and the values of headers."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.encryption.key_ring import key_id_of
from backend.encryption.stored_values import Encrypted, StoredValues

_SECRET = ("url", "headers")
_SEALED = "sealed"

# A few rows.
ALL = text("select name, config from alert_channels order by name")
LOCK_ALL = text("select name, config from alert_channels order by name for update")
# By the primary key.
STORE = text("update alert_channels set config = cast(:config as jsonb) where name = :name")


def _place(name: str) -> tuple[str, ...]:
    return "alert channel", name


async def seal_config(
    values: StoredValues, connection: AsyncConnection, name: str, config: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return a configuration as it is stored: its secret parts are one sealed text, once a key of secrets is in use."""
    key_id = await values.key_in_use(connection) if _has_secret(config) else None
    return config if key_id is None else _sealed(values, name, config, key_id)


def opened_config(values: StoredValues, name: str, stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a stored configuration with its secret parts; raises `UnreadableError`."""
    sealed = stored.get(_SEALED)
    if sealed is None:
        return stored
    secret: dict[str, Any] = json.loads(values.opened_text(str(sealed), bound_to=_place(name)))
    return {key: value for key, value in stored.items() if key != _SEALED} | secret


def _sealed(values: StoredValues, name: str, config: Mapping[str, Any], key_id: str) -> Mapping[str, Any]:
    secret = json.dumps({key: config[key] for key in _SECRET if key in config})
    kept = {key: value for key, value in config.items() if key not in _SECRET}
    return kept | {_SEALED: values.ring.seal(secret, key_id=key_id, bound_to=_place(name)).text()}


async def encrypt_channels(context: ServiceContext, key_id: str) -> Encrypted:
    """Seal the secret parts of each channel with a key that has another one, or none."""
    async with context.database.transaction() as connection:
        return await encrypt_channels_in(connection, context.stored_values, key_id)


async def encrypt_channels_in(connection: AsyncConnection, values: StoredValues, key_id: str) -> Encrypted:
    """The same within a transaction."""
    count, unreadable = 0, list[str]()
    for row in (await connection.execute(LOCK_ALL)).all():
        if not _has_secret(row.config) or _key_of(row.config) == key_id:
            continue
        try:
            config = _sealed(values, row.name, opened_config(values, row.name, row.config), key_id)
        except ValueError as error:
            unreadable.append(f"alert channel {row.name}: {error}")
            continue
        await connection.execute(STORE, {"name": row.name, "config": json.dumps(config)})
        count += 1
    return Encrypted(count, tuple(unreadable))


async def count_channels(connection: AsyncConnection) -> Counter[str]:
    """Return how many channels with secret parts each key seals; under an empty name those in clear."""
    rows = await connection.execute(ALL)
    return Counter(_key_of(row.config) for row in rows if _has_secret(row.config))


def _has_secret(config: Mapping[str, Any]) -> bool:
    """Whether a stored configuration has secret parts, which those of e-mail and of the console have not."""
    return any(config.get(key) for key in (*_SECRET, _SEALED))


def _key_of(config: Mapping[str, Any]) -> str:
    return key_id_of(str(config.get(_SEALED, "")))
