"""The user name of somebody who signs in for the first time."""

import re
from collections.abc import Iterator, Mapping

_OTHERS = re.compile(r"[^A-Za-z0-9._@+-]+")
_MOST_CHARACTERS = 90
"""A user name has at most 100; a number may follow."""
_CLAIMS = ("preferred_username", "email", "nickname", "name")
_MOST_NUMBERS = 1000


def user_names(claims: Mapping[str, object]) -> Iterator[str]:
    """Yield names in the order in which they are tried: the name at the provider, then that name with a number.

    A name that somebody else has here is never shared: the person gets the next one.
    """
    name = next(filter(None, (_usable(claims.get(claim)) for claim in _CLAIMS)), "user")
    yield name
    for number in range(2, _MOST_NUMBERS):
        yield f"{name}-{number}"


def _usable(value: object) -> str:
    """Return a text as a user name; empty where too little of it is left to know somebody by."""
    if not isinstance(value, str):
        return ""
    name = _OTHERS.sub("-", value).strip("-")[:_MOST_CHARACTERS]
    return name if re.search("[A-Za-z0-9]", name) else ""
