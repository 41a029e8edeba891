"""The keys that sign access tokens."""

import secrets

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.schema import SIGNING_KEYS


async def ensure_signing_keys(connection: AsyncConnection) -> dict[str, str]:
    """Return the signing keys by id, newest first; the first call creates one, also if two replicas start at once."""
    await connection.execute(text("lock table signing_keys in share row exclusive mode"))
    query = select(*SIGNING_KEYS.c).order_by(SIGNING_KEYS.c.created_at.desc())
    keys = {row.kid: row.secret for row in await connection.execute(query)}
    if not keys:
        keys = {secrets.token_hex(8): secrets.token_urlsafe(48)}
        rows = [{"kid": key_id, "secret": secret} for key_id, secret in keys.items()]
        await connection.execute(insert(SIGNING_KEYS).values(rows))
    return keys
