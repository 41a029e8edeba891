"""What users of RabbitMQ may do: the commands that give a backend and each worker exactly their rights."""

import re
import shlex
from collections.abc import Sequence

from backend.broker.queues import DEAD_LETTERS, EVENTS_EXCHANGE, FROM_WORKERS, SHARED_QUEUES, worker_queue

BACKEND_USER = "taskdeck"
_MOST_CONNECTIONS = 4
"""A worker has two; while it connects again, the server may still count the former ones."""
_MOST_CHANNELS = 32

_OWN = "|".join(sorted({EVENTS_EXCHANGE, DEAD_LETTERS, FROM_WORKERS, *(spec.name for spec in SHARED_QUEUES)}))
_BACKEND = (rf"^({_OWN}|amq\.gen.*)$", rf"^({_OWN}|amq\.gen.*|amq\.default)$", rf"^({_OWN}|amq\.gen.*)$")
"""It declares what all share, writes to the queues of the workers by the default exchange, and reads none of them."""

_POLICIES = (
    ("taskdeck-results", "^(reports|logs)$", '{"max-length-bytes":4294967296,"overflow":"reject-publish"}'),
    ("taskdeck-signs-of-life", "^(heartbeats|telemetry)$", '{"max-length":100000,"overflow":"drop-head"}'),
)
"""A worker that sends without end fills no disk: results then wait in the spools of the workers."""


def worker_user(worker_id: str) -> str:
    """Return the name of a worker's user."""
    return f"worker.{worker_id}"


def backend_commands(*, vhost: str) -> list[str]:
    """Return the commands for the backends' user and for the limits of the queues."""
    named = shlex.quote(vhost)
    policies = [
        f"rabbitmqctl set_policy -p {named} {name} '{pattern}' '{definition}' --apply-to queues"
        for name, pattern, definition in _POLICIES
    ]
    return [*_user(BACKEND_USER, _BACKEND, vhost=vhost), *policies]


def worker_commands(worker_id: str, *, vhost: str) -> list[str]:
    """Return the commands for a worker's user: it has its own queue, and one exchange to the backends."""
    own = f"^{re.escape(worker_queue(worker_id).name)}$"
    name = worker_user(worker_id)
    limits = f'{{"max-connections":{_MOST_CONNECTIONS},"max-channels":{_MOST_CHANNELS}}}'
    return [
        *_user(name, (own, f"^{FROM_WORKERS}$", own), vhost=vhost),
        f"rabbitmqctl set_user_limits {shlex.quote(name)} '{limits}'",
    ]


def _user(name: str, rights: Sequence[str], *, vhost: str) -> list[str]:
    patterns = " ".join(f"'{pattern}'" for pattern in rights)
    return [
        f"rabbitmqctl add_user {shlex.quote(name)}",
        f"rabbitmqctl set_permissions -p {shlex.quote(vhost)} {shlex.quote(name)} {patterns}",
    ]
