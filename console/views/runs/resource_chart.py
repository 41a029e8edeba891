"""CPU and memory of a run's processes over its time: two lines, each against its own greatest value."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.theme.current import Theme
from console.words import tr
from shared.models.run import ResourceSample

HEIGHT = 64
_GAP = 5
_FEWEST = 2


class ResourceChart(QWidget):
    """Hidden where there is too little to draw a line through."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._samples: list[ResourceSample] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.hide()
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(240, HEIGHT)

    def show_samples(self, samples: Sequence[ResourceSample]) -> None:
        """Draw the samples of one attempt, in order of time."""
        self._samples = list(samples)
        self.setVisible(len(self._samples) >= _FEWEST)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both lines and what their tops stand for."""
        if len(self._samples) < _FEWEST:
            return
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = QRectF(0, 0, self.width(), self.fontMetrics().height())
        box = QRectF(self.rect()).adjusted(1, head.height() + _GAP, -1, -3)
        painter.setPen(QColor(palette.line))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        cpu = [sample.cpu_percent for sample in self._samples]
        memory = [float(sample.memory_bytes) for sample in self._samples]
        for values, colour in ((cpu, palette.accent), (memory, palette.warning)):
            painter.setPen(QPen(QColor(colour), 1.6))
            painter.drawPolyline(self._line(values, box))
        for colour, text, place in (
            (palette.accent, tr("CPU, peak %1%", f"{max(cpu):.0f}"), Qt.AlignmentFlag.AlignLeft),
            (
                palette.warning,
                tr("Memory, peak %1 MiB", f"{max(memory) / 2**20:.1f}"),
                Qt.AlignmentFlag.AlignRight,
            ),
        ):
            painter.setPen(QColor(colour))
            painter.drawText(head, place | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _line(self, values: Sequence[float], box: QRectF) -> QPolygonF:
        first, last = self._samples[0].elapsed_ms, self._samples[-1].elapsed_ms
        top = max(values) or 1.0
        return QPolygonF(
            [
                QPointF(
                    box.left() + box.width() * (sample.elapsed_ms - first) / max(1, last - first),
                    box.bottom() - box.height() * value / top,
                )
                for sample, value in zip(self._samples, values, strict=True)
            ]
        )
