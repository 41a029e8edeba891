"""The rows of secrets: how they become values, and what their ciphertext is bound to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from backend.encryption.key_ring import KeyRing, StoredSecret
from backend.sealing import Sealed
from shared.models.secret import Secret

COLUMNS = "name, folder, created_at, created_by, updated_at, updated_by, last_used_at, key_id"
"""All but the value."""
SEALED_COLUMNS = "name, folder, version, key_id, nonce, ciphertext"


def place(name: str, folder: str, version: int) -> tuple[str, ...]:
    """Return what the value of a row is bound to: it cannot be moved to another row, nor back to a later version."""
    return "secret", name, folder, str(version)


def stored(row: Row[Any]) -> StoredSecret:
    return StoredSecret(row.key_id, Sealed(bytes(row.nonce), bytes(row.ciphertext)))


def value_of(ring: KeyRing, row: Row[Any]) -> str:
    """Return the value of a row with `SEALED_COLUMNS`; raises `UnreadableError`."""
    return ring.open(stored(row), bound_to=place(row.name, row.folder, row.version))


def parameters(sealed: StoredSecret) -> Mapping[str, Any]:
    """Return the columns that hold a sealed value."""
    return {"key_id": sealed.key_id, "nonce": sealed.sealed.nonce, "ciphertext": sealed.sealed.ciphertext}


def shown(row: Row[Any], ring: KeyRing) -> Secret:
    """Return a row with `COLUMNS` as the API shows it."""
    return Secret(
        name=row.name,
        folder=row.folder,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        last_used_at=row.last_used_at,
        key_id=row.key_id,
        is_readable=ring.find(row.key_id) is not None,
    )


def full_name(name: str, folder: str) -> str:
    """Return how a secret is named to people: `finance/DB_PASSWORD`."""
    return f"{folder}/{name}" if folder else name
