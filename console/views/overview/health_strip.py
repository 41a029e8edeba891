"""The health of the backend in one line."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from console.theme.current import Theme
from console.theme.glyphs import Glyph, paint_glyph
from console.views.overview.health import Vital
from console.widgets.surfaces import INSIDE, label
from console.widgets.wrapping_row import WrappingRow
from console.words import tr

_PARTS = 4
_PART_WIDTH = 190


class _Shape(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.glyph = Glyph.RING
        self.setFixedSize(QSize(14, 14))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the shape."""
        painter = QPainter(self)
        paint_glyph(painter, QRectF(0, 0, 14, 14), self.glyph, self._theme.palette)
        painter.end()


class HealthStrip(QFrame):
    """Four parts side by side; each tells more in its tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(INSIDE, 8, INSIDE, 8)
        parts: list[QWidget] = []
        self.vitals: list[Vital] = []
        self._shapes: list[_Shape] = []
        self._names = []
        self._words = []
        for _ in range(_PARTS):
            part = QWidget()
            across = QHBoxLayout(part)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(8)
            shape, name, words = _Shape(theme), label("", "secondary"), label("–")
            for one in (shape, name, words):
                across.addWidget(one)
            across.addStretch(1)
            parts.append(part)
            self._shapes.append(shape)
            self._names.append(name)
            self._words.append(words)
        whole.addWidget(WrappingRow(parts, least_width=_PART_WIDTH, spacing=8))
        self.setAccessibleName(tr("Health"))

    def show_vitals(self, vitals: Sequence[Vital]) -> None:
        """Show the parts."""
        self.vitals = list(vitals)
        for vital, shape, name, words in zip(vitals, self._shapes, self._names, self._words, strict=True):
            shape.glyph = vital.glyph
            shape.update()
            name.setText(vital.name)
            words.setText(vital.words)
            part = shape.parentWidget()
            if part is not None:
                part.setToolTip(vital.detail)
        self.setAccessibleDescription("; ".join(f"{vital.name}: {vital.words}" for vital in vitals))
