"""Tiles that wrap instead of being cut."""

import pytest
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea

from console.widgets.wrapping_row import WrappingRow


@pytest.mark.parametrize(("width", "columns"), [(1000, 5), (700, 3), (400, 2), (150, 1)])
def test_tiles_wrap_evenly_and_none_is_cut(qapp: QApplication, width: int, columns: int) -> None:
    tiles = [QFrame() for _ in range(5)]
    for tile in tiles:
        tile.setMinimumSize(140, 40)
    row = WrappingRow(tiles, least_width=140, spacing=10)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(row)
    area.resize(width, 600)
    area.show()
    qapp.processEvents()
    assert row.columns == columns
    for place, tile in enumerate(tiles):
        assert area.viewport().rect().contains(tile.geometry().translated(row.pos()))
        assert tile.width() >= 140
        for other in tiles[place + 1 :]:
            assert not tile.geometry().intersects(other.geometry())
    area.deleteLater()
