"""The keys of seals.

The backends share one secret, which the database and the broker do not have. The key of a worker is derived
from it, with the worker's id and a salt that is new with each enrolment; the database has the salt only.
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

_PREFIX = "tdw_"
"""Tells keys of workers from tokens, and lets secret scanners find them."""
_WORKER_ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,200}")
_WORKER_KEY = re.compile(rf"{_PREFIX}(?P<worker>[A-Za-z0-9._-]{{1,200}})_(?P<secret>[0-9a-f]{{64}})")


def is_worker_id(name: str) -> bool:
    """Whether a worker may have this id: it is part of the names of its queue, its user, its folder and of paths."""
    return _WORKER_ID.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class WorkerKey:
    """The key of one worker: it seals what the worker sends, and what is sent to it."""

    worker_id: str
    secret: bytes = field(repr=False)

    def text(self) -> str:
        """Return it as the content of a file."""
        return f"{_PREFIX}{self.worker_id}_{self.secret.hex()}"

    @classmethod
    def parse(cls, text: str) -> "WorkerKey | None":
        """Return the key that a file holds; None if it is none."""
        found = _WORKER_KEY.fullmatch(text)
        return None if found is None else cls(found["worker"], bytes.fromhex(found["secret"]))


@dataclass(frozen=True, slots=True)
class RootKey:
    """The secret of the backends."""

    secret: bytes = field(repr=False)

    def of_worker(self, worker_id: str, *, salt: str) -> WorkerKey:
        """Return the key that a worker got when it was enrolled with this salt."""
        return WorkerKey(worker_id, self._derived("worker", worker_id, salt))

    def of_events(self) -> bytes:
        """Return the key of what replicas send one another."""
        return self._derived("events")

    def _derived(self, *purpose: str) -> bytes:
        return hmac.digest(self.secret, b"\x00".join(part.encode() for part in purpose), hashlib.sha256)


def new_secret_text() -> str:
    """Return the content of a new file with the backends' secret."""
    return secrets.token_hex(32)


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner can read; raises OSError, also where it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
