"""Where the words on edges stand: in the gap before the task that waits, on their line, and on no other words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from console.views.graph.layout import Edge, Point

_MIDDLE_FIRST = tuple(sorted((step / 40 for step in range(4, 37)), key=lambda part: abs(part - 0.5)))
"""Where along the curve through the gap words are tried, from 0 to 1."""
_ORDERS = (_MIDDLE_FIRST, tuple(sorted(_MIDDLE_FIRST)), tuple(sorted(_MIDDLE_FIRST, reverse=True)))
"""In the middle, words are easiest to read. Lines into one task are farther apart where they begin, those out of one
where they end."""
_ROW = 64.0
"""Words are lower than this, in scene units."""
_BETWEEN = 7.0
"""Least distance between the words of two edges, in scene units: 4 pixels where they are drawn smallest."""


@dataclass(frozen=True, slots=True)
class LabelBox:
    """The room of words, in scene units."""

    left: float
    top: float
    width: float
    height: float

    def meets(self, other: "LabelBox") -> bool:
        """Whether two of them are closer than words may be."""
        return (
            self.left < other.left + other.width + _BETWEEN
            and other.left < self.left + self.width + _BETWEEN
            and self.top < other.top + other.height + _BETWEEN
            and other.top < self.top + self.height + _BETWEEN
        )


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """The last part of an edge, through the gap before the task that waits, and the size of its words."""

    begin: Point
    end: Point
    width: float
    height: float


def place_labels(spans: Mapping[Edge, LabelledSpan]) -> dict[Edge, LabelBox]:
    """Return where the words of each edge stand, all of them within their gap, and so beside every task.

    Where edges are so close that no place is left, the words of an edge are left out: they would cover others.
    """
    gaps: dict[float, list[Edge]] = {}
    for edge in sorted(spans, key=lambda one: (spans[one].end, spans[one].begin, one)):
        gaps.setdefault(spans[edge].end[0], []).append(edge)
    placed: dict[Edge, LabelBox] = {}
    for edges in gaps.values():
        best: dict[Edge, LabelBox] = {}
        for parts in _ORDERS:
            found = _place_in_gap(edges, spans, parts)
            best = found if len(found) > len(best) else best
            if len(best) == len(edges):
                break
        placed |= best
    return placed


def _place_in_gap(
    edges: Sequence[Edge], spans: Mapping[Edge, LabelledSpan], parts: Sequence[float]
) -> dict[Edge, LabelBox]:
    """Return where the words of the edges through one gap stand, each at the first of the places that is free."""
    placed: dict[Edge, LabelBox] = {}
    taken: dict[int, list[LabelBox]] = {}
    for edge in edges:
        for box in _candidates(spans[edge], parts):
            row = int(box.top // _ROW)
            near = [one for beside in (row - 1, row, row + 1) for one in taken.get(beside, ())]
            if not any(box.meets(one) for one in near):
                placed[edge] = box
                taken.setdefault(row, []).append(box)
                break
    return placed


def _candidates(span: LabelledSpan, parts: Sequence[float]) -> Iterator[LabelBox]:
    """Yield boxes around points of the curve that `edges.edge_path` draws, in the order of `parts`."""
    (left, from_y), (right, to_y) = span.begin, span.end
    for part in parts:
        x = left + (right - left) * (1.5 * part - 1.5 * part**2 + part**3)
        y = from_y + (to_y - from_y) * (3 * part**2 - 2 * part**3)
        if left <= x - span.width / 2 <= x + span.width / 2 <= right:
            yield LabelBox(x - span.width / 2, y - span.height / 2, span.width, span.height)
