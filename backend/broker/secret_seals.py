"""Secrets of the backend on their way to a worker: sealed for one attempt on one worker.

The broker stores messages and is not trusted. The key of each worker, which seals its messages, gives another one for
its secrets; worker, run, attempt and name are bound to each value, so that nobody can use it for another.
"""

from dataclasses import dataclass

from backend.broker.messages import AttemptRef
from backend.sealing import Sealed, derived_key, seal, unseal

_PURPOSE = "secrets of attempts"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryKey:
    """What seals the secrets of one worker."""

    worker_id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"DeliveryKey({self.worker_id})"

    @classmethod
    def of(cls, worker_id: str, secret: bytes) -> "DeliveryKey":
        """Return the key that a worker's secret gives; the secret itself seals messages."""
        return cls(worker_id=worker_id, secret=derived_key(secret, _PURPOSE, worker_id))

    def seal(self, value: str, *, name: str, ref: AttemptRef) -> str:
        """Return a secret as it is sent."""
        return seal(value, key=self.secret, bound_to=self._place(name, ref)).text()

    def open(self, sealed: str, *, name: str, ref: AttemptRef) -> str:
        """Return a secret that was sent; raises `UnsealError` if it is for another worker, attempt or name."""
        return unseal(Sealed.parse(sealed), key=self.secret, bound_to=self._place(name, ref))

    def _place(self, name: str, ref: AttemptRef) -> tuple[str, ...]:
        return _PURPOSE, self.worker_id, str(ref.run_id), str(ref.attempt), name
