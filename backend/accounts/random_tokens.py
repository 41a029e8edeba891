"""Random tokens: what is stored of them."""

import hashlib

PERSONAL_PREFIX = "tdk_"
"""Tells personal tokens from access tokens, and lets secret scanners find them."""


def hashed(token: str) -> str:
    """Return what is stored of a random token: it needs no slow hash, because it cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
