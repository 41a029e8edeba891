"""Personal API tokens: the value is in the answer that creates it, and only its hash is stored."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.accounts.announcements import announce
from backend.accounts.identities import Identities
from backend.accounts.identity_cache import Identity
from backend.accounts.random_tokens import PERSONAL_PREFIX, hashed
from backend.context import NO_ORIGIN, Actor, Origin, ServiceContext
from backend.database.clock import check_is_future
from backend.database.schema import API_TOKENS
from shared.enums import Scope
from shared.errors import NotFoundError, ValidationFailedError
from shared.models.auth import ApiToken, ApiTokenCreate, User


async def list_tokens(context: ServiceContext, *, owner: User) -> list[ApiToken]:
    """Return the tokens of a user, without their values."""
    query = select(*API_TOKENS.c).where(API_TOKENS.c.user_id == owner.id).order_by(API_TOKENS.c.id)
    async with context.database.transaction() as connection:
        rows = await connection.execute(query)
        return [ApiToken.model_validate(dict(row)) for row in rows.mappings()]


async def create_token(
    context: ServiceContext, new: ApiTokenCreate, *, owner: Identity, origin: Origin = NO_ORIGIN
) -> ApiToken:
    """Create a token; it is in this answer only. Raises `ValidationFailedError` if it has expired already."""
    scope = new.scope or owner.scope
    if not owner.scope.allows(scope):
        raise ValidationFailedError.of("scope", f"must be at most {owner.scope}, which is what you may do")
    lifetime = timedelta(days=context.settings.token_days) if "expires_at" not in new.model_fields_set else None
    async with context.database.transaction() as connection:
        await check_is_future(connection, expires_at=new.expires_at)
        made = await insert_token(
            connection,
            owner.user.id,
            generation=owner.generation,
            name=new.name,
            scope=scope,
            expires_at=new.expires_at if lifetime is None else func.now() + lifetime,
        )
        await _record(connection, "token.create", made.id, made.name, owner.user, origin, detail={"scope": scope})
    return made


async def delete_token(
    context: ServiceContext, identities: Identities, token_id: int, *, owner: User, origin: Origin = NO_ORIGIN
) -> None:
    """Delete a token of a user; raises `NotFoundError`."""
    is_own = (API_TOKENS.c.user_id == owner.id, API_TOKENS.c.id == token_id)
    async with context.database.transaction() as connection:
        deleted = await connection.execute(delete(API_TOKENS).where(*is_own).returning(API_TOKENS.c.name))
        name: str | None = deleted.scalar_one_or_none()
        if name is None:
            raise NotFoundError(f"You have no token {token_id}.")
        await _record(connection, "token.delete", token_id, name, owner, origin)
        await announce(connection, owner.id)
    identities.cache.forget(owner.id)


async def insert_token(
    connection: AsyncConnection,
    user_id: int,
    *,
    generation: int,
    name: str,
    scope: Scope,
    expires_at: datetime | ColumnElement[datetime] | None,
) -> ApiToken:
    """Add a random token and return it with its value; it is void if the account's generation is another one."""
    token = PERSONAL_PREFIX + secrets.token_urlsafe(32)
    statement = (
        insert(API_TOKENS)
        .values(
            user_id=user_id,
            generation=generation,
            name=name,
            scope=scope,
            token_hash=hashed(token),
            expires_at=expires_at,
        )
        .returning(*API_TOKENS.c)
    )
    stored = ApiToken.model_validate(dict((await connection.execute(statement)).mappings().one()))
    return stored.model_copy(update={"token": token})


async def delete_tokens_named(connection: AsyncConnection, user_id: int, name: str) -> None:
    """Delete the tokens of a user that have a name."""
    await connection.execute(delete(API_TOKENS).where(API_TOKENS.c.user_id == user_id, API_TOKENS.c.name == name))


async def _record(
    connection: AsyncConnection,
    action: str,
    token_id: int,
    name: str,
    owner: User,
    origin: Origin,
    *,
    detail: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        connection,
        actor=Actor(owner.id, owner.username, origin),
        action=action,
        object_type="token",
        object_id=token_id,
        object_name=name,
        detail=detail,
    )
