"""The overview's charts: queue depth, and below it throughput and times. They share span, cross-hair and selection."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import zip_longest

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.charts.levels import Series
from console.charts.span import Span
from console.charts.time_chart import TimeChart
from console.theme.current import Theme
from console.theme.palette import Palette
from console.views.overview.series import STACK, History, Reading, SpanSummary, read, summarise
from console.widgets.surfaces import Card, label
from console.widgets.wrapping_row import WrappingRow
from console.words import duration, number, span, tr
from shared.enums import Priority

_SMALL_WIDTH = 200
_SMALL_HEIGHT = 104
_COLOURS: dict[Priority, Callable[[Palette], str]] = {
    Priority.CRITICAL: lambda palette: palette.bad,
    Priority.HIGH: lambda palette: palette.warning,
    Priority.NORMAL: lambda palette: palette.accent,
    Priority.LOW: lambda palette: palette.idle,
}
_LINES = (
    ("p50_ms", "p50", lambda palette: palette.muted, Qt.PenStyle.DotLine),
    ("p95_ms", "p95", lambda palette: palette.accent, Qt.PenStyle.SolidLine),
    ("p99_ms", "p99", lambda palette: palette.warning, Qt.PenStyle.DashLine),
)
_BOX = 8
_GAP = 16
_FROM_HAIR = 12


def chart_hint() -> str:
    """Return what a pointer can do with a chart."""
    return tr("Drag to select a span, scroll to zoom, Shift-drag to pan")


def priority_words(priority: Priority) -> str:
    """Return the name of a priority."""
    return {
        Priority.CRITICAL: tr("critical"),
        Priority.HIGH: tr("high"),
        Priority.NORMAL: tr("normal"),
        Priority.LOW: tr("low"),
    }[priority]


def rate_words(value: float | None) -> str:
    """Return a rate a second."""
    return "–" if value is None else tr("%1/s", f"{value:.2f}" if value < 10 else number(value))


def time_words(milliseconds: float | None) -> str:
    """Return a duration."""
    return "–" if milliseconds is None else duration(round(milliseconds))


def reading_lines(reading: Reading) -> list[tuple[str, str]]:
    """Return every value at an instant with its name."""
    lines = []
    if reading.sample is None:
        lines.append((tr("queue"), tr("no data")))
    else:
        depth = reading.sample.by_priority
        lines += [(priority_words(one), number(depth.get(one, 0))) for one in reversed(STACK)]
        oldest = reading.sample.oldest_waiting_seconds
        lines.append((tr("oldest"), "–" if oldest is None else span(oldest)))
        lines.append((tr("running"), number(reading.sample.in_flight)))
    lines.append((tr("succeeded"), rate_words(reading.succeeded)))
    lines.append((tr("failed"), rate_words(reading.failed)))
    lines.append((tr("queue time p95"), time_words(reading.wait_p95)))
    lines.append((tr("duration p95"), time_words(reading.duration_p95)))
    return lines


def summary_words(found: SpanSummary) -> str:
    """Return what happened in a span as a sentence."""
    begin, end = found.since.astimezone(), found.until.astimezone()
    form = "%H:%M:%S" if begin.date() == end.date() else "%m-%d %H:%M"
    when = tr("%1 to %2", begin.strftime(form), end.strftime(form))
    if not found.is_known:
        return tr("%1: no data.", when)
    waited, succeeded, failed = (number(value) for value in (found.most_waiting, found.succeeded, found.failed))
    return tr("%1: up to %2 waiting, %3 succeeded, %4 failed.", when, waited, succeeded, failed)


class _Legend(QWidget):
    """The priorities in a row, from the most urgent."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Override QWidget.sizeHint: fit all names."""
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(priority_words(one)) + _BOX + 6 + _GAP for one in STACK)
        return QSize(width, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Override QWidget.minimumSizeHint: fit all names."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw a square and a word for each priority."""
        painter = QPainter(self)
        metrics = self.fontMetrics()
        left, middle = 0, self.height() / 2
        for priority in reversed(STACK):
            colour = QColor(_COLOURS[priority](self._theme.palette))
            painter.fillRect(QRectF(left, middle - _BOX / 2, _BOX, _BOX), colour)
            left += _BOX + 6
            painter.setPen(QColor(self._theme.palette.muted))
            words = priority_words(priority)
            painter.drawText(left, int(middle + metrics.ascent() / 2 - 1), words)
            left += metrics.horizontalAdvance(words) + _GAP
        painter.end()


class OverviewCharts(QWidget):
    """`wanted` asks for another span; `selected` carries the summary of a selected one, or None."""

    wanted = Signal(object)
    selected = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history: History | None = None
        self.queue_card = Card(tr("Queue depth"))
        self.queue = TimeChart(theme, is_stacked=True, is_whole=True)
        self.queue.least_top = 4.0
        self.queue.setAccessibleName(tr("Queue depth over time"))
        self.queue.setAccessibleDescription(chart_hint())
        self.queue.setMinimumHeight(120)
        self.queue_card.body.addWidget(self.queue, 1)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        self.foot.addWidget(_Legend(theme))
        self.queue_card.body.addLayout(self.foot)
        self.throughput = TimeChart(theme, is_stacked=True)
        self.failures = TimeChart(theme)
        self.wait = TimeChart(theme, is_time=True)
        self.duration = TimeChart(theme, is_time=True)
        self.throughput.least_top, self.failures.least_top = 0.1, 5.0
        self._small: list[tuple[Card, TimeChart]] = []
        for title, chart in (
            (tr("Completed per second"), self.throughput),
            (tr("Failure rate, %"), self.failures),
            (tr("Queue time p50/p95/p99"), self.wait),
            (tr("Duration p50/p95/p99"), self.duration),
        ):
            card = Card(title)
            card.body.setContentsMargins(12, 8, 12, 8)
            card.body.setSpacing(4)
            card.body.addWidget(chart, 1)
            chart.setAccessibleName(title)
            card.setMinimumHeight(_SMALL_HEIGHT)
            self._small.append((card, chart))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.queue_card, 5)
        cards = [card for card, _ in self._small]
        layout.addWidget(WrappingRow(cards, least_width=_SMALL_WIDTH, spacing=12), 3)
        self.reading: QLabel = label("", "reading", parent=self)
        self.reading.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.reading.setTextFormat(Qt.TextFormat.RichText)
        self.reading.hide()
        for chart in self.all:
            chart.moved.connect(self.show_hair_at)
            chart.selected.connect(self._selected)
            chart.wanted.connect(self.wanted)
            chart.cleared.connect(self.clear_selection)

    @property
    def all(self) -> Sequence[TimeChart]:
        """The charts, the queue's first."""
        return (self.queue, self.throughput, self.failures, self.wait, self.duration)

    def show_history(self, history: History) -> None:
        """Show a span of the past."""
        self.history = history
        queue_series = [Series(priority_words(one), _COLOURS[one], history.depth.get(one, [])) for one in STACK]
        self.queue.show_series(history.queue_times, queue_series, span=history.span, step=history.queue_step)
        for chart, series in (
            (
                self.throughput,
                [
                    Series(tr("succeeded"), lambda palette: palette.good, history.succeeded),
                    Series(tr("failed"), lambda palette: palette.bad, history.failed),
                ],
            ),
            (self.failures, [Series(tr("failed"), lambda palette: palette.bad, history.failure_rate)]),
            (self.wait, [Series(name, colour, history.wait[key], pattern) for key, name, colour, pattern in _LINES]),
            (
                self.duration,
                [Series(name, colour, history.duration[key], pattern) for key, name, colour, pattern in _LINES],
            ),
        ):
            chart.show_series(history.times, series, span=history.span, step=history.step)

    def show_span(self, wanted: Span) -> None:
        """Move all charts at once; the values follow when they are loaded."""
        for chart in self.all:
            chart.show_span(wanted)

    def clear_selection(self) -> None:
        """Select nothing."""
        for chart in self.all:
            chart.show_selection(None, None)
        self.selected.emit(None)

    def select(self, since: datetime, until: datetime) -> None:
        """Select a span in all charts and emit its summary."""
        for chart in self.all:
            chart.show_selection(since, until)
        if self.history is not None:
            self.selected.emit(summarise(self.history, since, until))

    def _selected(self, since: datetime, until: datetime) -> None:
        self.select(since, until)

    def show_hair_at(self, at: datetime | None) -> None:
        for chart in self.all:
            chart.show_hair(at)
        if at is None or self.history is None or any(chart.is_dragged for chart in self.all):
            self.reading.hide()
            return
        found = read(self.history, at)
        shown = (found.sample.at if found.sample is not None else at).astimezone()
        form = "%H:%M:%S" if self.history.span.length.total_seconds() < 86_400 else "%m-%d %H:%M"
        cells = [f"<td>{name}</td><td align='right'>&nbsp;&nbsp;{value}</td>" for name, value in reading_lines(found)]
        half = (len(cells) + 1) // 2
        between = "<td>&nbsp;&nbsp;&nbsp;</td>"
        rows = "".join(
            f"<tr>{left}{between}{right}</tr>" for left, right in zip_longest(cells[:half], cells[half:], fillvalue="")
        )
        self.reading.setText(f"<b>{shown:{form}}</b><table cellspacing='0'>{rows}</table>")
        self.reading.adjustSize()  # two columns: not higher than the chart, under which the words on a selection are
        corner = self.queue.mapTo(self, self.queue.rect().topLeft())
        x = corner.x() + int(self.queue.x_of(at)) + _FROM_HAIR
        if x + self.reading.width() > self.width():
            x -= self.reading.width() + 2 * _FROM_HAIR
        self.reading.move(x, corner.y())
        self.reading.show()
        self.reading.raise_()
