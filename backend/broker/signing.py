"""Signatures of commands to workers: a stranger on the broker cannot make a worker run anything."""

import hashlib
import hmac

SIGNATURE_HEADER = "x-taskdeck-signature"
_PROOF_LABEL = b"taskdeck worker key proof"
"""Keeps a proof from being the signature of any command."""


def sign(body: bytes, *, worker_id: str, key: str) -> str:
    """Return the HMAC-SHA256 of a message to one worker, in hexadecimal."""
    mac = hmac.new(key.encode(), digestmod=hashlib.sha256)
    mac.update(worker_id.encode())
    mac.update(b"\x00")
    mac.update(body)
    return mac.hexdigest()


def is_signed(body: bytes, signature: str | None, *, worker_id: str, key: str) -> bool:
    """Whether the signature is valid, compared in constant time."""
    return signature is not None and hmac.compare_digest(sign(body, worker_id=worker_id, key=key), signature)


def key_proof(*, worker_id: str, incarnation: str, key: str) -> str:
    """Return what shows that a worker has the key, in hexadecimal; the key cannot be found from it."""
    mac = hmac.new(key.encode(), digestmod=hashlib.sha256)
    for part in (_PROOF_LABEL, worker_id.encode(), incarnation.encode()):
        mac.update(len(part).to_bytes(4, "big"))
        mac.update(part)
    return mac.hexdigest()
