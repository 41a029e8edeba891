"""The live log of a run, with search, wrapping, timestamps and saving."""

import asyncio
import time
from contextlib import aclosing
from typing import cast

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from console import remembered
from console.context import Context
from console.theme.icons import icon
from console.views.runs.log.canvas import LogCanvas
from console.views.runs.log.document import LogDocument
from console.views.runs.log.download import LogDownload
from console.views.runs.log.search import LogSearch
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import data_size, number, tr
from shared.errors import BackendUnreachableError
from shared.models.run import LogChunk

_BUDGET_SECONDS = 0.006
_SEARCHED_AT_ONCE = 2_000
_AGAIN_SECONDS = 1.0


class LogView(QWidget):
    """Follows one run's log; `textChanged` follows each change of what is shown."""

    textChanged = Signal()  # noqa: N815
    searched = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._following: asyncio.Task[None] | None = None
        self._pending: list[LogChunk] = []
        self._attempt = 0
        self.run_id: int | None = None
        self.canvas = LogCanvas(context.theme)
        self.canvas.setAccessibleName(tr("Log"))
        self.download = LogDownload(context, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._bar())
        layout.addWidget(self.canvas, 1)
        self._working = QTimer(self)
        self._working.setInterval(0)
        self._working.timeout.connect(self._work)
        for keys, act in (("F3", self.find_next), ("Shift+F3", self.find_previous), ("Ctrl+S", self._save.click)):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.canvas.follows_changed.connect(self._follow.setChecked)
        context.theme.changed.connect(self._restyle)
        self._restyle()
        self._show_count()

    def _bar(self) -> QHBoxLayout:
        self.line = _SearchLine()
        self.line.setPlaceholderText(tr("Find in the log"))
        self.line.setAccessibleName(tr("Find in the log"))
        self.line.setToolTip(tr("Find (Ctrl+F). Enter: next match, Shift+Enter: previous match"))
        self.line.setClearButtonEnabled(True)
        self.line.setMinimumWidth(96)
        self.line.setMaximumWidth(220)
        self.line.textChanged.connect(self._search)
        self.line.next_wanted.connect(self.find_next)
        self.line.previous_wanted.connect(self.find_previous)
        self.line.left.connect(lambda: self.canvas.setFocus())
        self.counted = label("", "secondary")
        self._buttons: list[tuple[QToolButton, str]] = []
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self.line, 1)
        self._previous = self._button("chevron-up", tr("Previous match (Shift+F3)"))
        self._previous.clicked.connect(self.find_previous)
        self._next = self._button("chevron-down", tr("Next match (F3)"))
        self._next.clicked.connect(self.find_next)
        bar.addWidget(self._previous)
        bar.addWidget(self._next)
        bar.addWidget(self.counted)
        bar.addStretch(1)
        memory = self._context.memory
        self.wrap = self._button("wrap", tr("Wrap long lines"), is_switch=True)
        self.wrap.toggled.connect(self.canvas.wrap)
        self.wrap.toggled.connect(lambda on: memory.put(remembered.LOG_WRAPS, on))
        self.wrap.setChecked(memory.get(remembered.LOG_WRAPS))
        self.timestamps = self._button("clock", tr("Show timestamps"), is_switch=True)
        self.timestamps.toggled.connect(self.canvas.show_times)
        self.timestamps.toggled.connect(lambda on: memory.put(remembered.LOG_SHOWS_TIMES, on))
        self.timestamps.setChecked(memory.get(remembered.LOG_SHOWS_TIMES))
        self._follow = self._button("follow", tr("Follow the log (End)"), is_switch=True)
        self._follow.setChecked(True)
        self._follow.clicked.connect(self.canvas.follow_end)
        self._save = self._button("download", tr("Save the whole log (Ctrl+S)"))
        self._save.clicked.connect(self._ask_where)
        for button in (self.wrap, self.timestamps, self._follow, self._save):
            bar.addWidget(button)
        return bar

    def _button(self, icon_name: str, words: str, *, is_switch: bool = False) -> QToolButton:
        button = QToolButton()
        button.setObjectName("logTool")
        button.setToolTip(plain_tip(words))
        button.setAccessibleName(words)
        button.setCheckable(is_switch)
        self._buttons.append((button, icon_name))
        return button

    def toPlainText(self) -> str:
        """Return the text of the log."""
        return "\n".join(self.canvas.document.lines())

    def follow(self, run_id: int | None) -> None:
        """Show the log of another run from its end on with an empty search field, or of none."""
        if self._following is not None:
            self._following.cancel()
            self._following = None
        self._pending.clear()
        self._attempt = 0
        if run_id != self.run_id:
            self.line.clear()
        self.run_id = run_id
        self.canvas.hint = tr("No output yet.") if run_id is not None else ""
        self.canvas.show_document(LogDocument())
        self._save.setEnabled(run_id is not None)
        self._show_count()
        if run_id is not None:
            self._following = self._context.background.start(self._follow_run(run_id), name=f"log of run {run_id}")

    def focus_search(self) -> None:
        """Focus the search field."""
        chosen = self.canvas.selected_text()
        if chosen and "\n" not in chosen:
            self.line.setText(chosen)
        self.line.setFocus()
        self.line.selectAll()

    def find_next(self) -> None:
        """Go to the next match."""
        self._go(1)

    def find_previous(self) -> None:
        """Go to the previous match."""
        self._go(-1)

    def _go(self, step: int) -> None:
        canvas = self.canvas
        search = canvas.search
        if not len(search):
            return
        if canvas.hit is None:
            top = canvas.line_at_top()
            found = search.first_from(top) if step > 0 else search.last_until(top)
        else:
            found = (canvas.hit + step) % len(search)
        if found is not None:
            canvas.show_hit(found)
        self._show_count()

    def _search(self, wanted: str) -> None:
        self.canvas.search = LogSearch(self.canvas.document, wanted)
        self.canvas.hit = None
        self.canvas.viewport().update()
        self._show_count()
        if wanted:
            self._working.start()

    async def _follow_run(self, run_id: int) -> None:
        after: int | None = None
        while True:
            try:
                async with aclosing(self._context.connection.client.follow_logs(run_id, after=after)) as chunks:
                    async for chunk in chunks:
                        after = chunk.id
                        self._pending.append(chunk)
                        if not self._working.isActive():
                            self._working.start()
            except BackendUnreachableError:
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                if after is None:
                    self.canvas.hint = tr("No output.")
                    self.canvas.viewport().update()
                return

    def _work(self) -> None:
        """Append output and search, a few milliseconds at a time."""
        end = time.perf_counter() + _BUDGET_SECONDS
        taken = 0
        while taken < len(self._pending) and time.perf_counter() < end:
            self._take(self._pending[taken])
            taken += 1
        if taken:
            del self._pending[:taken]
            self.canvas.grown()
            self.textChanged.emit()
            self._show_count()
        search = self.canvas.search
        found_before = len(search)
        while not search.is_done and time.perf_counter() < end:
            search.step(_SEARCHED_AT_ONCE)
        if search.wanted:
            if self.canvas.hit is None and not found_before and len(search):
                self._go(1)
            self._show_count()
        if not self._pending and search.is_done:
            self._working.stop()
            self.searched.emit()

    def _take(self, chunk: LogChunk) -> None:
        document = self.canvas.document
        if chunk.attempt != self._attempt:
            if self._attempt or chunk.attempt > 1:
                document.append_note("— " + tr("attempt %1", chunk.attempt) + " —")
            self._attempt = chunk.attempt
        document.append(chunk.text, chunk.stream, chunk.at)

    def _show_count(self) -> None:
        search = self.canvas.search
        count = len(search)
        words = ""
        if search.wanted:
            words = tr("no matches") if search.is_done else tr("searching…")
        if count:
            place = "–" if self.canvas.hit is None else number(self.canvas.hit + 1)
            words = tr("%1 of %2", place, number(count))
        elif not search.wanted and len(self.canvas.document):
            words = _size_words(self.canvas.document)
        self.counted.setText(words)
        self._previous.setEnabled(count > 0)
        self._next.setEnabled(count > 0)

    def _ask_where(self) -> None:
        run_id = self.run_id
        if run_id is None:
            return
        dialog = QFileDialog(self, tr("Save the whole log"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"run-{run_id}.log")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.download.start(run_id, path))
        dialog.open()

    def _restyle(self) -> None:
        for button, name in self._buttons:
            button.setIcon(icon(name, self._context.theme.palette.muted))


def _size_words(document: LogDocument) -> str:
    """Return how many lines a log has, and how much of the output it lacks."""
    lines = len(document)
    words = tr("1 line") if lines == 1 else tr("%1 lines", number(lines))
    if not document.bytes_left_out:
        return words
    return tr("%1 · %2 left out", words, data_size(document.bytes_left_out))


class _SearchLine(QLineEdit):
    """Enter finds the next match, Shift+Enter the previous one, Esc returns to the log."""

    next_wanted = Signal()
    previous_wanted = Signal()
    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Override QWidget.event: handle Esc here; the view would close the run."""
        asks = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if asks and cast("QKeyEvent", event).key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget.keyPressEvent: handle the keys of the search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            (self.previous_wanted if is_back else self.next_wanted).emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
