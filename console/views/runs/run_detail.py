"""One run: what became of it, when, where, and what it wrote."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QTabWidget, QToolButton, QWidget

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
from console.views.runs.attempt_spans import attempt_spans
from console.views.runs.attempt_timeline import AttemptTimeline
from console.views.runs.compare_dialog import CompareDialog
from console.views.runs.inputs_panel import InputsPanel
from console.views.runs.log.log_view import LogView
from console.views.runs.resource_chart import ResourceChart
from console.widgets.surfaces import Card, label
from console.words import absolute, duration, tr
from shared.models.run import Attempt, ResourceSample, Run, RunInputs


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


class RunDetail(Card):
    """The run beside the table; `closed` when it is put away."""

    closed = Signal()
    retried = Signal(int)
    task_wanted = Signal(int)

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
        self._status = label("")
        self._status.setWordWrap(True)
        self._why = label("", "secondary")
        self._why.setWordWrap(True)
        for line in (self._status, self._why):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(line)
        self.log = LogView(context)
        self.timeline = AttemptTimeline(context.theme)
        self.inputs = InputsPanel()
        self._chart = ResourceChart(context.theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.log, tr("Log"))
        self.tabs.addTab(self._timeline_page(), tr("Attempts"))
        self.tabs.addTab(self.inputs, tr("Inputs and result"))
        self.body.addWidget(self.tabs, 1)
        self.body.addLayout(self._buttons())
        self._refresher = Refresher(context.tasks, self._load, name="run", parent=self)
        context.link.resynced.connect(self.refresh)
        context.theme.changed.connect(self._restyle)
        self._restyle()

    def _timeline_page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("plain")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.timeline, 0, 0, 1, 2)
        grid.addWidget(self._chart, 1, 0, 1, 2)
        grid.setRowMinimumHeight(2, 8)
        self._values = {}
        for row, (name, caption) in enumerate(
            (
                ("progress", tr("Progress")),
                ("group", tr("Group")),
                ("scheduled", tr("Scheduled for")),
                ("queued", tr("Queued")),
                ("started", tr("Started")),
                ("ended", tr("Ended")),
                ("resources", tr("Resources")),
            )
        ):
            title = label(caption, "secondary")
            value = label("")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(title, row + 3, 0, alignment=Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row + 3, 1)
            self._values[name] = (title, value)
        grid.setRowStretch(20, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(page)
        return scroll

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._cancel = QPushButton(tr("Cancel the run"))
        self._cancel.clicked.connect(lambda: self._start("cancel"))
        self._compare = QPushButton(tr("Compare …"))
        self._compare.setToolTip(tr("Compare with the last success"))
        self._compare.clicked.connect(lambda: self.compare())
        self._retry_as_was = QPushButton(tr("Repeat as it was"))
        self._retry_as_was.setToolTip(tr("By the task as it was then, not as it is now"))
        self._retry_as_was.clicked.connect(lambda: self._start("repeat"))
        self._retry = QPushButton(tr("Run again"))
        self._retry.clicked.connect(lambda: self._start("retry"))
        row.addWidget(self._compare)
        row.addStretch(1)
        for button in (self._cancel, self._retry_as_was, self._retry):
            row.addWidget(button)
        return row

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

    def compare(self) -> CompareDialog | None:
        """Open the comparison with the last success."""
        if self.run is None:
            return None
        dialog = CompareDialog(self._context, self.run, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @property
    def run_id(self) -> int | None:
        """Which run is shown."""
        return self._run_id

    async def _load(self) -> None:
        run_id = self._run_id
        if run_id is None:
            return
        client = self._context.link.client
        run, attempts, samples, inputs = await asyncio.gather(
            client.get_run(run_id), client.attempts(run_id), client.resources(run_id), client.run_inputs(run_id)
        )
        if run_id == self._run_id:
            self._show(run, attempts, samples, inputs)

    def _show(
        self, run: Run, attempts: Sequence[Attempt], samples: Sequence[ResourceSample], inputs: RunInputs
    ) -> None:
        self.run = run
        self.title.setText(run.task_name)
        self.aside.setText(tr("run %1").replace("%1", str(run.id)))
        self._glyph.glyph = GLYPH_OF[run.status]
        self._glyph.update()
        self._status.setText(" · ".join(_status_parts(run)))
        why = reason(run) if run.error != f"exit code {run.exit_code}" else ""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.timeline.show_spans(attempt_spans(run, attempts))
        self.tabs.setTabText(
            1, tr("Attempts") if run.attempt < 2 else tr("%1 attempts").replace("%1", str(run.attempt))
        )
        self.inputs.show_inputs(run, inputs)
        self._set("progress", progress_words(run))
        self._set("group", group_words(run))
        self._set("resources", resource_words(run, samples))
        self._set("scheduled", absolute(run.scheduled_for))
        self._set("queued", absolute(run.queued_at))
        self._set("started", absolute(run.started_at))
        self._set("ended", absolute(run.completed_at))
        self._chart.show_samples([one for one in samples if one.attempt == run.attempt])
        self._cancel.setVisible(not run.status.is_final)
        self._cancel.setEnabled(run.cancel_requested_at is None)
        for button in (self._retry, self._retry_as_was, self._compare):
            button.setVisible(run.status.is_final)

    def _set(self, name: str, text: str) -> None:
        title, value = self._values[name]
        value.setText(text)
        title.setVisible(bool(text))
        value.setVisible(bool(text))

    def _start(self, verb: str) -> None:
        if self._run_id is not None:
            self._context.tasks.start(self._act(verb, self._run_id), name=f"{verb} run")

    async def _act(self, verb: str, run_id: int) -> None:
        client = self._context.link.client
        if verb == "cancel":
            self._cancel.setEnabled(False)
            await client.cancel_run(run_id)
            self._refresher.request_now()
        else:
            again = await client.retry_run(run_id, as_it_was=verb == "repeat")
            self.retried.emit(again.id)

    def _restyle(self) -> None:
        self._close.setIcon(icon("close", self._context.theme.palette.muted))


def _status_parts(run: Run) -> list[str]:
    """Return what there is to say of a run in one line."""
    parts = [status_words(run.status)]
    if run.cancel_requested_at is not None and not run.status.is_final:
        parts.append(tr("cancelling"))
    if run.execution_time_ms is not None:
        parts.append(duration(run.execution_time_ms))
    if run.exit_code is not None:
        parts.append(tr("exit code %1").replace("%1", str(run.exit_code)))
    if run.http_status is not None:
        parts.append(f"HTTP {run.http_status}")
    parts.append(trigger_words(run.trigger))
    if run.worker_id:
        parts.append(run.worker_id)
    return parts
