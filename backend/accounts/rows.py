"""Users, and what proves who they are. Tokens are stored as SHA-256 of random values, never themselves."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.schema import API_TOKENS, REFRESH_TOKENS, SETUP_TOKENS, SIGNING_KEYS, USERS
from shared.enums import Role
from shared.models.auth import ApiToken, User

TOKEN_OWNER = text(
    """
    select u.id, u.username, u.role, u.disabled, u.created_at, t.id as token_id, t.last_used_at
    from api_tokens t join users u on u.id = t.user_id
    where t.token_hash = :hash and (t.expires_at is null or t.expires_at > now()) and not u.disabled
    """
)
SPEND_REFRESH = text(
    """
    update refresh_tokens set used_at = now()
    where token_hash = :hash and used_at is null and expires_at > now()
    returning user_id, family
    """
)


def user_from_row(row: Any) -> User:
    """Return the user of a row, without the password's hash."""
    return User(
        id=row["id"],
        username=row["username"],
        role=Role(row["role"]),
        created_at=row["created_at"],
        disabled=row["disabled"],
    )


async def find_user(connection: AsyncConnection, username: str) -> RowMapping | None:
    """Return the row of a user, hash included, or None."""
    return (await connection.execute(select(*USERS.c).where(USERS.c.username == username))).mappings().one_or_none()


async def get_user(connection: AsyncConnection, user_id: int) -> User | None:
    """Return a user, or None."""
    row = (await connection.execute(select(*USERS.c).where(USERS.c.id == user_id))).mappings().one_or_none()
    return user_from_row(row) if row else None


async def list_users(connection: AsyncConnection) -> list[User]:
    """Return every user by name."""
    rows = await connection.execute(select(*USERS.c).order_by(USERS.c.username))
    return [user_from_row(row) for row in rows.mappings()]


async def insert_user(
    connection: AsyncConnection, username: str, *, password_hash: str | None, role: Role
) -> User | None:
    """Add a user; None where the name is taken."""
    statement = (
        postgresql_insert(USERS)
        .values(username=username, password_hash=password_hash, role=role)
        .on_conflict_do_nothing()
        .returning(*USERS.c)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return user_from_row(row) if row else None


async def update_user(connection: AsyncConnection, user_id: int, changes: dict[str, Any]) -> User | None:
    """Change a user; None where there is none."""
    statement = update(USERS).where(USERS.c.id == user_id).values(**changes).returning(*USERS.c)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return user_from_row(row) if row else None


async def delete_user(connection: AsyncConnection, user_id: int) -> bool:
    """Remove a user with all tokens; return whether there was one."""
    return (await connection.execute(delete(USERS).where(USERS.c.id == user_id))).rowcount > 0


async def count_admins(connection: AsyncConnection) -> int:
    """Return how many users may administer."""
    query = select(func.count()).select_from(USERS).where(USERS.c.role == Role.ADMIN, ~USERS.c.disabled)
    return int((await connection.execute(query)).scalar_one())


async def insert_token(
    connection: AsyncConnection, user_id: int, *, name: str, token_hash: str, expires_at: datetime | None
) -> ApiToken:
    """Keep a personal token."""
    statement = (
        insert(API_TOKENS)
        .values(user_id=user_id, name=name, token_hash=token_hash, expires_at=expires_at)
        .returning(*API_TOKENS.c)
    )
    return ApiToken.model_validate(dict((await connection.execute(statement)).mappings().one()))


async def list_tokens(connection: AsyncConnection, user_id: int) -> list[ApiToken]:
    """Return a user's personal tokens, without their values."""
    rows = await connection.execute(
        select(*API_TOKENS.c).where(API_TOKENS.c.user_id == user_id).order_by(API_TOKENS.c.id)
    )
    return [ApiToken.model_validate(dict(row)) for row in rows.mappings()]


async def delete_token(connection: AsyncConnection, user_id: int, token_id: int) -> bool:
    """Remove one of a user's tokens; return whether there was one."""
    statement = delete(API_TOKENS).where(API_TOKENS.c.user_id == user_id, API_TOKENS.c.id == token_id)
    return (await connection.execute(statement)).rowcount > 0


async def delete_tokens_named(connection: AsyncConnection, user_id: int, name: str) -> None:
    """Remove a user's tokens of one name."""
    await connection.execute(delete(API_TOKENS).where(API_TOKENS.c.user_id == user_id, API_TOKENS.c.name == name))


async def token_owner(connection: AsyncConnection, token_hash: str) -> User | None:
    """Return whose personal token this is, or None."""
    row = (await connection.execute(TOKEN_OWNER, {"hash": token_hash})).mappings().one_or_none()
    return user_from_row(row) if row else None


async def insert_refresh(
    connection: AsyncConnection, user_id: int, *, token_hash: str, family: str, lifetime: timedelta
) -> None:
    """Keep a refresh token."""
    await connection.execute(
        insert(REFRESH_TOKENS).values(
            token_hash=token_hash, user_id=user_id, family=family, expires_at=func.now() + lifetime
        )
    )


async def spend_refresh(connection: AsyncConnection, token_hash: str) -> tuple[int, str] | None:
    """Use a refresh token up and return its user and family; None where it cannot be used (again)."""
    row = (await connection.execute(SPEND_REFRESH, {"hash": token_hash})).one_or_none()
    return (row.user_id, row.family) if row else None


async def revoke_family_of(connection: AsyncConnection, token_hash: str) -> bool:
    """Remove the family of a refresh token; return whether the token was known."""
    family = (
        await connection.execute(select(REFRESH_TOKENS.c.family).where(REFRESH_TOKENS.c.token_hash == token_hash))
    ).scalar_one_or_none()
    if family is None:
        return False
    await connection.execute(delete(REFRESH_TOKENS).where(REFRESH_TOKENS.c.family == family))
    return True


async def revoke_user(connection: AsyncConnection, user_id: int) -> None:
    """Remove every refresh token of a user."""
    await connection.execute(delete(REFRESH_TOKENS).where(REFRESH_TOKENS.c.user_id == user_id))


async def signing_keys(connection: AsyncConnection) -> dict[str, str]:
    """Return the secrets that sign access tokens by their ids, newest first."""
    rows = await connection.execute(select(*SIGNING_KEYS.c).order_by(SIGNING_KEYS.c.created_at.desc()))
    return {row.kid: row.secret for row in rows}


async def insert_first_signing_key(connection: AsyncConnection, kid: str, secret: str) -> None:
    """Keep a signing key where there is none; of two replicas that start at once, one's stays."""
    await connection.execute(text("lock table signing_keys in share row exclusive mode"))
    if not await signing_keys(connection):
        await connection.execute(insert(SIGNING_KEYS).values(kid=kid, secret=secret))


async def replace_setup_token(connection: AsyncConnection, token_hash: str) -> None:
    """Make this the one setup token."""
    await connection.execute(delete(SETUP_TOKENS))
    await connection.execute(insert(SETUP_TOKENS).values(token_hash=token_hash))


async def spend_setup_token(connection: AsyncConnection, token_hash: str) -> bool:
    """Use the setup token up; return whether it was the right one."""
    statement = delete(SETUP_TOKENS).where(SETUP_TOKENS.c.token_hash == token_hash)
    return (await connection.execute(statement)).rowcount > 0
