"""All attempts of a run over one axis of time."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.status_words import attempt_outcome_words
from console.theme.current import Theme
from console.theme.glyphs import GLYPH_OF, Glyph, colour_of, paint_glyph
from console.views.runs.attempt_spans import AttemptSpan, extent
from console.widgets.plain_tip import plain_tip
from console.words import absolute, duration, fill, present, tr

ROW = 28
AXIS = 20
BAR = 10
_TIME, _GLYPH = 64, 20
_GAP = 12


def outcome_glyph(outcome: str) -> Glyph:
    """Return the shape of an attempt's outcome; one that no run can have is a worker that was lost."""
    return GLYPH_OF.get(outcome, Glyph.TRIANGLE)


def took(begin: datetime | None, end: datetime | None) -> str:
    """Return the time between two instants in words; empty where one is missing."""
    if begin is None or end is None:
        return ""
    return duration(round((end - begin).total_seconds() * 1000))


def _time_taken(span: AttemptSpan, begin: datetime, end: datetime) -> str:
    """Return the execution time that the worker measured, as the head of the run shows it; else the time between."""
    return took(begin, end) if span.execution_time_ms is None else duration(span.execution_time_ms)


class AttemptTimeline(QWidget):
    """Waiting is a thin line, the way to the worker a pale bar, work a full one, the outcome its shape."""

    def __init__(self, theme: Theme, *, now: Callable[[], datetime] = present, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._spans: list[AttemptSpan] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Attempts over time"))
        theme.changed.connect(self.update)

    def show_spans(self, spans: Sequence[AttemptSpan]) -> None:
        """Show the attempts of a run."""
        self._spans = list(spans)
        self.setFixedHeight(ROW * len(spans) + AXIS)
        self.setAccessibleDescription("\n".join(self.words_of(span) for span in spans))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(320, ROW * len(self._spans) + AXIS)

    def words_of(self, span: AttemptSpan) -> str:
        """Return one attempt in words, a line for each of its times."""
        now = self._now()
        lines = [self._name(span) + " · " + attempt_outcome_words(span.outcome)]
        if span.superseded:
            lines[0] += " · " + tr("reported too late, ignored")
        if span.error:
            lines.append(span.error)
        if span.worker_id:
            lines.append(tr("Worker %1", span.worker_id))
        for words, at, before in (
            (tr("Dispatched %1, after waiting %2"), span.dispatched, span.queued),
            (tr("Started %1, %2 later"), span.started, span.dispatched),
        ):
            if at is not None:
                lines.append(fill(words, absolute(at), took(before, at)))
        if span.ended is not None:
            taken = _time_taken(span, span.started or span.queued, span.ended)
            lines.append(tr("Ended %1, after %2", absolute(span.ended), taken))
        if span.ended is None and span.started is not None:
            lines.append(tr("running for %1", took(span.started, now)))
        return "\n".join(lines)

    def event(self, event: QEvent) -> bool:
        """Tell the times of the attempt under the pointer."""
        if isinstance(event, QHelpEvent):
            place = event.pos().y() // ROW
            if 0 <= place < len(self._spans):
                QToolTip.showText(event.globalPos(), plain_tip(self.words_of(self._spans[place])), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a row for each attempt, and the axis."""
        if not self._spans:
            return
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = self._now()
        begin, end = extent(self._spans, now)
        whole = max((end - begin).total_seconds(), 0.001)
        names = self.names_width()
        axis = QRectF(names, 0, self.width() - names - _TIME - _GLYPH, ROW * len(self._spans))

        def x(at: datetime) -> float:
            return axis.left() + axis.width() * (at - begin).total_seconds() / whole

        painter.setPen(QColor(palette.line))
        for place in range(len(self._spans)):
            painter.drawLine(QPointF(0, (place + 1) * ROW), QPointF(self.width(), (place + 1) * ROW))
        for place, span in enumerate(self._spans):
            self._paint_span(painter, span, place * ROW, x, now)
        self._paint_axis(painter, axis, whole)
        painter.end()

    def names_width(self) -> int:
        """Return the width of the names before the axis, in pixels: no name is cut, in any language."""
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(self._name(span)) for span in self._spans), default=0) + _GAP

    def _name(self, span: AttemptSpan) -> str:
        return tr("not started") if span.number == 0 else tr("attempt %1", span.number)

    def _paint_span(self, painter: QPainter, span: AttemptSpan, top: float, x: object, now: datetime) -> None:
        palette = self._theme.palette
        assert callable(x)
        middle = top + ROW / 2
        painter.setPen(QColor(palette.muted))
        painter.drawText(QRectF(0, top, self.names_width(), ROW), Qt.AlignmentFlag.AlignVCenter, self._name(span))
        ended = span.ended or now
        begun = span.dispatched or ended
        painter.setPen(QPen(QColor(palette.idle), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x(span.queued), middle), QPointF(x(begun), middle))
        glyph = outcome_glyph(span.outcome)
        colour = QColor(colour_of(glyph, palette))
        painter.setPen(Qt.PenStyle.NoPen)
        if span.dispatched is not None:
            pale = QColor(colour)
            pale.setAlphaF(0.35)
            until = span.started or ended
            painter.setBrush(pale)
            painter.drawRect(QRectF(x(span.dispatched), middle - BAR / 2, max(x(until) - x(span.dispatched), 1.5), BAR))
        if span.started is not None:
            painter.setBrush(colour)
            painter.drawRoundedRect(
                QRectF(x(span.started), middle - BAR / 2, max(x(ended) - x(span.started), 2), BAR), 2, 2
            )
        paint_glyph(painter, QRectF(x(ended) + 4, middle - 6, 12, 12), glyph, palette)
        painter.setPen(QColor(palette.text))
        words = _time_taken(span, span.started or span.dispatched or span.queued, ended)
        painter.drawText(
            QRectF(self.width() - _TIME, top, _TIME, ROW),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            words,
        )

    def _paint_axis(self, painter: QPainter, axis: QRectF, whole: float) -> None:
        painter.setPen(QColor(self._theme.palette.muted))
        for share, side in (
            (0.0, Qt.AlignmentFlag.AlignLeft),
            (0.5, Qt.AlignmentFlag.AlignHCenter),
            (1.0, Qt.AlignmentFlag.AlignRight),
        ):
            words = "0" if share == 0 else "+" + duration(round(whole * share * 1000))
            left = axis.left() + axis.width() * share - 50 * {0.0: 0, 0.5: 1, 1.0: 2}[share]
            painter.drawText(QRectF(left, axis.bottom(), 100, AXIS), side | Qt.AlignmentFlag.AlignBottom, words)
