"""The geometry of a chart's series: stretches of data, stacked or not, and their visible edges. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt

from console.theme.palette import Palette

GAP_STEPS = 2.5


@dataclass(frozen=True, slots=True)
class Series:
    """One value over time; None is no data. `colour` picks it from the palette; `pattern` tells lines apart in grey.

    With a `floor` the space down to those values is filled: a band.
    """

    name: str
    colour: Callable[[Palette], str]
    values: Sequence[float | None]
    pattern: Qt.PenStyle = Qt.PenStyle.SolidLine
    floor: Sequence[float | None] | None = None


Stretch = tuple[list[float], list[float], list[float]]


@dataclass(frozen=True, slots=True)
class Level:
    """A series as it is drawn: `stretches` are (times, values, values below), `edges` are (times, values)."""

    colour: Callable[[Palette], str]
    pattern: Qt.PenStyle
    step: float
    is_filled: bool
    stretches: list[Stretch] = field(default_factory=list)
    edges: list[tuple[list[float], list[float]]] = field(default_factory=list)


def levels_of(times: Sequence[float], series: Sequence[Series], *, step: float, is_stacked: bool) -> list[Level]:
    """Return each series as it is drawn, the lowest first; a stacked one stands on those before it."""
    below = [0.0] * len(times)
    found = []
    for one in series:
        base = below if is_stacked else [0.0] * len(times)
        values = [under + (value or 0.0) for under, value in zip(base, one.values, strict=True)]
        if one.floor is not None:
            base = [value or 0.0 for value in one.floor]
        level = Level(one.colour, one.pattern, step, is_filled=is_stacked or one.floor is not None)
        present = [value is not None for value in one.values]
        for first, last in runs_of_data(times, present, step=step):
            stretch = (list(times[first:last]), values[first:last], base[first:last])
            level.stretches.append(stretch)
            if last - first > 1:
                level.edges.extend(_seen(stretch) if is_stacked else [stretch[:2]])
        found.append(level)
        if is_stacked:
            below = values
    return found


def runs_of_data(times: Sequence[float], present: Sequence[bool], *, step: float) -> list[tuple[int, int]]:
    """Return the stretches without a gap as (first, last + 1): a gap is no data, or more than two steps without any."""
    found: list[tuple[int, int]] = []
    begin: int | None = None
    for place, is_there in enumerate(present):
        is_torn = place > 0 and times[place] - times[place - 1] > GAP_STEPS * step
        if begin is not None and (not is_there or is_torn):
            found.append((begin, place))
            begin = None
        if is_there and begin is None:
            begin = place
    if begin is not None:
        found.append((begin, len(times)))
    return found


def _seen(stretch: Stretch) -> list[tuple[list[float], list[float]]]:
    """Return a level's edge where it has any height: elsewhere it would hide the one below."""
    times, values, floor = stretch
    found: list[tuple[list[float], list[float]]] = []
    is_on = False
    for place in range(1, len(times)):
        if values[place] > floor[place] or values[place - 1] > floor[place - 1]:
            if not is_on:
                found.append(([times[place - 1]], [values[place - 1]]))
            found[-1][0].append(times[place])
            found[-1][1].append(values[place])
            is_on = True
        else:
            is_on = False
    return found
