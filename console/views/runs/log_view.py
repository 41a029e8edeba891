"""What a command writes, as it writes it."""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from console.context import Context
from console.theme.current import monospace
from console.words import tr
from shared.enums import LogStream
from shared.errors import BackendUnreachableError
from shared.models.run import LogChunk

MOST_LINES = 50_000
_FLUSH_MS = 50
_AGAIN_SECONDS = 1.0


class LogView(QPlainTextEdit):
    """Follows one run's log; keeps to the end while the end is seen."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._following: asyncio.Task[None] | None = None
        self._pending: list[LogChunk] = []
        self._attempt = 0
        self.setObjectName("log")
        self.setReadOnly(True)
        self.setFont(monospace())
        self.setMaximumBlockCount(MOST_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(tr("Log"))
        self._flushing = QTimer(self)
        self._flushing.setSingleShot(True)
        self._flushing.setInterval(_FLUSH_MS)
        self._flushing.timeout.connect(self._flush)

    def follow(self, run_id: int | None) -> None:
        """Show the log of another run, or of none."""
        if self._following is not None:
            self._following.cancel()
            self._following = None
        self._pending.clear()
        self._attempt = 0
        self.clear()
        self.setPlaceholderText(tr("The run has written nothing yet.") if run_id is not None else "")
        if run_id is not None:
            self._following = self._context.tasks.start(self._follow(run_id), name=f"log of run {run_id}")

    async def _follow(self, run_id: int) -> None:
        after: int | None = None
        while True:
            try:
                async with aclosing(self._context.link.client.follow_logs(run_id, after=after)) as chunks:
                    async for chunk in chunks:
                        after = chunk.id
                        self._pending.append(chunk)
                        if not self._flushing.isActive():
                            self._flushing.start()
            except BackendUnreachableError:
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                if after is None:
                    self.setPlaceholderText(tr("The run wrote nothing."))
                return

    def _flush(self) -> None:
        bar = self.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum() - 4
        self._append(self._pending)
        self._pending.clear()
        if was_at_end:
            bar.setValue(bar.maximum())

    def _append(self, chunks: Iterable[LogChunk]) -> None:
        palette = self._context.theme.palette
        styles = {stream: QTextCharFormat() for stream in LogStream}
        styles[LogStream.STDERR].setForeground(QColor(palette.bad))
        note = QTextCharFormat()
        note.setForeground(QColor(palette.muted))
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for chunk in chunks:
            if chunk.attempt != self._attempt:
                if self._attempt or chunk.attempt > 1:
                    start = "" if cursor.atBlockStart() else "\n"
                    words = tr("attempt %1").replace("%1", str(chunk.attempt))
                    cursor.insertText(f"{start}— {words} —\n", note)
                self._attempt = chunk.attempt
            cursor.insertText(chunk.text, styles[chunk.stream])
        cursor.endEditBlock()
