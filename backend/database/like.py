"""Search patterns for LIKE and ILIKE."""


def escape(words: str) -> str:
    r"""Return words for a pattern in which they stand for themselves; the escape character is `\`, as by default."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def containing(words: str) -> str:
    """Return the pattern for texts that contain the words."""
    return f"%{escape(words)}%"
