"""Seals: a message says who sent it, for whom, and which of its messages it is, so that nobody can forge or repeat it.

A seal is one header: what it says (`Stamp`) and an HMAC-SHA256 over the purpose, the stamp and the body. The purpose is
the queue's name, or `events`: a message that was recorded from one queue is nothing on another.
"""

import hashlib
import hmac
from dataclasses import dataclass

SEAL_HEADER = "x-taskdeck-seal"
EVENTS_PURPOSE = "events"
_FORM = "1"
_NOTHING = "~"
_PARTS = 7
_LONGEST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a seal says of its message.

    `party` is the worker that sends or is addressed, or the replica that publishes; `incarnation` that of the worker,
    empty for a replica. `sender` is the process of the dispatcher that sent a command, empty otherwise. `number` counts
    the messages of the sender. `at_ms` is by the clock that both ends know: for messages of a worker when it was sent,
    for commands until when they are valid, both in milliseconds of the worker's uptime; for events the database's time.
    """

    party: str
    incarnation: str = ""
    sender: str = ""
    number: int
    at_ms: int

    def text(self) -> str:
        """Return it as the beginning of the header."""
        return (
            f"{_FORM} {self.party or _NOTHING} {self.incarnation or _NOTHING} {self.sender or _NOTHING} "
            f"{self.number} {self.at_ms}"
        )


def seal(stamp: Stamp, body: bytes, *, purpose: str, key: bytes) -> str:
    """Return the header's value."""
    said = stamp.text()
    return f"{said} {_mac(said, body, purpose=purpose, key=key)}"


def read_stamp(header: str) -> Stamp | None:
    """Return what a header says, which may be a lie; None if it is no seal."""
    parts = header.split(" ") if len(header) <= _LONGEST else []
    if len(parts) != _PARTS or parts[0] != _FORM:
        return None
    _, *names, number, at_ms, _ = parts
    if not (number.isdecimal() and at_ms.isdecimal() and number.isascii() and at_ms.isascii()):
        return None
    party, incarnation, sender = ("" if name == _NOTHING else name for name in names)
    return Stamp(party=party, incarnation=incarnation, sender=sender, number=int(number), at_ms=int(at_ms))


def is_sealed(header: str, body: bytes, *, purpose: str, key: bytes) -> bool:
    """Whether a header's seal was made with the key, for this body; compared in constant time."""
    said, _, mac = header.rpartition(" ")
    return hmac.compare_digest(_mac(said, body, purpose=purpose, key=key).encode(), mac.encode("utf-8", "replace"))


def _mac(said: str, body: bytes, *, purpose: str, key: bytes) -> str:
    signed = b"\x00".join((purpose.encode(), said.encode("utf-8", "replace"), body))
    return hmac.digest(key, signed, hashlib.sha256).hex()
