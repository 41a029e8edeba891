"""How deeply JSON text is nested."""

import re

MOST_NESTED = 100
"""Levels of JSON that are kept from others: beyond 255, pydantic can no longer write a model that contains it."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def nesting(text: str) -> int:
    """Return the most arrays and objects within each other in valid JSON text."""
    depth = most = 0
    for sign in _STRING.sub("", text):
        if sign in "[{":
            depth += 1
            most = max(most, depth)
        elif sign in "]}":
            depth -= 1
    return most
