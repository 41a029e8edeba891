"""Topic patterns of AMQP 0-9-1: `*` matches one word, `#` any number of words."""

from collections.abc import Sequence


def topic_matches(pattern: str, routing_key: str) -> bool:
    """Whether a routing key, words joined by dots, matches a binding's pattern."""
    return _matches(pattern.split("."), routing_key.split(".") if routing_key else [])


def _matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_matches(pattern[1:], words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _matches(pattern[1:], words[1:])
