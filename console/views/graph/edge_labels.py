"""Where the words on edges stand: in the gap before the task that waits, on their line, and on no other words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.views.graph.layout import Edge, Point

_PARTS = sorted((step / 40 for step in range(4, 37)), key=lambda part: abs(part - 0.5))
"""Where along the curve through the gap words are tried, from 0 to 1."""
_ROW = 64.0
"""Words are lower than this, in scene units."""
_BETWEEN = 2.0
"""Least distance between the words of two edges, in scene units."""


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
    placed: dict[Edge, LabelBox] = {}
    taken: dict[tuple[float, int], list[LabelBox]] = {}
    for edge in sorted(spans, key=lambda one: (spans[one].end, spans[one].begin, one)):
        span = spans[edge]
        for box in _candidates(span):
            row = int(box.top // _ROW)
            near = [one for beside in (row - 1, row, row + 1) for one in taken.get((span.end[0], beside), ())]
            if not any(box.meets(one) for one in near):
                placed[edge] = box
                taken.setdefault((span.end[0], row), []).append(box)
                break
    return placed


def _candidates(span: LabelledSpan) -> list[LabelBox]:
    """Return boxes around points of the curve that `edges.edge_path` draws, the middle first."""
    (left, from_y), (right, to_y) = span.begin, span.end
    found = []
    for part in _PARTS:
        x = left + (right - left) * (1.5 * part - 1.5 * part**2 + part**3)
        y = from_y + (to_y - from_y) * (3 * part**2 - 2 * part**3)
        if left <= x - span.width / 2 <= x + span.width / 2 <= right:
            found.append(LabelBox(x - span.width / 2, y - span.height / 2, span.width, span.height))
    return found
