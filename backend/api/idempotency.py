"""The header `Idempotency-Key`: reads it, and identifies the request that it belongs to."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import Header, Request
from pydantic import BaseModel

from backend.accounts.idempotency import RepeatableRequest, answer_once
from backend.api.authentication import Caller
from backend.api.state import ApiState
from backend.context import RequestClaim

M = TypeVar("M", bound=BaseModel)

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


async def once(
    state: ApiState,
    request: Request,
    *,
    user: Caller,
    key: str | None,
    kind: type[M],
    produce: Callable[[Caller], Awaitable[M]],
    not_stored: frozenset[str] = frozenset(),
) -> M:
    """Return the answer of `produce`, or the stored answer of the same request; see `answer_once`.

    `produce` makes its change as the caller that it is given, which holds the claim of the request on its key.
    """
    if key is None:
        return await produce(user)
    content = f"{request.method} {request.url.path}\n".encode() + await request.body()
    repeatable = RepeatableRequest(user_id=user.id, key=key, digest=hashlib.sha256(content).hexdigest())

    async def claimed(claim: RequestClaim) -> M:
        return await produce(replace(user, origin=replace(user.origin, claim=claim)))

    return await answer_once(state.context, repeatable, kind=kind, produce=claimed, not_stored=not_stored)
