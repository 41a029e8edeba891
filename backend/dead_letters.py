"""Dead letters: messages of workers that could not be read or recorded."""

from collections.abc import Sequence

from backend import audit
from backend.broker.dead_letters import DeadLetter
from backend.broker.protocol import MessageQueue
from backend.context import Actor, ServiceContext
from shared.models.dead_letter import DeadLetterList, DeadLetterShown

_SHOWN_BYTES = 4096
"""Enough to recognise a message; a batch of log output may have megabytes."""


async def list_dead_letters(broker: MessageQueue, *, limit: int) -> DeadLetterList:
    """Return the number of dead letters, and the oldest of them."""
    letters = await broker.dead_letters(limit=limit)
    total = max(len(letters), await broker.dead_letter_count())
    return DeadLetterList(total=total, letters=[_shown(letter) for letter in letters])


async def settle_dead_letters(
    context: ServiceContext, broker: MessageQueue, ids: Sequence[str] | None, *, requeue: bool, actor: Actor
) -> int:
    """Return dead letters to their queues, or discard them; all of them without `ids`. Return their number."""
    count = await broker.settle_dead_letters(None if ids is None else frozenset(ids), requeue=requeue)
    async with context.database.transaction() as connection:
        await audit.record(
            connection,
            actor=actor,
            action="dead_letters.requeue" if requeue else "dead_letters.discard",
            object_type="dead_letters",
            object_id="all" if ids is None else ",".join(ids)[:200],
            detail={"count": count},
        )
    return count


def _shown(letter: DeadLetter) -> DeadLetterShown:
    return DeadLetterShown(
        id=letter.id,
        queue=letter.queue,
        reason=letter.reason,
        at=letter.at,
        size_bytes=len(letter.body),
        content=letter.body[:_SHOWN_BYTES].decode("utf-8", "backslashreplace").replace("\x00", "\ufffd"),
    )
