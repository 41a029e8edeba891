"""Seals what replicas send one another on the broker, so that nobody else can send it, nor send it again."""

from collections.abc import Callable, Mapping

from backend.broker.signing import EVENTS_PURPOSE, SEAL_HEADER, Stamp, is_sealed, read_stamp, seal

_VALID_MS = 60_000
"""How long events may be on their way; a listener that starts later does not know the numbers before."""
_MOST_REPLICAS = 1000


class EventSeals:
    """The seals of one replica; `now_ms` is the database's time, by which all replicas go."""

    def __init__(self, key: bytes, *, replica_id: str, now_ms: Callable[[], int]) -> None:
        self._key = key
        self._replica_id = replica_id
        self._now_ms = now_ms
        self._number = 0
        self._newest: dict[str, int] = {}

    def headers(self, kind: str, body: bytes) -> Mapping[str, str]:
        """Return the headers of a message of events, which this replica itself does not accept any more."""
        self._number += 1
        self._newest[self._replica_id] = self._number
        stamp = Stamp(party=self._replica_id, number=self._number, at_ms=self._now_ms())
        return {SEAL_HEADER: seal(stamp, body, purpose=_purpose(kind), key=self._key)}

    def why_refused(self, kind: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """Return why a message of events is refused, or None; one that is accepted is not accepted again."""
        header = headers.get(SEAL_HEADER, "")
        stamp = read_stamp(header)
        if stamp is None or not is_sealed(header, body, purpose=_purpose(kind), key=self._key):
            return "no replica sealed them"
        if abs(self._now_ms() - stamp.at_ms) > _VALID_MS:
            return "they are of another time"
        if stamp.number <= self._newest.get(stamp.party, 0):
            return "they were sent again"
        self._newest[stamp.party] = stamp.number
        while len(self._newest) > _MOST_REPLICAS:
            del self._newest[next(iter(self._newest))]
        return None


def _purpose(kind: str) -> str:
    return f"{EVENTS_PURPOSE} {kind}"
