"""The places that a person has been to in the window, with the way back and forward again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 100
"""Places that are remembered; the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Place:
    """A view, and for a page which object it shows."""

    view: str
    wanted: Mapping[str, object] = field(default_factory=dict)


class Navigation:
    """Places in the order in which they were visited, and which of them is shown."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    @property
    def current(self) -> Place | None:
        """The place that is shown."""
        return self._places[self._at] if self._places else None

    @property
    def before(self) -> Place | None:
        """The place that `back` leads to."""
        return self._places[self._at - 1] if self._at > 0 else None

    def visit(self, place: Place) -> None:
        """Note that a place is shown; what was forward of the former one is forgotten."""
        if place == self.current:
            return
        del self._places[self._at + 1 :]
        self._places.append(place)
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def back(self) -> Place | None:
        """Go to the place before, and return it; None at the first one."""
        if self._at <= 0:
            return None
        self._at -= 1
        return self.current

    def forward(self) -> Place | None:
        """Go to the place from which `back` came, and return it; None at the last one."""
        if self._at + 1 >= len(self._places):
            return None
        self._at += 1
        return self.current
