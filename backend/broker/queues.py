"""The queues: what each carries, and what the broker promises for it."""

from dataclasses import dataclass
from datetime import timedelta

EVENTS_EXCHANGE = "events"
DEAD_LETTERS = "dead-letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSpec:
    """A queue as it is declared.

    `durable` queues and their messages outlive the broker's restart. `exclusive` admits one consumer and
    goes with it. What a consumer of a queue with `dead_letters` rejects is kept in `DEAD_LETTERS`.
    """

    name: str
    durable: bool = False
    exclusive: bool = False
    dead_letters: bool = False
    message_ttl: timedelta | None = None
    max_length: int | None = None


REPORT_QUEUE = QueueSpec(name="reports", durable=True, dead_letters=True)
LOG_QUEUE = QueueSpec(name="logs", durable=True, dead_letters=True)
HEARTBEAT_QUEUE = QueueSpec(name="heartbeats", message_ttl=timedelta(seconds=15))
TELEMETRY_QUEUE = QueueSpec(name="telemetry", message_ttl=timedelta(seconds=60), max_length=10_000)
DEAD_LETTER_QUEUE = QueueSpec(name=DEAD_LETTERS, durable=True, max_length=10_000)

SHARED_QUEUES = (DEAD_LETTER_QUEUE, REPORT_QUEUE, LOG_QUEUE, HEARTBEAT_QUEUE, TELEMETRY_QUEUE)
"""What exists from the start, whoever comes first: nothing sent there is lost for want of a consumer."""


def worker_queue(worker_id: str) -> QueueSpec:
    """Return the queue on which one worker is told what to do."""
    return QueueSpec(name=f"worker.{worker_id}", exclusive=True)
