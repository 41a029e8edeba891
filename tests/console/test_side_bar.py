"""The side bar at the least size of the window."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

from console.side_bar import SideBar
from console.theme.current import Theme
from console.views.known_views import VIEWS

LEAST_HEIGHT = 560
FOOT = ["Dispatcher  a-host-with-a-long-name.example", "Database  12 ms", "Broker  not responding"]


@pytest.mark.parametrize("folded", [False, True])
def test_nothing_overlaps_or_is_cut_at_the_least_height(qapp: QApplication, folded: bool) -> None:
    theme = Theme(qapp, "light")
    bar = SideBar(theme, VIEWS)
    bar.fold(folded)
    bar.show_foot(FOOT)
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
    for place, one in enumerate(shown):
        assert bar.rect().contains(one.geometry()), one
        assert one.height() >= one.minimumSizeHint().height(), one
        for other in shown[place + 1 :]:
            assert not one.geometry().intersects(other.geometry()), (one, other)
    bar.deleteLater()
