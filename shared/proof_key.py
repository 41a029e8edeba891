"""Proof keys of RFC 7636 (PKCE): who exchanges a code proves that the sign-in is their own."""

import base64
import hashlib
import hmac
import secrets

CHALLENGE_PATTERN = r"^[A-Za-z0-9_-]{43}$"
"""A SHA-256 in URL-safe Base64."""
VERIFIER_PATTERN = r"^[A-Za-z0-9._~-]{43,128}$"


def new_verifier() -> str:
    """Return a random secret."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """Return what may be shown of a verifier (method S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_verifier_of(verifier: str, challenge: str) -> bool:
    """Whether a verifier belongs to a challenge."""
    return hmac.compare_digest(challenge_of(verifier).encode(), challenge.encode())
