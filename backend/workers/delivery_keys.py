"""With which key secrets of the backend are sent to a worker, and to which workers none are sent."""

from backend.broker.gate import Refused
from backend.broker.secret_seals import DeliveryKey
from backend.workers.keys import WorkerKeys


class DeliveryKeys:
    """The keys of the workers; without them, one for the workers within this process."""

    def __init__(self, keys: WorkerKeys | None, *, local_secret: bytes | None = None) -> None:
        self._keys = keys
        self._local_secret = local_secret

    def find(self, worker_id: str) -> DeliveryKey | str:
        """Return the key of a worker, or why nothing secret can be sent to it, with the next step."""
        if self._keys is not None:
            key = self._keys.find(worker_id)
            if isinstance(key, Refused):
                return f"worker {worker_id} has no valid key. Enroll it: taskdeck worker enroll {worker_id}"
            return DeliveryKey.of(worker_id, key.secret)
        if self._local_secret is not None:
            return DeliveryKey.of(worker_id, self._local_secret)
        return (
            "with --insecure-broker others could read it on its way. Start the backends with "
            "TASKDECK_SIGNING_KEY_FILE and enroll the workers, or give the worker a secret of this name itself"
        )
