"""Looking at messages that nobody could deal with, sending them back, throwing them away."""

from collections.abc import Sequence

from backend import audit
from backend.broker.dead_letters import DeadLetter
from backend.broker.protocol import MessageQueue
from backend.context import Actor, ServiceContext
from shared.models.dead_letter import DeadLetterList, DeadLetterShown

_SHOWN_BYTES = 4096


class DeadLetterService:
    """The use cases around the dead-letter queue."""

    def __init__(self, context: ServiceContext, broker: MessageQueue) -> None:
        self._context = context
        self._broker = broker

    async def read(self, *, limit: int) -> DeadLetterList:
        """Return how many there are and the oldest."""
        letters = await self._broker.dead_letters(limit=limit)
        total = max(len(letters), await self._broker.dead_letter_count())
        return DeadLetterList(total=total, letters=[_shown(letter) for letter in letters])

    async def settle(self, ids: Sequence[str] | None, *, requeue: bool, actor: Actor) -> int:
        """Send back, or throw away, those of these ids or all; return how many."""
        count = await self._broker.settle_dead_letters(None if ids is None else frozenset(ids), requeue=requeue)
        async with self._context.database.transaction() as connection:
            await audit.record(
                connection,
                actor=actor.name,
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
