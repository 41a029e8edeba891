"""Which command lines a pattern of a worker's owner permits."""

import re
from collections.abc import Sequence
from functools import lru_cache

_LITERAL = r"(?:(?!\.\.)[A-Za-z0-9_@%+=:,./ -])*"
"""What `*` stands for: characters that every shell takes as they are, and no `..` that leads out of a folder."""


def is_permitted(command: str, patterns: Sequence[str]) -> bool:
    """Return whether a whole command line matches a pattern, such as `/opt/jobs/*`.

    `*` stands for any letters, digits, blanks and `_@%+=:,./-`, so that nothing after it starts a second command or
    expands. Whatever else a pattern has is meant as it is written.
    """
    return any(_expression(pattern).fullmatch(command.strip()) for pattern in patterns)


@lru_cache(maxsize=1000)
def _expression(pattern: str) -> "re.Pattern[str]":
    return re.compile(_LITERAL.join(re.escape(part) for part in pattern.split("*")))
