"""The weekday field of Quartz, which counts from 1 for Sunday to 7 for Saturday; here 0 is Sunday and 6 is Saturday."""

import re

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_ENTRY = re.compile(
    r"(?P<first>[1-7]|[a-z]{3})(?:-(?P<last>[1-7]|[a-z]{3}))?(?P<rest>#[1-5]|L|/\d+)?", re.ASCII | re.IGNORECASE
)


def with_weekday_names(field: str) -> str:
    """Return a weekday field of Quartz with the names of its days; what is not of Quartz stays as it is."""
    return ",".join(_with_names(entry) for entry in field.split(","))


def _with_names(entry: str) -> str:
    if entry.upper() == "L":
        return _DAYS[-1]
    match = _ENTRY.fullmatch(entry)
    if match is None:
        return entry
    first, last, rest = _name(match["first"]), match["last"], match["rest"] or ""
    if rest.upper() == "L":
        return f"L{first}" if last is None else entry
    if rest.startswith("/") and last is None:
        return f"{first}-{_DAYS[-1]}{rest}"
    return f"{first}-{_name(last)}{rest}" if last is not None else f"{first}{rest}"


def _name(day: str) -> str:
    return _DAYS[int(day) - 1] if day.isdigit() else day
