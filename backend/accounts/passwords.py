"""Hashing and verifying passwords with Argon2id, outside the event loop: one hash takes tens of milliseconds."""

import asyncio
import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION


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


async def hash_password(password: str) -> str:
    """Return the hash to store."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Return whether a password matches its hash.

    Without a hash the answer is False and takes as long, so that its time does not tell whether a user exists.
    """
    return await asyncio.to_thread(_verify, stored or _DECOY, password)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
