"""The overview's charts: queue depth, and below it throughput and times. They share span, cross-hair and selection."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.charts.levels import Series
from console.charts.span import Span
from console.charts.time_chart import TimeChart
from console.theme.current import Theme
from console.theme.palette import Palette
from console.views.overview.series import STACK, History, Reading, SpanSummary, newest, read, summarise
from console.widgets.elided_label import ElidedLabel
from console.widgets.surfaces import Card
from console.widgets.wrapping_row import WrappingRow
from console.words import duration, number, percent, span, tr
from shared.enums import Priority

_SMALL_WIDTH = 248
_SMALL_HEIGHT = 104
_COLOURS: dict[Priority, Callable[[Palette], str]] = {
    Priority.CRITICAL: lambda palette: palette.bad,
    Priority.HIGH: lambda palette: palette.warning,
    Priority.NORMAL: lambda palette: palette.accent,
    Priority.LOW: lambda palette: palette.idle,
}
_BOX = 8
_GAP = 16


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


def reading_words(reading: Reading, *, form: str) -> str:
    """Return the queue at an instant in one line; `form` is that of its time."""
    shown = reading.sample.at if reading.sample is not None else reading.at
    parts = [shown.astimezone().strftime(form)]
    if reading.sample is None:
        parts.append(tr("no data"))
    else:
        depth, oldest = reading.sample.by_priority, reading.sample.oldest_waiting_seconds
        parts += [tr("%1 %2", priority_words(one), number(depth.get(one, 0))) for one in reversed(STACK)]
        parts += [tr("oldest %1", span(oldest))] if oldest is not None else []
        parts.append(tr("%1 running", number(reading.sample.in_flight)))
    return " · ".join(parts)


def percentile_words(times: tuple[float | None, float | None]) -> str:
    """Return the 50th and the 95th percentile."""
    return tr("p50 %1 · p95 %2", time_words(times[0]), time_words(times[1])) if times[1] is not None else "–"


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
        self._hair: datetime | None = None
        self._forecast = ""
        self.queue_card = Card(tr("Queue depth"))
        self.queue = TimeChart(theme, is_stacked=True, is_whole=True)
        self.queue.least_top = 4.0
        self.queue.setAccessibleName(tr("Queue depth over time"))
        self.queue.setAccessibleDescription(chart_hint())
        self.queue.setMinimumHeight(120)
        # What the cross-hair reads stands above the charts: a box beside it would cover what it explains.
        self.reading = ElidedLabel("", "secondary")
        self.queue_card.body.addWidget(self.reading)
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
            (tr("Queue time"), self.wait),
            (tr("Duration"), self.duration),
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
        for chart in self.all:
            chart.moved.connect(self.show_hair_at)
            chart.selected.connect(self._selected)
            chart.wanted.connect(self.wanted)
            chart.cleared.connect(self.clear_selection)

    @property
    def all(self) -> Sequence[TimeChart]:
        """The charts, the queue's first."""
        return (self.queue, self.throughput, self.failures, self.wait, self.duration)

    def set_stale(self, is_stale: bool) -> None:
        """Dim the values while newer ones cannot be had."""
        for chart in self.all:
            chart.set_stale(is_stale)

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
            (self.wait, _band(history.wait)),
            (self.duration, _band(history.duration)),
        ):
            chart.show_series(history.times, series, span=history.span, step=history.step)
        self.show_hair_at(self._hair)

    def show_forecast(self, words: str) -> None:
        """Show what the queue is now and will be; the cross-hair's reading replaces it for a while."""
        self._forecast = words
        if self._hair is None:
            self.reading.setText(words)

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
        """Show the cross-hair at an instant and every value there; without one the newest values."""
        self._hair = at
        for chart in self.all:
            chart.show_hair(at)
        history = self.history
        if history is None:
            return
        form = "%H:%M:%S" if history.span.length.total_seconds() < 86_400 else "%m-%d %H:%M"
        self.reading.setText(self._forecast if at is None else reading_words(read(history, at), form=form))
        found = read(history, newest(history) if at is None else at)
        ended = None if found.succeeded is None else found.succeeded + (found.failed or 0.0)
        rate = "–" if found.failure_rate is None else percent(round(found.failure_rate, 1))
        values = (rate_words(ended), rate, percentile_words(found.wait), percentile_words(found.duration))
        for (card, _chart), words in zip(self._small, values, strict=True):
            card.aside.setText(words)


def _band(times: Mapping[str, Sequence[float | None]]) -> list[Series]:
    """Return the 50th percentile as a line, and a band from it up to the 95th."""
    low, high = times["p50_ms"], times["p95_ms"]
    return [
        Series("p95", lambda palette: palette.accent, high, floor=low),
        Series("p50", lambda palette: palette.text, low),
    ]
