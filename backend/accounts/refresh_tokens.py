"""Refresh tokens: each is used once; using one twice revokes all tokens of the same login."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.accounts.identities import hashed
from backend.database.schema import REFRESH_TOKENS

# By the primary key.
USE = text(
    """
    update refresh_tokens set used_at = now()
    where token_hash = :hash and used_at is null and expires_at > now()
    returning user_id, family
    """
)


@dataclass(frozen=True, slots=True)
class UsedToken:
    """A refresh token that was valid; `family` is the login that it goes back to."""

    user_id: int
    family: str


async def add(connection: AsyncConnection, user_id: int, *, token: str, family: str, lifetime: timedelta) -> None:
    """Store a refresh token."""
    await connection.execute(
        insert(REFRESH_TOKENS).values(
            token_hash=hashed(token), user_id=user_id, family=family, expires_at=func.now() + lifetime
        )
    )


async def use(connection: AsyncConnection, token: str) -> UsedToken | None:
    """Use a refresh token; return None, and revoke its family, if it was used before, has expired or is unknown."""
    row = (await connection.execute(USE, {"hash": hashed(token)})).one_or_none()
    if row is not None:
        return UsedToken(row.user_id, row.family)
    family = select(REFRESH_TOKENS.c.family).where(REFRESH_TOKENS.c.token_hash == hashed(token)).scalar_subquery()
    await connection.execute(delete(REFRESH_TOKENS).where(REFRESH_TOKENS.c.family == family))
    return None


async def revoke_of_user(connection: AsyncConnection, user_id: int) -> None:
    """Revoke every refresh token of a user."""
    await connection.execute(delete(REFRESH_TOKENS).where(REFRESH_TOKENS.c.user_id == user_id))
