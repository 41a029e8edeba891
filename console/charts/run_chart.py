"""The last runs of a task: a bar for the duration of each over its shape, with the usual band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.charts.usual_band import UsualBand, chart_top
from console.theme.current import Theme
from console.theme.glyphs import Glyph, colour_of, paint_glyph
from console.words import tr

if TYPE_CHECKING:
    from console.charts.bar_plot import BarPlot

SLOTS = 50
HEIGHT = 168
_STRIP = 22
_GLYPH = 12.0
_RING = 2


@dataclass(frozen=True, slots=True)
class RunMark:
    """One run: `milliseconds` is None where it has not run; `words` say all that is known of it."""

    run_id: int
    glyph: Glyph
    milliseconds: float | None
    words: str


class RunChart(QWidget):
    """Runs from the oldest at the left to the newest at the right.

    `pointed` carries the mark under the pointer or the keyboard's, or None; `opened` the id of a run that was clicked
    or chosen with Enter.
    """

    pointed = Signal(object)
    opened = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: BarPlot | None = None
        self._marks: list[RunMark] = []
        self._band: UsualBand | None = None
        self._hovered: int | None = None
        self._chosen: int | None = None
        """The run that the keyboard has chosen, by its id: new runs move it to another slot."""
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(240)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Last runs"))
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(480, HEIGHT)

    def show_marks(self, marks: Sequence[RunMark], band: UsualBand | None) -> None:
        """Show runs, the oldest first; of more than there are slots, the newest."""
        if list(marks[-SLOTS:]) == self._marks and band == self._band:
            return
        self._marks, self._band = list(marks[-SLOTS:]), band
        if self._plot is None:
            from console.charts.bar_plot import BarPlot

            self._plot = BarPlot(self)
            self._plot.restyle(self._theme.palette)
            self._plot.show()
            self._place()
        if self._chosen is not None and self.place_of(self._chosen) is None:
            self._chosen = None
        self._draw()
        self._show_marked()

    @property
    def marked(self) -> RunMark | None:
        """The run under the pointer, or the keyboard's."""
        place = self._hovered if self._hovered is not None else self.place_of(self._chosen)
        return self._marks[place] if place is not None and place < len(self._marks) else None

    def place_of(self, run_id: int | None) -> int | None:
        """Return where a run is among those that are shown; None where it is not."""
        return next((place for place, mark in enumerate(self._marks) if mark.run_id == run_id), None)

    def centre_of(self, run_id: int) -> QPointF:
        """Return the middle of a run's shape; raises `KeyError` for a run that is not shown."""
        place = self.place_of(run_id)
        if place is None:
            raise KeyError(run_id)
        return self._shape(place).center()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the shapes below the bars, and the focus."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.marked
        for place, mark in enumerate(self._marks):
            shape = self._shape(place)
            if mark is marked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(palette.line))
                painter.drawRoundedRect(shape.adjusted(-3, -4, 3, 4), 3, 3)
            paint_glyph(painter, shape, mark.glyph, palette)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), _RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseMoveEvent: mark the run under the pointer."""
        self._hover(self._place_at(event.position().x()))

    def leaveEvent(self, event: object) -> None:
        """Override QWidget.leaveEvent: mark no run."""
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget.mouseReleaseEvent: a click opens the run."""
        place = self._place_at(event.position().x())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.opened.emit(self._marks[place].run_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: the arrows, Home and End choose a run, Enter and Space open it."""
        last = len(self._marks) - 1
        here = self.place_of(self._chosen)
        wanted = {
            Qt.Key.Key_Left: max((here if here is not None else last + 1) - 1, 0),
            Qt.Key.Key_Right: min((here if here is not None else last - 1) + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is not None and last >= 0 and not event.modifiers():
            self._chosen = self._marks[wanted].run_id
            self._show_marked()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and here is not None:
            self.opened.emit(self._marks[here].run_id)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override QWidget.focusInEvent: choose the newest run, so that Enter means something."""
        super().focusInEvent(event)
        if self._chosen is None and self._marks:
            self._chosen = self._marks[-1].run_id
        self._show_marked()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override QWidget.focusOutEvent: mark no run."""
        super().focusOutEvent(event)
        self._chosen = None
        self._show_marked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: give the bars all but the strip."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if self._plot is not None:
            self._plot.setGeometry(_RING, _RING, self.width() - 2 * _RING, self.height() - _STRIP)

    def _draw(self) -> None:
        if self._plot is None:
            return
        palette = self._theme.palette
        lengths = [mark.milliseconds or 0.0 for mark in self._marks]
        band = self._band
        self._plot.show_bars(
            lengths,
            [colour_of(mark.glyph, palette) for mark in self._marks],
            slots=SLOTS,
            top=chart_top(lengths, band),
            band=(band.low, band.high) if band is not None else None,
        )

    def _slot(self, place: int) -> int:
        return SLOTS - len(self._marks) + place

    def _shape(self, place: int) -> QRectF:
        plot = self._plot.plot().translated(self._plot.pos()) if self._plot is not None else QRectF(self.rect())
        middle = plot.left() + plot.width() * (self._slot(place) + 0.5) / SLOTS
        side = min(_GLYPH, plot.width() / SLOTS)
        return QRectF(middle - side / 2, self.height() - _STRIP / 2 - side / 2 - _RING, side, side)

    def _place_at(self, x: float) -> int | None:
        if self._plot is None:
            return None
        plot = self._plot.plot().translated(self._plot.pos())
        slot = int((x - plot.left()) / max(plot.width(), 1.0) * SLOTS)
        place = slot - self._slot(0)
        return place if plot.left() <= x < plot.right() and 0 <= place < len(self._marks) else None

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self._show_marked()

    def _show_marked(self) -> None:
        marked = self.marked
        if self._plot is not None:
            place = self.place_of(marked.run_id) if marked is not None else None
            self._plot.mark(None if place is None else self._slot(place))
        self.setAccessibleDescription(marked.words if marked is not None else "")
        self.pointed.emit(marked)
        self.update()

    def _restyle(self) -> None:
        if self._plot is not None:
            self._plot.restyle(self._theme.palette)
            self._draw()
