"""The claim of a request on its `Idempotency-Key`, held in the transaction that makes the change.

So the change is committed together with the fact that it was made: a process that dies, a request that is cancelled and
a commit whose answer is lost leave no change that a repeated request would make again.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import Actor
from shared.errors import ConflictError

# A JSON null: the change is made, and its answer is not stored yet. By the primary key.
HOLD = text(
    """
    update idempotency_keys set answer = 'null'
    where user_id = :user_id and key = :key and created_at = :claimed_at returning key
    """
)


async def hold_claim(connection: AsyncConnection, actor: Actor) -> None:
    """Note in a transaction that it makes the change of the request; nothing where the request has no key.

    Raises `ConflictError` if a repeated request has claimed the key, because this one took longer than a minute.
    """
    claim = actor.origin.claim
    if claim is None:
        return
    held = {"user_id": actor.user_id, "key": claim.key, "claimed_at": claim.claimed_at}
    if (await connection.execute(HOLD, held)).first() is None:
        raise ConflictError(
            "This request took so long that it was repeated with its Idempotency-Key; it changed nothing."
        )
