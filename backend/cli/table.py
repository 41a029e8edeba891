"""Tables of text: columns as wide as their cells, and as a terminal permits."""

import unicodedata
from collections.abc import Sequence

_GAP = "  "
_LEAST = 3
"""Columns of the terminal below which no column of a table is narrowed: a character and an ellipsis, with some room."""


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def fitted(text: str, width: int) -> str:
    """Return a text filled up with blanks to a width, or truncated to it with an ellipsis."""
    missing = width - width_of(text)
    if missing >= 0:
        return text + " " * missing
    shown, room = "", width - 1
    for one in text:
        room -= width_of(one)
        if room < 0:
            break
        shown += one
    return fitted(shown + "…", width)


def widths(rows: Sequence[Sequence[str]], *, room: int | None) -> list[int]:
    """Return the width of each column; where they need more than `room`, the widest are narrowed to one width."""
    wanted = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    if room is None:
        return wanted
    room -= len(_GAP) * (len(wanted) - 1)
    widest = max(wanted)
    while widest > _LEAST and sum(min(one, widest) for one in wanted) > room:
        widest -= 1
    narrowed = [min(one, widest) for one in wanted]
    # What a last step took too much is given back to the first columns that need it.
    for place, one in enumerate(wanted):
        if sum(narrowed) < room and narrowed[place] < one:
            narrowed[place] += 1
    return narrowed


def lines_of(rows: Sequence[Sequence[str]], *, room: int | None) -> list[list[str]]:
    """Return the cells of each row as wide as their columns; joined they are its line, without blanks at its end."""
    columns = widths(rows, room=room)
    last = len(columns) - 1
    found = []
    for row in rows:
        cells = [
            fitted(cell, width) + (_GAP if place < last else "")
            for place, (cell, width) in enumerate(zip(row, columns, strict=True))
        ]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            cells[-1] = cells[-1].rstrip(" ")
        found.append(cells)
    return found
