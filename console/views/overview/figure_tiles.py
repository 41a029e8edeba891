"""The five figures of the overview, each of which leads to the runs or the queue that it counts."""

from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.theme.current import Theme
from console.widgets.figure import Figure
from console.widgets.wrapping_row import WrappingRow
from console.words import duration, number, percent, span, tr
from shared.enums import RunStatus
from shared.models.system import SystemStats

TARGET_MS = 30
SLOWEST_SHOWN_PER_SECOND = 0.05
_TILE_WIDTH = 172
_STATUSES = {
    "running": [RunStatus.DISPATCHED, RunStatus.RUNNING],
    "succeeded": [RunStatus.SUCCEEDED],
    "failed": [RunStatus.FAILED, RunStatus.TIMED_OUT],
}
"""The runs that a figure counts; the others count what waits."""
_LAST_HOUR = timedelta(hours=1)


class FigureTiles(QWidget):
    """Figures side by side. `followed` carries the view that shows what a figure counts, and what is wanted of it."""

    followed = Signal(str, dict)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = {
            name: Figure(theme, caption, opens=opens)
            for name, caption, opens in (
                ("waiting", tr("Waiting"), tr("Show the queue")),
                ("running", tr("Running"), tr("Show running runs")),
                ("succeeded", tr("Succeeded, last hour"), tr("Show the succeeded runs of the last hour")),
                ("failed", tr("Failed, last hour"), tr("Show the failed runs of the last hour")),
                (
                    "latency",
                    tr("Start latency p99"),
                    tr("Show the queue. The latency includes the wait for a free slot."),
                ),
            )
        }
        for name, figure in self.figures.items():
            figure.clicked.connect(partial(self._follow, name))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(WrappingRow(list(self.figures.values()), least_width=_TILE_WIDTH, spacing=12))

    def show_stats(self, stats: SystemStats) -> None:
        """Show the figures, each beside what it should be compared with."""
        oldest = stats.oldest_waiting_seconds
        beside = tr("oldest %1", span(oldest)) if stats.runs_waiting and oldest is not None else ""
        self.figures["waiting"].show_value(number(stats.runs_waiting), beside)
        self.figures["running"].show_value(number(stats.runs_in_flight), tr("of %1 slots", number(stats.slots_total)))
        ended = stats.succeeded_last_hour + stats.failed_last_hour
        rate = percent(round(100 * stats.succeeded_last_hour / ended, 1)) if ended else ""
        if stats.runs_per_second >= SLOWEST_SHOWN_PER_SECOND:
            rate += " · " + tr("%1/s", f"{stats.runs_per_second:.1f}")
        self.figures["succeeded"].show_value(
            number(stats.succeeded_last_hour), rate, tone="good" if stats.succeeded_last_hour else ""
        )
        tasks = (
            tr("1 task") if stats.failed_tasks_last_hour == 1 else tr("%1 tasks", number(stats.failed_tasks_last_hour))
        )
        self.figures["failed"].show_value(
            number(stats.failed_last_hour),
            tasks if stats.failed_last_hour else "",
            tone="bad" if stats.failed_last_hour else "",
        )
        latency = stats.start_latency_p99_ms
        self.figures["latency"].show_value(
            "–" if latency is None else duration(round(latency)),
            tr("target %1 ms", TARGET_MS),
            tone="warning" if latency is not None and latency > TARGET_MS else "",
        )

    def set_stale(self, is_stale: bool) -> None:
        """Dim the figures while newer ones cannot be had."""
        for figure in self.figures.values():
            figure.set_stale(is_stale)

    def _follow(self, name: str) -> None:
        statuses = _STATUSES.get(name)
        if statuses is None:
            self.followed.emit("queue", {})
            return
        now = datetime.now(UTC)
        ended = {} if name == "running" else {"ended_since": now - _LAST_HOUR, "ended_until": now}
        self.followed.emit("runs", {"status": statuses, **ended})
