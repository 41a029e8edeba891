"""Text that is shown in one line: control characters would reach terminals, and marks of direction would reorder it."""

import re

PRINTABLE = r"[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
"""One character that may stand in such a text, as a pattern of JSON Schema."""

UNPRINTABLE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
"""One that may not, and halves of surrogate pairs, as a pattern of Python."""

_UNPRINTABLE = re.compile(UNPRINTABLE)


def why_unprintable(text: str) -> str | None:
    """Return what is wrong with a text that has to fit into one line, or None."""
    found = _UNPRINTABLE.search(text)
    if found is None:
        return None
    return f"must not contain control characters, line breaks or marks of direction; it has {escaped(found[0])}"


def escaped(text: str, *, keep: str = "") -> str:
    r"""Return a text with such characters written out, as \x1b; those in `keep` stay."""
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0] in keep else _code(found[0]), text)


def _code(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
