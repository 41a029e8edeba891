"""The row above the runs' table: what to look for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from console.status_words import status_words, trigger_words
from console.theme.current import Theme
from console.widgets.boxes import DateTimeEdit
from console.widgets.filter_bar import FilterBar
from console.widgets.surfaces import label
from console.words import enumeration, fill, tr
from shared.enums import RunStatus, RunTrigger
from shared.models.run_filter import RunFilter

_IN_FLIGHT = (RunStatus.RUNNING, RunStatus.DISPATCHED)
_WAITING = (RunStatus.PENDING, RunStatus.BLOCKED)
_BAD = (RunStatus.FAILED, RunStatus.TIMED_OUT)
_BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What another view asked to see, in words."""

    words: str
    wanted: RunFilter


class RunFilters(QWidget):
    """`changed` follows typing, after a short pause, and each choice."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrowing: Narrowing | None = None
        self._workers: list[str] = []
        self.bar = FilterBar(theme, tr("Search tasks and run numbers  ( / )"))
        self._status = self.bar.add_choice(
            [
                (tr("Any status"), ()),
                (tr("Waiting"), _WAITING),
                (tr("Running"), _IN_FLIGHT),
                (tr("Failed"), _BAD),
                *((status_words(one), (one,)) for one in (RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.SKIPPED)),
            ],
            tr("Status"),
        )
        self._trigger = self.bar.add_choice(
            [(tr("Any trigger"), None), *((trigger_words(one), one) for one in RunTrigger)], tr("Trigger")
        )
        self._worker = self.bar.add_choice([(tr("Any worker"), None)], tr("Worker"))
        self._time = self.bar.add_choice(
            [
                (tr("Any time"), None),
                (tr("Last 5 min"), timedelta(minutes=5)),
                (tr("Last hour"), timedelta(hours=1)),
                (tr("Last 24 h"), timedelta(hours=24)),
                (tr("Last 7 d"), timedelta(days=7)),
                (tr("Between…"), _BETWEEN),
            ],
            tr("Queued"),
        )
        self.narrowed = QPushButton()
        self.narrowed.setToolTip(tr("Show all runs"))
        self.narrowed.clicked.connect(lambda: self.narrow(None))
        self.narrowed.hide()
        self.bar.add_widget(self.narrowed)
        self.between = self._make_between()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.bar, 1)
        self.bar.add_widget(self.between)
        self.bar.changed.connect(self._show_between)
        self.bar.changed.connect(self.changed)

    @property
    def wanted(self) -> RunFilter:
        """What the person looks for."""
        since, until = self._bounds()
        found = RunFilter(
            statuses=frozenset(self._status.currentData() or ()),
            worker_id=self._worker.currentData(),
            trigger=self._trigger.currentData(),
            since=since,
            until=until,
            text=self.bar.text,
        )
        if self._narrowing is not None:
            other = self._narrowing.wanted
            found = replace(
                found,
                task_id=other.task_id,
                worker_id=other.worker_id or found.worker_id,
                statuses=other.statuses or found.statuses,
                since=other.since or found.since,
                until=other.until or found.until,
                ended_since=other.ended_since,
                ended_until=other.ended_until,
                waiting_since=other.waiting_since,
                waiting_until=other.waiting_until,
            )
        return found

    def clear(self) -> None:
        """Look for every run again."""
        self.replace(None)

    def replace(self, narrowing: Narrowing | None) -> None:
        """Look for what another view asked for alone, whatever was typed and chosen before."""
        self.bar.clear()
        self.between.hide()
        self.narrow(narrowing)

    def narrow(self, narrowing: Narrowing | None) -> None:
        """Look only at what another view asked for, or at all again."""
        self._narrowing = narrowing
        self.narrowed.setVisible(narrowing is not None)
        if narrowing is not None:
            self.narrowed.setText(f"{narrowing.words}  ×")
        self.changed.emit()

    def offer_workers(self, workers: Sequence[str]) -> None:
        """Offer these workers to choose from; the choice stays."""
        if list(workers) == self._workers:
            return
        self._workers = list(workers)
        chosen = self._worker.currentData()
        self._worker.blockSignals(True)
        self._worker.clear()
        self._worker.addItem(tr("Any worker"), None)
        for worker in workers:
            self._worker.addItem(worker, worker)
        self._worker.setCurrentIndex(max(self._worker.findData(chosen), 0))
        self._worker.blockSignals(False)

    def choose(self, box: str, value: Any) -> None:
        """Choose for the person; `box` is status, trigger, worker or time."""
        boxes: dict[str, QComboBox] = {
            "status": self._status,
            "trigger": self._trigger,
            "worker": self._worker,
            "time": self._time,
        }
        chosen = boxes[box]
        for place in range(chosen.count()):
            if chosen.itemData(place) == value:
                chosen.setCurrentIndex(place)

    def _show_between(self) -> None:
        self.between.setVisible(self._time.currentData() == _BETWEEN)

    def _make_between(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        now = QDateTime.currentDateTime()
        self._since, self._until = DateTimeEdit(), DateTimeEdit()
        for edit, name, at in (
            (self._since, tr("From"), now.addSecs(-3600)),
            (self._until, tr("Until"), now.addSecs(60)),
        ):
            edit.setDateTime(at)
            edit.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
            edit.setCalendarPopup(True)
            edit.setAccessibleName(name)
            edit.dateTimeChanged.connect(lambda _at: self.bar.changed.emit())
        row.addWidget(self._since)
        row.addWidget(label("–", "secondary"))
        row.addWidget(self._until)
        box.hide()
        return box

    def _bounds(self) -> tuple[datetime | None, datetime | None]:
        chosen = self._time.currentData()
        if isinstance(chosen, timedelta):
            return datetime.now(UTC) - chosen, None
        if chosen == _BETWEEN:
            since, until = self._since.dateTime(), self._until.dateTime()
            return (
                datetime.fromtimestamp(since.toSecsSinceEpoch(), UTC),
                datetime.fromtimestamp(until.toSecsSinceEpoch(), UTC),
            )
        return None, None


def narrowing_of(wanted: dict[str, Any]) -> Narrowing | None:
    """Return what another view asked to see; None where it asked for nothing but a run.

    It may ask for a `task`, a `worker`, some `status`, for what was queued from `since` to `until`,
    for what ended from `ended_since` to `ended_until`, or for what waited
    from `waiting_since` to `waiting_until`; queued not before `since` then too, where that is known.
    """

    def span(words: str, since: datetime, until: datetime) -> str:
        begin, end = since.astimezone(), until.astimezone()
        second = f"{end:%H:%M:%S}" if begin.date() == end.date() else f"{end:%m-%d %H:%M:%S}"
        return fill(words, f"{begin:%m-%d %H:%M:%S}", second)

    parts: list[str] = []
    if "task" in wanted:
        parts.append(tr("only %1", wanted.get("task_name", wanted["task"])))
    if "worker" in wanted:
        parts.append(tr("only on %1", wanted["worker"]))
    if "status" in wanted:
        parts.append(enumeration(status_words(RunStatus(one)) for one in wanted["status"]))
    if "waiting_since" in wanted:
        parts.append(span(tr("waiting from %1 to %2"), wanted["waiting_since"], wanted["waiting_until"]))
    elif "ended_since" in wanted:
        parts.append(span(tr("ended from %1 to %2"), wanted["ended_since"], wanted["ended_until"]))
    elif "since" in wanted:
        parts.append(span(tr("%1 to %2"), wanted["since"], wanted["until"]))
    if not parts:
        return None
    return Narrowing(
        " · ".join(parts),
        RunFilter(
            statuses=frozenset(RunStatus(one) for one in wanted.get("status", ())),
            task_id=int(wanted["task"]) if "task" in wanted else None,
            worker_id=wanted.get("worker"),
            since=wanted.get("since"),
            until=wanted.get("until"),
            ended_since=wanted.get("ended_since"),
            ended_until=wanted.get("ended_until"),
            waiting_since=wanted.get("waiting_since"),
            waiting_until=wanted.get("waiting_until"),
        ),
    )
