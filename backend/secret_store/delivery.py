"""The secrets of the backend that assignments refer to: opened, and sealed for the worker of each attempt."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import Assignment, SentSecret
from backend.broker.secret_seals import DeliveryKey
from backend.encryption.key_ring import KeyRing, UnreadableError
from backend.secret_references import names_in
from backend.secret_store.nearest import folders_above, nearest
from backend.secret_store.rows import SEALED_COLUMNS, full_name, value_of

_USE_SECONDS = 60.0
"""How often the last use of a secret is stored: it is shown, and decides nothing."""

# By the primary key.
WANTED = text(
    f"""
    select {", ".join(f"s.{name}" for name in SEALED_COLUMNS.split(", "))}
    from unnest(cast(:names as text[]), cast(:folders as text[])) as w (name, folder)
    join secrets s on s.name = w.name and s.folder = w.folder
    """  # noqa: S608
)
USED = text(
    """
    update secrets s set last_used_at = now()
    from unnest(cast(:names as text[]), cast(:folders as text[])) as u (name, folder)
    where s.name = u.name and s.folder = u.folder
    """
)

FindKey = Callable[[str], DeliveryKey | str]
"""Returns the key of a worker, or why no secret can be sent to it."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An assignment for a worker, and the names of the secrets that it refers to."""

    worker_id: str
    assignment: Assignment
    names: frozenset[str]


class SecretDelivery:
    """Adds secrets to assignments; one for each term of a dispatcher."""

    def __init__(self, ring: KeyRing, find_key: FindKey) -> None:
        self._ring = ring
        self._find_key = find_key
        self._noted: dict[tuple[str, str], float] = {}

    async def add(
        self, connection: AsyncConnection, batches: Mapping[str, Sequence[Assignment]]
    ) -> Mapping[str, Sequence[Assignment]]:
        """Return the assignments of each worker with the secrets of their folders that they refer to.

        A worker that has a secret of that name itself uses its own. What cannot be sent comes with the reason.
        """
        wanted = [
            _Wanted(worker_id, assignment, frozenset(names))
            for worker_id, assignments in batches.items()
            for assignment in assignments
            if (names := names_in(_texts(assignment)))
        ]
        if not wanted:
            return batches
        rows = await self._read(connection, wanted)
        sent: dict[tuple[int, int], list[SentSecret]] = {}
        used: set[tuple[str, str]] = set()
        for one in wanted:
            for name in sorted(one.names):
                of_name = rows.get(name, {})
                folder = nearest(one.assignment.folder, of_name)
                if folder is not None:
                    used.add((name, folder))
                    secret = self._sealed(one, of_name[folder])
                    sent.setdefault((one.assignment.run_id, one.assignment.attempt), []).append(secret)
        await self._note(connection, used)
        return {
            worker_id: [
                replace(one, secrets=sent[one.run_id, one.attempt]) if (one.run_id, one.attempt) in sent else one
                for one in assignments
            ]
            for worker_id, assignments in batches.items()
        }

    async def _read(
        self, connection: AsyncConnection, wanted: Iterable[_Wanted]
    ) -> Mapping[str, Mapping[str, Row[Any]]]:
        """Return the rows of secrets by name and folder."""
        places = sorted(
            {(name, folder) for one in wanted for name in one.names for folder in folders_above(one.assignment.folder)}
        )
        found = await connection.execute(
            WANTED, {"names": [name for name, _ in places], "folders": [folder for _, folder in places]}
        )
        rows: dict[str, dict[str, Row[Any]]] = {}
        for row in found:
            rows.setdefault(row.name, {})[row.folder] = row
        return rows

    def _sealed(self, wanted: _Wanted, row: Row[Any]) -> SentSecret:
        label = full_name(row.name, row.folder)
        key = self._find_key(wanted.worker_id)
        if isinstance(key, str):
            return SentSecret(name=row.name, problem=f"the secret {label} of the backend is not sent: {key}")
        try:
            value = value_of(self._ring, row)
        except UnreadableError as error:
            return SentSecret(name=row.name, problem=f"the secret {label} cannot be read: {error}")
        return SentSecret(name=row.name, sealed=key.seal(value, name=row.name, ref=wanted.assignment.ref))

    async def _note(self, connection: AsyncConnection, used: Iterable[tuple[str, str]]) -> None:
        """Store the use of those whose last stored one is a minute ago."""
        now = time.monotonic()
        due = sorted(one for one in used if now - self._noted.get(one, -_USE_SECONDS) >= _USE_SECONDS)
        if due:
            self._noted.update(dict.fromkeys(due, now))
            await connection.execute(
                USED, {"names": [name for name, _ in due], "folders": [folder for _, folder in due]}
            )


def _texts(assignment: Assignment) -> Iterable[str]:
    """Return the texts in which executors resolve references."""
    return assignment.command, *assignment.arguments, *assignment.environment.values()
