"""`Idempotency-Key`: a request that is repeated with its key within a day has one effect and one answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import RequestClaim, ServiceContext
from shared.errors import ConflictError

M = TypeVar("M", bound=BaseModel)
ANSWER_IS_LOST = (
    "The first request with this Idempotency-Key has made its change, and its answer was lost. See what it made before "
    "you repeat it with a new key, which would make the change once more."
)

# Claims a key that is new, older than a day, or left by a request that made no change within a minute. A change that is
# being committed holds the row, and this waits for it.
CLAIM = text(
    """
    insert into idempotency_keys (user_id, key, request_hash) values (:user_id, :key, :hash)
    on conflict (user_id, key) do update set request_hash = excluded.request_hash, answer = null,
        created_at = now()
    where idempotency_keys.created_at < now() - interval '24 hours'
        or (idempotency_keys.answer is null and idempotency_keys.created_at < now() - interval '1 minute')
    returning created_at
    """
)
READ = text(
    """
    select request_hash, answer, answer is not null as is_made from idempotency_keys
    where user_id = :user_id and key = :key
    """
)
SAVE = text(
    """
    update idempotency_keys set answer = cast(:answer as jsonb)
    where user_id = :user_id and key = :key and created_at = :claimed_at
    """
)
# After an error: a change that was committed nevertheless stays claimed.
RELEASE = text(
    """
    delete from idempotency_keys
    where user_id = :user_id and key = :key and created_at = :claimed_at and answer is null
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatableRequest:
    """A request with a key: `digest` is a SHA-256 of its method, path and body in hexadecimal."""

    user_id: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The request that claimed a key: whether its change is made, and its answer, which is stored after the change."""

    digest: str
    is_made: bool
    answer: Any


async def answer_once(
    context: ServiceContext,
    request: RepeatableRequest,
    *,
    kind: type[M],
    produce: Callable[[RequestClaim], Awaitable[M]],
    not_stored: frozenset[str] = frozenset(),
) -> M:
    """Return the answer of `produce`, or the stored answer if the request was made within the last 24 hours.

    `produce` makes its change with `hold_claim`. Fields named in `not_stored` are missing from a repeated answer.
    Raises `ConflictError` if the key belongs to another request, or if there is no answer of the first request: it has
    not ended, or it was interrupted after its change.
    """
    async with context.database.transaction() as connection:
        found = await _claim(connection, request)
    if isinstance(found, _Earlier):
        return kind.model_validate(_answer_of(found, request))
    owner = {"user_id": request.user_id, "key": request.key, "claimed_at": found.claimed_at}
    try:
        answer = await produce(found)
    except BaseException:
        async with context.database.transaction() as connection:
            await connection.execute(RELEASE, owner)
        raise
    async with context.database.transaction() as connection:
        await connection.execute(SAVE, {**owner, "answer": answer.model_dump_json(exclude=set(not_stored))})
    return answer


def _answer_of(earlier: _Earlier, request: RepeatableRequest) -> Any:
    if earlier.digest != request.digest:
        raise ConflictError("This Idempotency-Key belongs to another request. Use a new key.")
    if not earlier.is_made:
        raise ConflictError("The first request with this Idempotency-Key has not ended. Repeat the request later.")
    if earlier.answer is None:
        raise ConflictError(ANSWER_IS_LOST)
    return earlier.answer


async def _claim(connection: AsyncConnection, request: RepeatableRequest) -> RequestClaim | _Earlier:
    """Claim the key, or return the request that has claimed it already."""
    owner = {"user_id": request.user_id, "key": request.key}
    claimed = (await connection.execute(CLAIM, {**owner, "hash": request.digest})).first()
    if claimed is not None:
        return RequestClaim(request.key, claimed.created_at)
    row = (await connection.execute(READ, owner)).one_or_none()
    if row is None:
        raise ConflictError("The first request with this Idempotency-Key has just failed. Repeat the request.")
    return _Earlier(row.request_hash, row.is_made, row.answer)
