"""The test run of an unsaved task, with its live log."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.context import Context
from console.feeds.runs import RunEvent
from console.status_words import status_words
from console.theme.glyphs import GLYPH_OF
from console.views.runs.log.log_view import LogView
from console.widgets.status_glyph import StatusGlyph
from console.widgets.surfaces import label
from console.words import duration, tr
from shared.errors import ConflictError, NotFoundError
from shared.models.run import Run

_LEAST_HEIGHT = 180


class TestRunPanel(QWidget):
    """The state and the live log of a test run; `changed` follows each change of the state."""

    changed = Signal()
    closed = Signal()
    closing = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.run: Run | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._glyph = StatusGlyph(context.theme)
        self.words = label("")
        self.words.setWordWrap(True)
        self.cancel = QPushButton(tr("Cancel run"))
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self._start_cancel)
        close = QPushButton(tr("Hide"))
        close.setAutoDefault(False)
        close.setObjectName("link")
        close.clicked.connect(self.put_away)
        row.addWidget(self._glyph)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        row.addWidget(close)
        layout.addLayout(row)
        self.log = LogView(context)
        self.log.setMinimumHeight(_LEAST_HEIGHT)
        layout.addWidget(self.log, 1)
        context.feeds.runs.changed.connect(self._run_changed)
        context.connection.resynced.connect(self._look_again)
        self.hide()

    async def start(self, fields: dict[str, Any]) -> None:
        """Start a test run; raises what the backend rejects."""
        run = await self._context.connection.client.start_test_run(fields)
        if isValid(self):
            self.run = None
            self.show()
            self.log.follow(run.id)
            self._show(run)
            self._look_again()  # its end may have been told before its start was answered

    def put_away(self) -> None:
        """Stop following; a run that has not ended is cancelled."""
        self.log.follow(None)
        if self.run is not None and not self.run.status.is_final:
            self._start_cancel()
        self.run = None
        if self.isAncestorOf(self.window().focusWidget()):
            self.closing.emit()
        self.hide()
        self.closed.emit()

    def _run_changed(self, event: RunEvent) -> None:
        if self.run is not None and event.run.id == self.run.id:
            self._show(event.run)

    def _look_again(self) -> None:
        if self.run is not None:
            self._context.background.start(self._load(self.run.id), name="test run")

    async def _load(self, run_id: int) -> None:
        run = await self._context.connection.client.get_run(run_id)
        if isValid(self) and self.run is not None and self.run.id == run_id:
            self._show(run)

    def _show(self, run: Run) -> None:
        if self.run is not None and self.run.status.is_final:
            return
        self.run = run
        self._glyph.show_glyph(GLYPH_OF[run.status])
        parts = [tr("Test run"), status_words(run.status)]
        if run.status.is_final:
            parts += [duration(run.execution_time_ms)]
            parts += [tr("exit code %1", run.exit_code)] if run.exit_code is not None else []
        parts += [run.error or run.waiting_reason or ""]
        self.words.setText(" · ".join(part for part in parts if part))
        self.cancel.setVisible(not run.status.is_final)
        self.changed.emit()

    def _start_cancel(self) -> None:
        if self.run is not None:
            self._context.background.start(self._cancel(self.run.id), name="cancel test run")

    async def _cancel(self, run_id: int) -> None:
        try:
            await self._context.connection.client.cancel_run(run_id)
        except (NotFoundError, ConflictError):
            return  # it ended before the request arrived
