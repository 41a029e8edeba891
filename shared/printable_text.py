"""Text that is shown in one line: control characters would reach terminals, and marks of direction would reorder it."""

import re

PRINTABLE = r"[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
"""One character that may stand in such a text, as a pattern of JSON Schema."""

UNPRINTABLE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
"""One that may not, and halves of surrogate pairs, as a pattern of Python."""

_UNPRINTABLE = re.compile(UNPRINTABLE)

INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that show nothing beside blanks, for a character class: those that Unicode lets every font ignore
(Default_Ignorable_Code_Point), and the blank of Braille."""

VISIBLE = rf"[^\s{INVISIBLE}]"
"""One character that can be seen, as a pattern of JSON Schema and of Python."""

_VISIBLE = re.compile(VISIBLE)


def is_visible(text: str) -> bool:
    """Return whether a text has a character that can be seen."""
    return _VISIBLE.search(text) is not None


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
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
