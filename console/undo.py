"""Undo."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from console.words import sentences

_MOST = 50


@dataclass(frozen=True, slots=True)
class Undoable:
    """An action such as `Paused nightly-backup`, and how to revert it; that may return what of it was not reverted."""

    words: str
    take_back: Callable[[], Awaitable[object]]


class UndoStack(QObject):
    """The latest actions on one backend, newest last; `pushed` carries the words of each new one, and a remark."""

    pushed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Undoable] = []

    @property
    def newest(self) -> str:
        """The words of the action that undo reverts next; empty without one."""
        return self._done[-1].words if self._done else ""

    def push(self, words: str, take_back: Callable[[], Awaitable[object]], *, remark: str = "") -> None:
        """Record an action after it succeeded; `remark` says what of it did not."""
        self._done = [*self._done, Undoable(words, take_back)][-_MOST:]
        self.pushed.emit(words, remark)

    async def undo(self) -> str:
        """Revert the newest action and return what was reverted, and what not. A failed undo is not retried."""
        if not self._done:
            return ""
        newest = self._done.pop()
        remark = await newest.take_back()
        return sentences(newest.words, remark) if isinstance(remark, str) and remark else newest.words
