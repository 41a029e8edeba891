"""`Idempotency-Key`: a request that is repeated with its key within a day has one effect and one answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from shared.errors import ConflictError

M = TypeVar("M", bound=BaseModel)

# Claims a key that is new, older than a day, or left by a request whose process died more than a minute ago.
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
SAVE = text("update idempotency_keys set answer = cast(:answer as jsonb) where user_id = :user_id and key = :key")
RELEASE = text("delete from idempotency_keys where user_id = :user_id and key = :key and answer is null")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatableRequest:
    """A request with a key: `digest` is a SHA-256 of its method, path and body in hexadecimal."""

    user_id: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The request that claimed a key; `answer` is None until it has ended."""

    digest: str
    answer: Any


async def answer_once(
    context: ServiceContext,
    request: RepeatableRequest,
    *,
    kind: type[M],
    produce: Callable[[], Awaitable[M]],
    not_stored: frozenset[str] = frozenset(),
) -> M:
    """Return the answer of `produce`, or the stored answer if the request was made within the last 24 hours.

    Fields named in `not_stored` are missing from a repeated answer. Raises `ConflictError` if the key belongs to
    another request, or if the first request has not ended.
    """
    async with context.database.transaction() as connection:
        earlier = await _claim(connection, request)
    if earlier is not None:
        if earlier.digest != request.digest:
            raise ConflictError("This Idempotency-Key belongs to another request. Use a new key.")
        if earlier.answer is None:
            raise ConflictError("The first request with this Idempotency-Key has not ended. Repeat the request later.")
        return kind.model_validate(earlier.answer)
    owner = {"user_id": request.user_id, "key": request.key}
    try:
        answer = await produce()
    except BaseException:
        async with context.database.transaction() as connection:
            await connection.execute(RELEASE, owner)
        raise
    async with context.database.transaction() as connection:
        await connection.execute(SAVE, {**owner, "answer": answer.model_dump_json(exclude=set(not_stored))})
    return answer


async def _claim(connection: AsyncConnection, request: RepeatableRequest) -> _Earlier | None:
    """Claim the key; return the request that has claimed it already, or None."""
    owner = {"user_id": request.user_id, "key": request.key}
    if (await connection.execute(CLAIM, {**owner, "hash": request.digest})).first() is not None:
        return None
    row = (await connection.execute(READ, owner)).one_or_none()
    return _Earlier(row.request_hash, row.answer) if row else None
