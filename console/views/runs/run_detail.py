"""One run: what became of it, when, where, and what it wrote."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.reason_words import reason
from console.status_words import (
    group_words,
    progress_words,
    resource_words,
    status_words,
    trigger_words,
)
from console.theme.glyphs import GLYPH_OF
from console.views.runs.attempt_spans import attempt_spans
from console.views.runs.attempt_timeline import AttemptTimeline
from console.views.runs.compare_dialog import CompareDialog
from console.views.runs.inputs_panel import InputsPanel
from console.views.runs.log.log_view import LogView
from console.views.runs.resource_chart import ResourceChart
from console.widgets.detail_card import DetailCard
from console.widgets.fact_grid import FactGrid
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import absolute, duration, tr
from shared.enums import Permission
from shared.models.run import Attempt, ResourceSample, Run, RunInputs


class RunDetail(DetailCard):
    """The run beside the table."""

    retried = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self.run: Run | None = None
        self._run_id: int | None = None
        self._status = label("")
        self._status.setWordWrap(True)
        self._why = label("", "secondary")
        self._why.setWordWrap(True)
        for line in (self._status, self._why):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(line)
        self.log = LogView(context)
        self.timeline = AttemptTimeline(context.theme, now=context.connection.present)
        self.inputs = InputsPanel()
        self._chart = ResourceChart(context.theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.log, tr("Log"))
        self.tabs.addTab(self._timeline_page(), tr("Attempts"))
        self.tabs.addTab(self.inputs, tr("Inputs and result"))
        self.body.addWidget(self.tabs, 1)
        self.body.addLayout(self._buttons())
        self._refresher = Refresher(context.background, self._load, name="run", parent=self)
        context.connection.resynced.connect(self.refresh)

    def _timeline_page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("plain")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        column.addWidget(self.timeline)
        column.addWidget(self._chart)
        column.addSpacing(8)
        self.facts = FactGrid(
            (
                ("progress", tr("Progress")),
                ("group", tr("Fan-out")),
                ("scheduled", tr("Scheduled for")),
                ("queued", tr("Queued")),
                ("started", tr("Started")),
                ("ended", tr("Ended")),
                ("resources", tr("Resources")),
            )
        )
        column.addLayout(self.facts)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(page)
        scroll.setAccessibleName(tr("Details"))
        return scroll

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._cancel = QPushButton(tr("Cancel run"))
        self._cancel.clicked.connect(self._start_cancel)
        self._compare = QPushButton(tr("Compare…"))
        self._compare.setToolTip(tr("Compare with the last success"))
        self._compare.clicked.connect(lambda: self.compare())
        self._retry_as_was = QPushButton()
        self._retry_as_was.clicked.connect(lambda: self._start_retry(as_it_was=True))
        self._retry = QPushButton(tr("Re-run"))
        self._retry.clicked.connect(lambda: self._start_retry(as_it_was=False))
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
        """Reload the run, if one is shown."""
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
        client = self._context.connection.client
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
        self.aside.setText(tr("run %1", run.id))
        self._retry_as_was.setText(tr("Re-run with version %1", run.task_version))
        self.glyph.show_glyph(GLYPH_OF[run.status])
        self._status.setText(" · ".join(_status_parts(run)))
        why = reason(run) if run.error != f"exit code {run.exit_code}" else ""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.timeline.show_spans(attempt_spans(run, attempts))
        self.tabs.setTabText(1, tr("Attempts") if run.attempt < 2 else tr("%1 attempts", run.attempt))
        self.inputs.show_inputs(run, inputs)
        self.facts.put("progress", progress_words(run))
        self.facts.put("group", group_words(run))
        self.facts.put("resources", resource_words(run, samples))
        self.facts.put("scheduled", absolute(run.scheduled_for))
        self.facts.put("queued", absolute(run.queued_at))
        self.facts.put("started", absolute(run.started_at))
        self.facts.put("ended", absolute(run.completed_at))
        self._chart.show_samples([one for one in samples if one.attempt == run.attempt])
        hiding = (self._cancel,) if run.status.is_final else (self._retry, self._retry_as_was, self._compare)
        if any(button.hasFocus() for button in hiding):
            self.tabs.setFocus()  # Qt would give the focus of a button that hides to the side bar
        self._cancel.setVisible(not run.status.is_final)
        self._permit(run)
        for button in (self._retry, self._retry_as_was, self._compare):
            button.setVisible(run.status.is_final)

    def _permit(self, run: Run) -> None:
        """Offer what the user may do with a run; the rest says why not."""
        refusal = self._context.permissions.why_not(run.folder, Permission.RUN)
        self._cancel.setEnabled(run.cancel_requested_at is None and not refusal)
        for button, words in (
            (self._cancel, ""),
            (self._retry, ""),
            (self._retry_as_was, tr("Use the task version of this run instead of the current one")),
        ):
            button.setToolTip(plain_tip(refusal or words))
        for button in (self._retry, self._retry_as_was):
            button.setEnabled(not refusal)

    def _start_cancel(self) -> None:
        if self._run_id is not None:
            if self._cancel.hasFocus():
                self.tabs.setFocus()
            self._cancel.setEnabled(False)
            self._context.background.start(self._do_cancel(self._run_id), name="cancel run")

    def _start_retry(self, *, as_it_was: bool) -> None:
        if self._run_id is not None:
            self._context.background.start(self._do_retry(self._run_id, as_it_was=as_it_was), name="retry run")

    async def _do_cancel(self, run_id: int) -> None:
        await self._context.connection.client.cancel_run(run_id)
        self._refresher.request_now()

    async def _do_retry(self, run_id: int, *, as_it_was: bool) -> None:
        again = await self._context.connection.client.retry_run(run_id, as_it_was=as_it_was)
        self.retried.emit(again.id)


def _status_parts(run: Run) -> list[str]:
    """Return what there is to say of a run in one line."""
    parts = [status_words(run.status)]
    if run.cancel_requested_at is not None and not run.status.is_final:
        parts.append(tr("cancelling"))
    if run.execution_time_ms is not None:
        parts.append(duration(run.execution_time_ms))
    if run.exit_code is not None:
        parts.append(tr("exit code %1", run.exit_code))
    if run.http_status is not None:
        parts.append(f"HTTP {run.http_status}")
    parts.append(trigger_words(run.trigger))
    if run.worker_id:
        parts.append(run.worker_id)
    return parts
