"""The trusted comment of a signature that minisign wrote.

The format is that of https://jedisct1.github.io/minisign: four lines, of which the second has the signature of the file
and the fourth one of the second and the comment. So the comment is authentic without the file that was signed.
"""

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_KEY_ALGORITHM = b"Ed"
_SIGNATURE_ALGORITHMS = (b"Ed", b"ED")
"""Of the file itself, and of its BLAKE2b hash; the comment is signed in the same way with both."""
_UNTRUSTED = "untrusted comment: "
_TRUSTED = "trusted comment: "
_ID_BYTES = 8
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64


class MinisignError(ValueError):
    """Not a key or signature of minisign, or one of another key; the text says which."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and the id by which signatures name it."""

    id: bytes
    key: Ed25519PublicKey

    @staticmethod
    def parse(text: str) -> "PublicKey":
        """Return the key of a file that `minisign -G` wrote, or of its last line alone; raises `MinisignError`."""
        lines = text.strip().splitlines()
        content = _decoded(lines[-1] if lines else "", _ID_BYTES + _KEY_BYTES, "the public key")
        algorithm, key_id, key = content[:2], content[2 : 2 + _ID_BYTES], content[2 + _ID_BYTES :]
        if algorithm != _KEY_ALGORITHM:
            raise MinisignError("the public key is not one of minisign")
        return PublicKey(key_id, Ed25519PublicKey.from_public_bytes(key))


def trusted_comment(signature: str, key: PublicKey) -> str:
    """Return the comment of a signature file, if the holder of the key wrote it; raises `MinisignError`."""
    lines = signature.splitlines()
    if len(lines) != 4 or not lines[0].startswith(_UNTRUSTED) or not lines[2].startswith(_TRUSTED):
        raise MinisignError("the file is not a signature of minisign")
    content = _decoded(lines[1], _ID_BYTES + _SIGNATURE_BYTES, "the signature")
    if content[:2] not in _SIGNATURE_ALGORITHMS:
        raise MinisignError("the signature is of an unknown kind")
    if content[2 : 2 + _ID_BYTES] != key.id:
        raise MinisignError("the file is signed with another key")
    comment = lines[2].removeprefix(_TRUSTED)
    of_comment = _decoded(lines[3], _SIGNATURE_BYTES - 2, "the signature of the comment")
    try:
        key.key.verify(of_comment, content[2 + _ID_BYTES :] + comment.encode())
    except InvalidSignature:
        raise MinisignError("the signature is not valid") from None
    return comment


def _decoded(line: str, size: int, what: str) -> bytes:
    """Return two bytes of algorithm and `size` more."""
    try:
        content = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise MinisignError(f"{what} is not in base64") from None
    if len(content) != 2 + size:
        raise MinisignError(f"{what} has the wrong length")
    return content
