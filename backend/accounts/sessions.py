"""Sessions: a sign-in with its refresh tokens, each of which is used once.

A refresh token that is used twice was copied, so it ends its session. The session's row is locked while a token of it
is used, and stays when it has ended: of two uses at the same time one comes second, and finds the other.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.accounts.random_tokens import hashed
from backend.database.schema import REFRESH_TOKENS, SESSIONS

# By the primary key. The session of a token never changes.
SESSION_OF_TOKEN = text("select family from refresh_tokens where token_hash = :hash")

# By the primary keys.
LOCK = text(
    """
    select s.user_id, u.username,
        s.ended_at is null and s.expires_at > now() and s.generation = u.generation and not u.disabled as is_open
    from sessions s join users u on u.id = s.user_id
    where s.id = :session_id
    for update of s
    """
)

# By the primary key.
USE = text(
    """
    update refresh_tokens set used_at = now()
    where token_hash = :hash and used_at is null and expires_at > now()
    returning token_hash
    """
)

# least() ignores the null of a session without an end of its own.
EXTEND = text("update sessions set expires_at = least(now() + :lifetime, ends_at) where id = :session_id")
END = text("update sessions set ended_at = now() where id = :session_id and ended_at is null")

# By the index on user_id.
END_OF_USER = text("update sessions set ended_at = now() where user_id = :user_id and ended_at is null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in of a user, and the refresh token that renews it next."""

    id: str
    user_id: int
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSession:
    """A session that a request ended."""

    id: str
    user_id: int
    username: str


async def start(
    connection: AsyncConnection,
    user_id: int,
    *,
    generation: int,
    lifetime: timedelta,
    ends_after: timedelta | None = None,
) -> Session:
    """Start a session of a user; it is void if the account's generation is no longer this one.

    It lasts for `lifetime` after each renewal, and with `ends_after` never longer than that.
    """
    session_id = secrets.token_hex(16)
    await connection.execute(
        insert(SESSIONS).values(
            id=session_id,
            user_id=user_id,
            generation=generation,
            expires_at=func.now() + min(lifetime, ends_after or lifetime),
            ends_at=None if ends_after is None else func.now() + ends_after,
        )
    )
    return await _with_new_token(connection, session_id, user_id, lifetime=lifetime)


async def renew(
    connection: AsyncConnection, refresh_token: str, *, lifetime: timedelta
) -> Session | EndedSession | None:
    """Use a refresh token, and return the session with the next one.

    A token that was used before ends its session. None: the token is unknown, or its session is over.
    """
    session_id = await _session_of(connection, refresh_token)
    row = (await connection.execute(LOCK, {"session_id": session_id})).one_or_none() if session_id else None
    if session_id is None or row is None or not row.is_open:
        return None
    if (await connection.execute(USE, {"hash": hashed(refresh_token)})).one_or_none() is None:
        await connection.execute(END, {"session_id": session_id})
        return EndedSession(id=session_id, user_id=row.user_id, username=row.username)
    await connection.execute(EXTEND, {"session_id": session_id, "lifetime": lifetime})
    return await _with_new_token(connection, session_id, row.user_id, lifetime=lifetime)


async def end(connection: AsyncConnection, refresh_token: str) -> EndedSession | None:
    """End the session of a refresh token, used or not; return None if it is unknown or its session is over."""
    session_id = await _session_of(connection, refresh_token)
    row = (await connection.execute(LOCK, {"session_id": session_id})).one_or_none() if session_id else None
    if session_id is None or row is None or not row.is_open:
        return None
    await connection.execute(END, {"session_id": session_id})
    return EndedSession(id=session_id, user_id=row.user_id, username=row.username)


async def end_all_of_user(connection: AsyncConnection, user_id: int) -> None:
    """End every session of a user."""
    await connection.execute(END_OF_USER, {"user_id": user_id})


async def _session_of(connection: AsyncConnection, refresh_token: str) -> str | None:
    found: str | None = (
        await connection.execute(SESSION_OF_TOKEN, {"hash": hashed(refresh_token)})
    ).scalar_one_or_none()
    return found


async def _with_new_token(
    connection: AsyncConnection, session_id: str, user_id: int, *, lifetime: timedelta
) -> Session:
    token = secrets.token_urlsafe(32)
    await connection.execute(
        insert(REFRESH_TOKENS).values(
            token_hash=hashed(token), user_id=user_id, family=session_id, expires_at=func.now() + lifetime
        )
    )
    return Session(id=session_id, user_id=user_id, refresh_token=token)
