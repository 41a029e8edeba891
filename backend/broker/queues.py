"""The queues and what the broker guarantees for each."""

from dataclasses import dataclass
from datetime import timedelta

EVENTS_EXCHANGE = "events"
FROM_WORKERS = "from-workers"
"""The exchange of the queues that backends consume. A worker may write to it alone, and so to no queue of another."""
DEAD_LETTERS = "dead-letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSpec:
    """A queue as it is declared.

    A `durable` queue and its messages survive a restart of the broker. An `exclusive` one has a single consumer and is
    deleted with it. A message that a consumer of a queue with `dead_letters` rejects moves to `DEAD_LETTERS`.
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
"""Declared by every process that starts: a message is not lost because no consumer has started yet."""

RETURNABLE = frozenset(spec.name for spec in SHARED_QUEUES if spec.dead_letters)
"""Where a dead letter may go back to. The letter names its queue itself, and anybody may have written it."""


def worker_queue(worker_id: str) -> QueueSpec:
    """Return the queue of commands to one worker."""
    return QueueSpec(name=f"worker.{worker_id}", exclusive=True)
