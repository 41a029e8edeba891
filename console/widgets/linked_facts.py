"""Facts in two columns, of which some are links."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from console.widgets.link import Link
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value; `view` with `wanted` is what a link shows, `tip` more about the value."""

    name: str
    text: str
    view: str = ""
    wanted: dict[str, object] = field(default_factory=dict)
    tip: str = ""


_LINK_PADDING = 6
"""The padding and the border of a link, so that texts stand below links."""
_LONG_WORD = re.compile(r"\S{25,}")
_PIECE = re.compile(r"(.{24})")
_BREAK = "\u200b"


def breakable(text: str) -> str:
    """Return text whose long words may be broken: a label is at least as wide as its longest word."""
    return _LONG_WORD.sub(lambda found: _PIECE.sub(rf"\1{_BREAK}", found[0]), text)


class LinkedFacts(QWidget):
    """A name and a value a row; `followed` carries what a link shows."""

    followed = Signal(str, dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._facts: list[Fact] = []
        self._rows: list[tuple[QLabel, QLabel | Link]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    @property
    def facts(self) -> Sequence[Fact]:
        """The facts that are shown."""
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show facts; those without a value are left out. Where only texts changed, the rows stay."""
        shown = [fact for fact in facts if fact.text]
        self.setVisible(bool(shown))
        if shown == self._facts:
            return
        if [(one.name, bool(one.view)) for one in shown] != [(one.name, bool(one.view)) for one in self._facts]:
            self._facts = shown
            self._rebuild()
        self._facts = shown
        for (_, value), fact in zip(self._rows, shown, strict=True):
            if isinstance(value, Link):
                value.show_text(fact.text)
            else:
                value.setText(breakable(fact.text))
                value.setToolTip(plain_tip(fact.tip))

    def link(self, name: str) -> Link:
        """Return the link with a name; raises `KeyError` where there is none."""
        for (_, value), fact in zip(self._rows, self._facts, strict=True):
            if fact.name == name and isinstance(value, Link):
                return value
        raise KeyError(name)

    def _rebuild(self) -> None:
        for row in self._rows:
            for widget in row:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = []
        for place, fact in enumerate(self._facts):
            name = label(fact.name, "secondary")
            name.setWordWrap(True)
            value: QLabel | Link
            if fact.view:
                value = Link(opens=fact.tip)
                value.clicked.connect(lambda _checked=False, at=place: self._follow(at))
                self._grid.addWidget(value, place, 1, alignment=Qt.AlignmentFlag.AlignLeft)
            else:
                value = label("")
                value.setWordWrap(True)
                value.setContentsMargins(_LINK_PADDING, 0, 0, 0)
                self._grid.addWidget(value, place, 1)
            self._grid.addWidget(name, place, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self._rows.append((name, value))

    def _follow(self, place: int) -> None:
        self.followed.emit(self._facts[place].view, dict(self._facts[place].wanted))
