"""Hashing and verifying passwords with Argon2id, outside the event loop: one hash takes tens of milliseconds."""

import asyncio
import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from shared.errors import RateLimitedError

T = TypeVar("T")

_THREADS = 2
"""A hash takes 64 MiB and one CPU: sign-ins take at most this much of the machine."""
_MOST_WAITING = 100
"""About five seconds of work. More callers are refused, because they would wait for longer than a client does."""


def decoy_hash(hasher: PasswordHasher) -> str:
    """Return a string that takes as long to verify as a hash of this hasher, and matches no password.

    It is written in the PHC string format, because computing a real hash would delay each start by a login.
    """
    salt, tag = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${tag}"


_HASHER = PasswordHasher()
_DECOY = decoy_hash(_HASHER)


class HashPool:
    """The threads that hash passwords, apart from those of other work; they start with the first password."""

    def __init__(self, *, threads: int = _THREADS, most_waiting: int = _MOST_WAITING) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._most = threads + most_waiting
        self._pending = 0

    async def call(self, work: Callable[[], T]) -> T:
        """Return the result of `work`; raises `RateLimitedError` if too many calls wait already."""
        if self._pending >= self._most:
            raise RateLimitedError("Too many people sign in at this moment. Try again soon.", retry_after_seconds=5)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._pending -= 1


_POOL = HashPool()


async def hash_password(password: str) -> str:
    """Return the hash to store."""
    return await _POOL.call(lambda: _HASHER.hash(password))


async def verify_password(stored: str | None, password: str) -> bool:
    """Return whether a password matches its hash.

    Without a hash the answer is False and takes as long, so that its time does not tell whether a user exists.
    """
    return await _POOL.call(lambda: _verify(stored or _DECOY, password))


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
