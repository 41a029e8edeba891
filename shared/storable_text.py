"""What text can be kept and sent on: PostgreSQL keeps no NUL, and half of a surrogate pair is no UTF-8."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def why_unstorable(text: str) -> str | None:
    """Return what is wrong with a text, or None where it can be kept."""
    found = _UNSTORABLE.search(text)
    if found is None:
        return None
    return "must not contain a NUL character" if found[0] == "\x00" else "must not contain half of a surrogate pair"
