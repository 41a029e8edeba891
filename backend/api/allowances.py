"""How large a request may be and how long its answer may take, by its path."""

from dataclasses import dataclass

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """`most_bytes` of the body, which is held in memory until it is parsed, and seconds until the answer begins."""

    most_bytes: int = MEBIBYTE
    answer_seconds: float = 12.0


_USUAL = Allowance()
"""A batch of 10,000 runs fits. The time is longer than the waits for a pooled connection and for a new one, and shorter
than the timeouts of clients and proxies."""

_BULK = Allowance(answer_seconds=60.0)
"""50,000 ids and versions fit into the usual body."""
_OF_FILES = Allowance(most_bytes=32 * MEBIBYTE, answer_seconds=60.0)
"""10,000 tasks of 3 KiB each. Nginx and HAProxy wait 60 s by default."""
_BY_PATH = {
    "/api/tasks/apply": _OF_FILES,
    "/api/definitions/apply": _OF_FILES,
    "/api/tasks/bulk": _BULK,
    "/api/runs/bulk": _BULK,
    "/api/alerts/silences/bulk": _BULK,
}


_BEFORE_SIGN_IN = Allowance(most_bytes=16 * KIBIBYTE)
"""Anybody may send it, and nothing that is sent there is larger."""


def allowance(path: str) -> Allowance:
    """Return what a request to this path may take."""
    if path.startswith("/api/auth/"):
        return _BEFORE_SIGN_IN
    return _BY_PATH.get(path, _USUAL)
