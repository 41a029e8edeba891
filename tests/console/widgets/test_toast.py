"""A word on what was done, in a window of any width."""

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.widgets.toast import Toast

FOOTER = 40
"""Pixels of the line with counts and buttons below a table."""


@pytest.mark.parametrize("width", [644, 1200])
@pytest.mark.parametrize("words", ["Paused 625 tasks", "Cancelled 185 runs. 15 had already ended. " * 4])
@pytest.mark.parametrize("action", ["", "Undo (Ctrl+Z)"])
def test_a_toast_fits_and_leaves_the_counts_free(qapp: QApplication, width: int, words: str, action: str) -> None:
    ground = QWidget()
    ground.resize(width + 20, 560)
    over = QWidget(ground)
    over.setGeometry(10, 20, width, 500)
    toast = Toast(ground, over=over)
    ground.show()
    toast.show_text(words, action)
    qapp.processEvents()
    box = toast.geometry()
    assert over.geometry().contains(box)
    assert box.bottom() < over.geometry().bottom() - FOOTER
    lines = toast.words.heightForWidth(toast.words.width())
    assert toast.words.height() >= lines, "every line of the words is seen"
    assert (toast.words.width() < width / 2) == (len(words) < 40)
    ground.deleteLater()
