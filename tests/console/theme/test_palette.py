from dataclasses import asdict

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication

from console.status_words import status_words
from console.theme.current import monospace
from console.theme.glyphs import GLYPH_OF, Glyph, paint_glyph
from console.theme.palette import DARK, LIGHT, TEXT_ON, Palette, contrast
from shared.enums import RunStatus, TaskStatus, WorkerStatus


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_reaches_the_contrast_of_wcag_aa(palette: Palette, text: str, ground: str) -> None:
    colours = asdict(palette)
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("status", [*RunStatus, *TaskStatus, *WorkerStatus])
def test_every_status_has_a_shape_and_a_word(status: RunStatus | TaskStatus | WorkerStatus) -> None:
    assert status in GLYPH_OF
    assert status_words(status)


def test_shapes_differ_even_without_colour() -> None:
    """Drawn at 12 px in grey, no two shapes give the same picture."""
    pictures = {}
    for glyph in Glyph:
        image = QImage(12, 12, QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        grey = Palette(
            **{**asdict(LIGHT), **dict.fromkeys(("good", "bad", "warning", "accent", "idle", "muted"), "#505050")}
        )
        paint_glyph(painter, QRectF(0, 0, 12, 12), glyph, grey)
        painter.end()
        pictures[glyph] = bytes(image.constBits())
    assert len(set(pictures.values())) == len(Glyph)


def test_logs_and_commands_have_letters_of_one_width(qapp: QApplication) -> None:
    """Also where a font for Chinese stands beside the system's."""
    metrics = QFontMetricsF(monospace())
    assert metrics.horizontalAdvance("iiii") == pytest.approx(metrics.horizontalAdvance("WWWW"))
