"""The open streams and followed logs of a replica: how many each user has, and that they end with their token."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from sse_starlette import ServerSentEvent

from backend.accounts.identities import Identities
from backend.accounts.identity_cache import Identity
from shared.errors import DatabaseUnavailableError, RateLimitedError, UnauthorizedError

CHECK_SECONDS = 1.0
"""Between two checks of every open stream; identities are cached, so that one costs no statement."""
EXPIRED = ServerSentEvent('{"reason":"the token is no longer valid, or permits something else"}', event="expired")
_RETRY_AFTER_SECONDS = 10


class OpenStream:
    """One open stream; `ended` is set when its token is no longer valid, or permits something else than before."""

    def __init__(self, identity: Identity, token: str) -> None:
        self.identity = identity
        self.token = token
        self.ended = asyncio.Event()
        self._changed: Identity | None = None

    @property
    def user_id(self) -> int:
        return self.identity.user.id

    def end(self, changed: Identity | None = None) -> None:
        """End it; it can go on as `changed`, where only what the token permits has changed."""
        self._changed = changed
        self.ended.set()

    def go_on(self) -> bool:
        """Go on with what the token permits now; return False if it is no longer valid."""
        if self._changed is None:
            return False
        self.identity, self._changed = self._changed, None
        self.ended.clear()
        return True


class OpenStreams:
    """All open streams."""

    def __init__(self, identities: Identities, *, most_per_user: int, on_ended: Callable[[], Awaitable[None]]) -> None:
        """`on_ended` wakes those who send a stream, so that they see its end."""
        self._identities = identities
        self._on_ended = on_ended
        self._most_per_user = most_per_user
        self._open: set[OpenStream] = set()
        self._by_user: Counter[int] = Counter()

    def open(self, identity: Identity, token: str) -> OpenStream:
        """Add a stream; raises `RateLimitedError` where the user has as many as one may have."""
        user_id = identity.user.id
        if self._by_user[user_id] >= self._most_per_user:
            raise RateLimitedError(
                f"You have {self._most_per_user} streams and followed logs open, which is the most on one replica. "
                "Close some of them, or raise TASKDECK_STREAMS_PER_USER.",
                retry_after_seconds=_RETRY_AFTER_SECONDS,
            )
        stream = OpenStream(identity, token)
        self._open.add(stream)
        self._by_user[user_id] += 1
        return stream

    def close(self, stream: OpenStream) -> None:
        """Remove a stream."""
        self._open.discard(stream)
        self._by_user[stream.user_id] -= 1
        if not self._by_user[stream.user_id]:
            del self._by_user[stream.user_id]

    @property
    def total(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def count(self, user_id: int) -> int:
        """Return how many streams a user has open."""
        return self._by_user[user_id]

    async def run(self) -> None:
        """Check every stream once a second, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await self.check()

    async def check(self) -> None:
        """End the streams whose token has expired or was revoked, or whose account or grants were changed."""
        has_ended = False
        for stream in list(self._open):
            try:
                found = await self._identities.identify(stream.token)
                if found.access != stream.identity.access:
                    stream.end(found)
                    has_ended = True
            except UnauthorizedError:
                stream.end()
                has_ended = True
            except DatabaseUnavailableError:
                break  # nobody can be asked, and nobody loses a stream for it
        if has_ended:
            await self._on_ended()
