"""Sends what a worker has to say, sealed with its key."""

from backend.broker.keys import WorkerKey
from backend.broker.protocol import MessageQueue
from backend.broker.signing import SEAL_HEADER, Stamp, seal
from backend.worker.uptime import Uptime


class Outbox:
    """The way of one incarnation's messages to the broker; without a key they have no seal."""

    def __init__(
        self, broker: MessageQueue, *, key: WorkerKey | None, worker_id: str, incarnation: str, uptime: Uptime
    ) -> None:
        self._broker = broker
        self._key = key
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._uptime = uptime
        self._number = 0

    async def send(self, queue: str, body: bytes, *, durable: bool = False) -> None:
        """Send one message and return when the broker has confirmed it; raises `BrokerUnavailableError`."""
        headers = None if self._key is None else {SEAL_HEADER: self._seal(queue, body, self._key)}
        await self._broker.send(queue, body, durable=durable, headers=headers)

    def _seal(self, queue: str, body: bytes, key: WorkerKey) -> str:
        self._number += 1
        stamp = Stamp(
            party=self._worker_id, incarnation=self._incarnation, number=self._number, at_ms=self._uptime.milliseconds
        )
        return seal(stamp, body, purpose=queue, key=key.secret)
