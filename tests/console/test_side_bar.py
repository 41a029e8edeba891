"""The side bar at the least size of the window."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

from console.health import Vital
from console.side_bar import SideBar
from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.views.known_views import VIEWS

LEAST_HEIGHT = 560
VITALS = [
    Vital("Dispatcher", Glyph.TICK, "a-host-with-a-long-name.example · 23 min"),
    Vital("Broker", Glyph.CROSS, "not responding"),
    Vital("Database", Glyph.TICK, "12 ms"),
]


@pytest.mark.parametrize("folded", [False, True])
def test_nothing_overlaps_or_is_cut_at_the_least_height(qapp: QApplication, folded: bool) -> None:
    theme = Theme(qapp, "light")
    bar = SideBar(theme, VIEWS)
    bar.fold(folded)
    bar.show_vitals(VITALS)
    bar.resize(bar.width(), LEAST_HEIGHT)
    bar.show()
    qapp.processEvents()
    shown = [
        one
        for kind in (QPushButton, QToolButton, QLabel)
        for one in bar.findChildren(kind)
        if one.isVisible() and not (isinstance(one, QLabel) and not one.text())
    ]
    assert len(shown) > len(VIEWS)
    boxes = [QRect(one.mapTo(bar, QPoint()), one.size()) for one in shown]
    for place, (one, box) in enumerate(zip(shown, boxes, strict=True)):
        assert bar.rect().contains(box), one
        assert one.height() >= one.minimumSizeHint().height(), one
        for other in boxes[place + 1 :]:
            assert not box.intersects(other), (one, other)
    bar.deleteLater()
