"""AMQP heartbeats: how soon RabbitMQ notices that a process has stopped."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

HEARTBEAT_SECONDS = 10
"""Unless the broker's URL has another value for `heartbeat`."""


def redelivers_after(url: str) -> timedelta:
    """Return how long until RabbitMQ redelivers the messages of a stopped consumer: three heartbeats at most."""
    named = parse_qs(urlsplit(url).query).get("heartbeat", [])
    return timedelta(seconds=3 * int(named[0] if named else HEARTBEAT_SECONDS))
