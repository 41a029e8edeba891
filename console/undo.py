"""Undo."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

_MOST = 50


@dataclass(frozen=True, slots=True)
class Undoable:
    """An action such as `Paused nightly-backup`, and how to revert it."""

    words: str
    take_back: Callable[[], Awaitable[object]]


class UndoStack(QObject):
    """The latest actions on one backend, newest last; `pushed` carries the words of each new one."""

    pushed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Undoable] = []

    @property
    def newest(self) -> str:
        """The words of the action that undo reverts next; empty without one."""
        return self._done[-1].words if self._done else ""

    def push(self, words: str, take_back: Callable[[], Awaitable[object]]) -> None:
        """Record an action after it succeeded."""
        self._done = [*self._done, Undoable(words, take_back)][-_MOST:]
        self.pushed.emit(words)

    async def undo(self) -> str:
        """Revert the newest action and return its words. A failed undo is not retried."""
        if not self._done:
            return ""
        newest = self._done.pop()
        await newest.take_back()
        return newest.words
