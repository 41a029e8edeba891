"""Times that a task accepts and cron does not: such a line of a crontab never ran, or ran less often."""

import re

from shared.schedule.cron_fields import FIELD_NAMES, value_of

_VALUE = r"[0-9]+|[a-z]{3}"
_ENTRY = re.compile(
    rf"\*(?:/[0-9]+)?|(?P<first>{_VALUE})(?:-(?P<last>{_VALUE})(?P<step>/[0-9]+)?)?|(?:{_VALUE})?~(?:{_VALUE})?"
)
"""An entry of a field as cronie reads it; neither `5/15` nor `L`, `W`, `#`, `H` and `?`."""


def difference_from_cron(times: str) -> str | None:
    """Return how cronie reads valid times otherwise than a task does, as a sentence, or None."""
    if times.startswith("@"):
        if times == times.lower():
            return None
        return f"cron knows {times.lower()} in lower case only and never ran this line; the task will run."
    for name, field in zip(FIELD_NAMES, times.split(), strict=False):
        for entry in field.lower().split(","):
            match = _ENTRY.fullmatch(entry)
            if match is None:
                return f"cron refuses {field} as {name} and never ran this line; the task will run."
            if match["last"] is not None and (reading := _other_reading(name, match)):
                return f"cron reads the range {match[0]} as {reading}; the task runs from its first to its last value."
    return None


def _other_reading(name: str, match: re.Match[str]) -> str | None:
    """Return what a range that ends before it begins is to cronie, or None where both readings are the same.

    A 0 at its end counts as 7 unless a step follows, which is meant for Sunday and applies to every field.
    """
    first, last = value_of(name, match["first"]), value_of(name, match["last"])
    if first is None or last is None or first <= last:
        return None
    if last or match["step"] or first > 7:
        return "empty"
    return None if name == "day of week" else f"{first}-7"
