"""How soon the broker notices that one of us has gone without a word."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

HEARTBEAT_SECONDS = 10
"""Ours, where the broker's URL names no other."""


def given_up_within(url: str) -> timedelta:
    """Return within what time the broker gives to others what it gave to a process that was stopped."""
    named = parse_qs(urlsplit(url).query).get("heartbeat", [])
    return timedelta(seconds=3 * int(named[0] if named else HEARTBEAT_SECONDS))
