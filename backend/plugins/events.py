"""Events for other programs, by the live stream of the API.

A program connects with a token of the scope `read`, and gets the events that its user may see. It remembers the id of
the last one that it has handled, and goes on behind it after a break; where the backend no longer has what followed,
it gets a `StreamGap`, and reads by the API what it may have missed. An event may come twice.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from shared.client import StreamEvent, StreamGap, StreamOpened, TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import EventType, StreamTopic
from shared.errors import BackendUnreachableError

__all__ = ["EventType", "StreamEvent", "StreamGap", "StreamTopic", "follow"]

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0


async def follow(
    url: str, token: str, topics: Sequence[StreamTopic], *, last_event_id: str | None = None
) -> AsyncGenerator[StreamEvent | StreamGap, None]:
    """Yield events and gaps for ever, also over restarts of the backend, behind the event with the id `last_event_id`.

    Raises `UnauthorizedError` for a token that is not valid, and `ForbiddenError` for one that does not permit it.
    """
    pause = _FIRST_PAUSE_SECONDS
    async with TaskdeckClient(url, auth=TokenAuth(token)) as client:
        while True:
            try:
                async with aclosing(client.stream(list(topics), last_event_id=last_event_id)) as items:
                    async for item in items:
                        pause = _FIRST_PAUSE_SECONDS
                        last_event_id = item.id or last_event_id
                        if not isinstance(item, StreamOpened):
                            yield item
            except BackendUnreachableError:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
