"""Days of month and of week: which alternatives they come to.

croniter reads W only where it stands alone, `#` and L of a weekday only without plain weekdays beside them, and
forgets one of the two fields where both are restricted by any of these. So the fields are taken apart here into
alternatives of one day of month and one day of week field each, in which both hold.
"""

import re
from dataclasses import dataclass

_NEAREST_WORKDAY = re.compile(r"\d+W|W\d+", re.IGNORECASE)
_NTH_WEEKDAY = re.compile(r".*#.*|L.+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Days:
    """The parts of both fields; a day needs one of each where `both_hold`, else one of either.

    A part is a field that croniter reads alone; "*" is every day.
    """

    of_month: tuple[str, ...]
    of_week: tuple[str, ...]
    both_hold: bool

    @property
    def alternatives(self) -> list[tuple[str, str]]:
        """The pairs of day of month and day of week of which one has to fit."""
        if self.both_hold:
            return [(month, week) for month in self.of_month for week in self.of_week]
        return [(month, "*") for month in self.of_month] + [("*", week) for week in self.of_week]


def split_days(of_month: str, of_week: str) -> Days:
    """Return the parts of a day of month and a day of week field.

    They are alternatives unless one of them begins with a star, as */2 does, or is a question mark: so cronie and
    Vixie cron read it, and so a crontab that is moved here keeps its days.
    """
    both_hold = any(field.startswith(("*", "?")) for field in (of_month, of_week))
    return Days(month_parts(of_month), week_parts(of_week), both_hold)


def month_parts(field: str) -> tuple[str, ...]:
    """Return the plain days of a day of month field as one part, and each W as its own."""
    entries = field.split(",")
    nearest = [entry for entry in entries if _NEAREST_WORKDAY.fullmatch(entry)]
    return _parts([entry for entry in entries if entry not in nearest], nearest)


def week_parts(field: str) -> tuple[str, ...]:
    """Return the plain days of a day of week field as one part, and those of `#` and L as another."""
    entries = field.split(",")
    nth = [entry for entry in entries if _NTH_WEEKDAY.fullmatch(entry)]
    return _parts([entry for entry in entries if entry not in nth], [",".join(nth)] if nth else [])


def _parts(plain: list[str], special: list[str]) -> tuple[str, ...]:
    return ((",".join(plain),) if plain else ()) + tuple(special)
