"""Authenticated encryption of short values: AES-256-GCM with a random nonce, bound to what a value belongs to.

A value that was sealed for one place cannot be opened at another, so that sealed values cannot be exchanged.
"""

import base64
import binascii
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

KEY_BYTES = 32
_NONCE_BYTES = 12
"""A random nonce of 96 bits is safe for 2³² values of one key (NIST SP 800-38D)."""


class UnsealError(ValueError):
    """A value cannot be opened: it was sealed with another key or for another place, or it was changed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value; the last 16 bytes of `ciphertext` are its authentication tag."""

    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)

    def text(self) -> str:
        """Return it as Base64."""
        return base64.b64encode(self.nonce + self.ciphertext).decode()

    @classmethod
    def parse(cls, text: str) -> "Sealed":
        """Return what `text` wrote; raises `UnsealError`."""
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UnsealError("it is no sealed value") from error
        return cls(data[:_NONCE_BYTES], data[_NONCE_BYTES:])


def seal(value: str, *, key: bytes, bound_to: Sequence[str]) -> Sealed:
    """Return a value sealed with a key of 32 bytes, for the place that `bound_to` names."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return Sealed(nonce, AESGCM(key).encrypt(nonce, value.encode(), _associated(bound_to)))


def unseal(sealed: Sealed, *, key: bytes, bound_to: Sequence[str]) -> str:
    """Return the value; raises `UnsealError`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, _associated(bound_to)).decode()
    except (InvalidTag, ValueError) as error:
        raise UnsealError("it was sealed with another key or for another place, or it was changed") from error


def derived_key(secret: bytes, *purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose of a secret (HKDF with SHA-256, RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_associated(purpose)).derive(secret)


def _associated(parts: Sequence[str]) -> bytes:
    """Return parts as bytes that no other parts give."""
    return json.dumps(list(parts)).encode()
