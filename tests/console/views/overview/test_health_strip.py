"""The health of the backend in one row."""

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from console.health import Vital
from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.views.overview.health_strip import HealthStrip


@pytest.mark.parametrize("width", [1000, 500])
@pytest.mark.parametrize(
    ("words", "faults"), [("vm · 12 min", "3 faults"), ("vm · 12 分钟", "3 个故障"), ("offline", "")]
)
def test_a_link_to_the_faults_moves_nothing(qapp: QApplication, width: int, words: str, faults: str) -> None:
    theme = Theme(qapp, "light")
    page = QWidget()
    column = QVBoxLayout(page)
    strip, below = HealthStrip(theme), QWidget()
    column.addWidget(strip)
    column.addWidget(below, 1)
    page.resize(width, 400)
    page.show()
    qapp.processEvents()
    found = {(strip.height(), below.y())}
    for link in ("", faults, ""):
        strip.show_vitals([Vital(f"Part {place}", Glyph.TICK, words, faults=link) for place in range(4)])
        qapp.processEvents()
        assert strip.faults_link.isVisible() is bool(link)
        found.add((strip.height(), below.y()))
    assert len(found) == 1
    page.close()
