"""Which workers are refused: those that would reject the backend's commands, or accept anybody's.

A worker proves its signing key in each heartbeat, without telling it.
"""

import hmac
from enum import StrEnum

from backend.broker.signing import key_proof


class Refusal(StrEnum):
    """Why a worker is refused, as the end of a sentence about it."""

    OTHER_KEY = "its TASKDECK_SIGNING_KEY differs from the backend's"
    NO_KEY = "it has no TASKDECK_SIGNING_KEY, or is of version 0.1, but the backend has one"
    BACKEND_HAS_NONE = "it has a TASKDECK_SIGNING_KEY, but the backend has none"


NEXT_STEP = "Set the same TASKDECK_SIGNING_KEY for the backends and the worker, then restart what was changed."


def why_refused(*, worker_id: str, incarnation: str, proof: str | None, key: str | None) -> Refusal | None:
    """Return why a worker is refused, or None; `key` is the backend's."""
    if key is None:
        return Refusal.BACKEND_HAS_NONE if proof is not None else None
    if proof is None:
        return Refusal.NO_KEY
    expected = key_proof(worker_id=worker_id, incarnation=incarnation, key=key)
    return None if hmac.compare_digest(expected.encode(), proof.encode()) else Refusal.OTHER_KEY
