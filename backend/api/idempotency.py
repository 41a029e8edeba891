"""`Idempotency-Key`: the same request twice has the effect, and the answer, of one."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Header, Request
from pydantic import BaseModel
from sqlalchemy import text

from backend.api.state import ApiState
from shared.errors import ConflictError
from shared.models.auth import User

M = TypeVar("M", bound=BaseModel)

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]

# A key whose request never ended, for its process died, may be taken over after a minute.
CLAIM = text(
    """
    insert into idempotency_keys (user_id, key, request_hash) values (:user_id, :key, :hash)
    on conflict (user_id, key) do update set request_hash = excluded.request_hash, answer = null,
        created_at = now()
    where idempotency_keys.created_at < now() - interval '24 hours'
        or (idempotency_keys.answer is null and idempotency_keys.created_at < now() - interval '1 minute')
    returning key
    """
)
READ = text("select request_hash, answer from idempotency_keys where user_id = :user_id and key = :key")
KEEP = text("update idempotency_keys set answer = cast(:answer as jsonb) where user_id = :user_id and key = :key")
RELEASE = text("delete from idempotency_keys where user_id = :user_id and key = :key and answer is null")


async def once(
    state: ApiState,
    request: Request,
    *,
    user: User,
    key: str | None,
    kind: type[M],
    produce: Callable[[], Awaitable[M]],
    kept_without: frozenset[str] = frozenset(),
) -> M:
    """Return what `produce` makes, or what it made for the same key and body within a day.

    Fields named in `kept_without` are not stored, and so are missing from a repeated answer.
    Raises `ConflictError` for the same key with another body, or while the first request is under way.
    """
    if key is None:
        return await produce()
    content = f"{request.method} {request.url.path}\n".encode() + await request.body()
    owner = {"user_id": user.id, "key": key}
    digest = hashlib.sha256(content).hexdigest()
    async with state.context.database.transaction() as connection:
        is_first = (await connection.execute(CLAIM, {**owner, "hash": digest})).first() is not None
        kept = None if is_first else (await connection.execute(READ, owner)).one_or_none()
    if kept is not None:
        if kept.request_hash != digest:
            raise ConflictError("This Idempotency-Key was used for another request; use a new one.")
        if kept.answer is None:
            raise ConflictError("The first request with this Idempotency-Key is still under way; ask again.")
        return kind.model_validate(kept.answer)
    try:
        answer = await produce()
    except BaseException:
        async with state.context.database.transaction() as connection:
            await connection.execute(RELEASE, owner)
        raise
    async with state.context.database.transaction() as connection:
        await connection.execute(KEEP, {**owner, "answer": answer.model_dump_json(exclude=set(kept_without))})
    return answer
