"""The identities that were read a moment ago, so that a request costs no statement to authenticate.

Every change of an account is announced to all replicas. While a replica does not receive the announcements it caches
nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared.access import Access
from shared.enums import Scope
from shared.models.auth import User
from shared.process_clock import monotonic_seconds

_SECONDS = 5.0
"""Bounds how long an announcement that was lost with its connection, unnoticed, leaves an ended identity in use."""
_MOST = 10_000
"""A few megabytes; a replica serves fewer identities within five seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a token belongs to: a personal token, or the access token of a session.

    `access` is what it permits in which folder, `scope` the widest of that.
    """

    user: User
    generation: int
    scope: Scope
    access: Access
    token_id: int | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Cached:
    identity: Identity
    read_at: float


class IdentityCache:
    """Identities by the hash of a personal token, or by the id of a session."""

    def __init__(self, clock: Callable[[], float] = monotonic_seconds) -> None:
        self._clock = clock
        self._cached: dict[str, _Cached] = {}
        self._is_open = False
        self.version = 0
        """Grows with each change of an account: what was read before it is not cached after it."""

    def open(self) -> None:
        """Cache from now on: the announcements are received."""
        self.forget_all()
        self._is_open = True

    def close(self) -> None:
        """Cache nothing from now on."""
        self._is_open = False
        self.forget_all()

    def get(self, key: str) -> Identity | None:
        """Return an identity that was read within the last seconds, or None."""
        cached = self._cached.get(key)
        return cached.identity if cached is not None and self._clock() - cached.read_at < _SECONDS else None

    def has_seen(self, key: str) -> bool:
        """Whether the key was valid when it was read last, also if that is long ago."""
        return key in self._cached

    def add(self, key: str, identity: Identity, *, read_at_version: int) -> None:
        """Cache what was read, unless an account has changed since it was read."""
        if not self._is_open or read_at_version != self.version:
            return
        if len(self._cached) >= _MOST:
            self._cached.clear()
        self._cached[key] = _Cached(identity, self._clock())

    def forget(self, user_id: int) -> None:
        """Forget the identities of a user."""
        self.version += 1
        self._cached = {key: one for key, one in self._cached.items() if one.identity.user.id != user_id}

    def forget_all(self) -> None:
        """Forget every identity."""
        self.version += 1
        self._cached = {}
