"""The keys that encrypt what the database stores: secrets, signing keys, credentials of alert channels.

The database never has the keys. It names the one in use, so that all replicas use the same, and each value names the
key that sealed it, so that values of a former key can be read until they have been sealed again.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.sealing import KEY_BYTES, Sealed, UnsealError, seal, unseal

_PREFIX = "tds_"
"""Tells these keys from others, and lets secret scanners find them."""
_KEY = re.compile(rf"{_PREFIX}([0-9a-f]{{{2 * KEY_BYTES}}})")
_FORM = "sealed:1"
_ID_PURPOSE = b"id of a key of taskdeck\x00"


class UnreadableError(ValueError):
    """A stored value cannot be opened; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key; its id follows from it and tells nothing about it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        return hashlib.sha256(_ID_PURPOSE + self.secret).hexdigest()[:16]

    def text(self) -> str:
        """Return it as a line of a file."""
        return f"{_PREFIX}{self.secret.hex()}"


def new_key() -> SecretKey:
    return SecretKey(secrets.token_bytes(KEY_BYTES))


def parse_keys(text: str) -> tuple[SecretKey, ...]:
    """Return the keys of a text, separated by blanks, commas or line breaks; raises ValueError, which quotes none."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    found = [_KEY.fullmatch(word) for word in words]
    keys = tuple(SecretKey(bytes.fromhex(match[1])) for match in found if match is not None)
    if not keys or len(keys) != len(words):
        raise ValueError(
            f"must be one or more keys such as {_PREFIX}0f3a…, one a line; make a file with: "
            "taskdeck secret-key create FILE"
        )
    if len({key.id for key in keys}) != len(keys):
        raise ValueError("has the same key twice; remove one of the lines")
    return keys


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A sealed value as a row has it."""

    key_id: str
    sealed: Sealed

    def text(self) -> str:
        """Return it as one text, for columns that had values in clear."""
        return f"{_FORM}:{self.key_id}:{self.sealed.text()}"

    @classmethod
    def parse(cls, text: str) -> "StoredSecret | None":
        """Return what a text says; None for a value in clear."""
        form, _, rest = text.rpartition(":")
        if not form.startswith(f"{_FORM}:"):
            return None
        return cls(form.removeprefix(f"{_FORM}:"), Sealed.parse(rest))


def key_id_of(text: str) -> str:
    """Return the id of the key that sealed a stored text; empty for one in clear."""
    return text.split(":")[2] if text.startswith(f"{_FORM}:") and text.count(":") >= 3 else ""


class KeyRing:
    """The keys of one replica, newest first; it may be empty."""

    def __init__(self, keys: Sequence[SecretKey] = ()) -> None:
        self.keys = tuple(keys)
        self._by_id = {key.id: key for key in keys}

    def __bool__(self) -> bool:
        return bool(self.keys)

    @property
    def newest(self) -> SecretKey | None:
        """The first key, which the next rotation begins to use."""
        return self.keys[0] if self.keys else None

    def text(self) -> str:
        """Return the keys as the lines of a file."""
        return "\n".join(key.text() for key in self.keys)

    def find(self, key_id: str) -> SecretKey | None:
        return self._by_id.get(key_id)

    def seal(self, value: str, *, key_id: str, bound_to: Sequence[str]) -> StoredSecret:
        """Return a value sealed with one of the keys; raises KeyError without it."""
        return StoredSecret(key_id, seal(value, key=self._by_id[key_id].secret, bound_to=bound_to))

    def open(self, stored: StoredSecret, *, bound_to: Sequence[str]) -> str:
        """Return a value; raises `UnreadableError`."""
        key = self._by_id.get(stored.key_id)
        if key is None:
            raise UnreadableError(missing_key(stored.key_id, self))
        try:
            return unseal(stored.sealed, key=key.secret, bound_to=bound_to)
        except UnsealError as error:
            raise UnreadableError(f"its stored form was changed or belongs to another object ({error})") from error


def missing_key(key_id: str, ring: KeyRing) -> str:
    """Return why what a key sealed cannot be read."""
    has = ", ".join(key.id for key in ring.keys) or "none"
    return (
        f"it is encrypted with the key {key_id}, which this backend does not have (it has {has}): add the key to the "
        "file of TASKDECK_SECRETS_KEY_FILE and restart the backend"
    )
