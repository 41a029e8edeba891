"""Text that can be stored: PostgreSQL stores no NUL, and UTF-8 encodes no lone surrogate."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def why_unstorable(text: str) -> str | None:
    """Return why a text cannot be stored, as the end of a sentence, or None if it can."""
    found = _UNSTORABLE.search(text)
    if found is None:
        return None
    return "must not contain a NUL character" if found[0] == "\x00" else "must not contain a lone surrogate"
