"""One run: what became of it, when, where, and what it wrote."""

import json

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QToolButton, QWidget

from console.context import Context
from console.link.refresher import Refresher
from console.status_words import (
    group_words,
    progress_words,
    reason,
    resource_words,
    status_words,
    trigger_words,
)
from console.theme.current import Theme
from console.theme.glyphs import GLYPH_OF, Glyph, paint_glyph
from console.theme.icons import icon
from console.views.runs.log.log_view import LogView
from console.views.runs.resource_chart import ResourceChart
from console.widgets.surfaces import Card, label
from console.words import absolute, duration, tr
from shared.models.run import Attempt, ResourceSample, Run


class StatusGlyph(QWidget):
    """A status's shape by itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.glyph = Glyph.RING
        self.setFixedSize(QSize(16, 16))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        painter = QPainter(self)
        paint_glyph(painter, QRectF(0, 0, 16, 16), self.glyph, self._theme.palette)
        painter.end()


def attempt_words(attempts: list[Attempt]) -> str:
    """Return the attempts before the last in one line each."""
    lines = []
    for one in attempts:
        parts = [tr("attempt %1").replace("%1", str(one.attempt)), one.outcome.replace("_", " ")]
        if one.error:
            parts.append(one.error)
        if one.execution_time_ms is not None:
            parts.append(duration(one.execution_time_ms))
        if one.worker_id:
            parts.append(one.worker_id)
        lines.append(" · ".join(parts))
    return "\n".join(lines)


class RunDetail(Card):
    """The run beside the table; `closed` when it is put away."""

    closed = Signal()
    retried = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._context = context
        self.run: Run | None = None
        self._run_id: int | None = None
        self._glyph = StatusGlyph(context.theme)
        self.head.insertWidget(0, self._glyph)
        self.head.setSpacing(8)
        self._close = QToolButton()
        self._close.setObjectName("rowAction")
        self._close.setToolTip(tr("Close (Esc)"))
        self._close.setAccessibleName(tr("Close"))
        self._close.clicked.connect(self.closed)
        self.head.addWidget(self._close)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._values = {}
        for row, (name, caption) in enumerate(
            (
                ("status", tr("Status")),
                ("why", tr("Why")),
                ("progress", tr("Progress")),
                ("group", tr("Group")),
                ("trigger", tr("Started by")),
                ("scheduled", tr("Scheduled for")),
                ("worker", tr("Worker")),
                ("queued", tr("Queued")),
                ("started", tr("Started")),
                ("ended", tr("Ended")),
                ("attempts", tr("Attempts")),
                ("resources", tr("Resources")),
                ("output", tr("Result")),
            )
        ):
            title = label(caption, "secondary")
            value = label("")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addWidget(title, row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, row, 1)
            self._values[name] = (title, value)
        self.body.addLayout(self._facts)
        self._chart = ResourceChart(context.theme)
        self.body.addWidget(self._chart)
        self.log = LogView(context)
        self.body.addWidget(self.log, 1)
        row_layout = QHBoxLayout()
        self._cancel = QPushButton(tr("Cancel the run"))
        self._cancel.clicked.connect(lambda: self._start("cancel"))
        self._retry = QPushButton(tr("Run again"))
        self._retry.clicked.connect(lambda: self._start("retry"))
        row_layout.addStretch(1)
        row_layout.addWidget(self._cancel)
        self._retry_as_was = QPushButton(tr("Run again as it was"))
        self._retry_as_was.setToolTip(tr("By the task as it was then, not as it is now"))
        self._retry_as_was.clicked.connect(lambda: self._start("repeat"))
        row_layout.addWidget(self._retry_as_was)
        row_layout.addWidget(self._retry)
        self.body.addLayout(row_layout)
        self._refresher = Refresher(context.tasks, self._load, name="run", parent=self)
        context.link.resynced.connect(self.refresh)
        context.theme.changed.connect(self._restyle)
        self._restyle()

    def show_run(self, run_id: int) -> None:
        """Show another run and follow its log."""
        if run_id != self._run_id:
            self._run_id = run_id
            self.log.follow(run_id)
        self._refresher.request_now()

    def put_away(self) -> None:
        """Follow nothing."""
        self._run_id = None
        self.run = None
        self.log.follow(None)

    def refresh(self) -> None:
        """Load the run anew, if one is shown."""
        if self._run_id is not None:
            self._refresher.request()

    @property
    def run_id(self) -> int | None:
        """Which run is shown."""
        return self._run_id

    async def _load(self) -> None:
        run_id = self._run_id
        if run_id is None:
            return
        client = self._context.link.client
        run = await client.get_run(run_id)
        attempts = await client.attempts(run_id) if run.attempt > 1 else []
        answer = await client.request("GET", f"/api/runs/{run_id}/resources")
        samples = [ResourceSample.model_validate(one) for one in answer["data"]]
        if run_id == self._run_id:
            self._show(run, attempts, samples)

    def _show(self, run: Run, attempts: list[Attempt], samples: list[ResourceSample]) -> None:
        self.run = run
        self.title.setText(run.task_name)
        self.aside.setText(tr("run %1").replace("%1", str(run.id)))
        self._glyph.glyph = GLYPH_OF[run.status]
        self._glyph.update()
        status = status_words(run.status)
        if run.execution_time_ms is not None:
            status += " · " + duration(run.execution_time_ms)
        if run.exit_code is not None:
            status += " · " + tr("exit code %1").replace("%1", str(run.exit_code))
        if run.cancel_requested_at is not None and not run.status.is_final:
            status += " · " + tr("cancelling")
        self._set("status", status)
        self._set("why", reason(run))
        self._set("progress", progress_words(run))
        self._set("group", group_words(run))
        self._set("resources", resource_words(run, samples))
        self._set("output", "" if run.output is None else json.dumps(run.output, ensure_ascii=False))
        self._set("trigger", trigger_words(run.trigger))
        self._set("scheduled", absolute(run.scheduled_for))
        self._set("worker", run.worker_id or "")
        self._set("queued", absolute(run.queued_at))
        self._set("started", absolute(run.started_at))
        self._set("ended", absolute(run.completed_at))
        self._set("attempts", attempt_words(attempts))
        self._chart.show_samples([one for one in samples if one.attempt == run.attempt])
        self._cancel.setVisible(not run.status.is_final)
        self._cancel.setEnabled(run.cancel_requested_at is None)
        self._retry.setVisible(run.status.is_final)
        self._retry_as_was.setVisible(run.status.is_final)

    def _set(self, name: str, text: str) -> None:
        title, value = self._values[name]
        value.setText(text)
        title.setVisible(bool(text))
        value.setVisible(bool(text))

    def _start(self, verb: str) -> None:
        if self.run is not None:
            self._context.tasks.start(self._act(verb, self.run), name=f"{verb} run")

    async def _act(self, verb: str, run: Run) -> None:
        client = self._context.link.client
        if verb == "cancel":
            self._cancel.setEnabled(False)
            await client.cancel_run(run.id)
            self._refresher.request_now()
        else:
            again = await client.retry_run(run.id, as_it_was=verb == "repeat")
            self.retried.emit(again.id)

    def _restyle(self) -> None:
        self._close.setIcon(icon("close", self._context.theme.palette.muted))
