"""Which columns a table shows at a width, and how wide: pure, so that it can be tested."""

from collections.abc import Sequence
from dataclasses import dataclass

STRETCH_MINIMUM = 130
"""Pixels that each column which stretches has at least."""
STRETCH_READABLE = 210
"""Pixels that each has before a column of the least importance is shown: a name of 24 letters is then whole."""
LEAST_IMPORTANT = 3
"""From this `goes_at` on a column is of the least importance."""
_STRETCH_COMFORT = 260
"""Pixels of the column that stretches from which others may grow."""
_MOST_GROWTH = 2
"""How many times its own width a column may grow by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRoom:
    """What a column needs, in pixels.

    One that `grows` may also shrink to `least`. One that a person has sized `is_fixed`: it does not grow. `goes_at` as
    in `Column`. One that stretches has the rest, and no width here.
    """

    width: int
    least: int = 0
    goes_at: int = 0
    stretches: bool = False
    grows: bool = False
    is_fixed: bool = False
    is_hidden: bool = False


def fit_columns(
    columns: Sequence[ColumnRoom], room: int, *, stretch_minimum: int = STRETCH_MINIMUM
) -> list[int | None]:
    """Return the width of each column in `room` pixels; None is left out, so that the others can be read."""
    widths: list[int | None] = [None if column.is_hidden else column.width for column in columns]
    stretching = max(sum(column.stretches and not column.is_hidden for column in columns), 1)
    spare = room - stretching * stretch_minimum - sum(width or 0 for width in widths)
    readable = stretching * max(STRETCH_READABLE - stretch_minimum, 0)
    for place in sorted(range(len(columns)), key=lambda place: -columns[place].goes_at):
        wanted = readable if columns[place].goes_at >= LEAST_IMPORTANT else 0
        if spare < wanted and columns[place].goes_at > 0:
            spare += widths[place] or 0
            widths[place] = None
    growing = [(place, width) for place, width in enumerate(widths) if width is not None and columns[place].grows]
    for place, width in sorted(growing, key=lambda one: -one[1]):
        if spare < 0:
            narrower = min(max(width + spare, columns[place].least), width)
            spare += width - narrower
            widths[place] = narrower
    free = [place for place, _ in growing if not columns[place].is_fixed]
    beyond = max(spare - (_STRETCH_COMFORT - stretch_minimum), 0)
    for place in free:
        width = widths[place] or 0
        widths[place] = width + min(beyond // (2 * len(free)), _MOST_GROWTH * width)
    return widths
