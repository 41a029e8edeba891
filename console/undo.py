"""Taking back what can be taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

_MOST = 50


@dataclass(frozen=True, slots=True)
class Undoable:
    """What was done, in words such as `Pause nightly-backup`, and how it is taken back."""

    words: str
    take_back: Callable[[], Awaitable[object]]


class UndoStack(QObject):
    """The last things done on one backend, the newest last; `pushed` gives the words of each new one."""

    pushed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Undoable] = []

    @property
    def newest(self) -> str:
        """What would be taken back next, or nothing."""
        return self._done[-1].words if self._done else ""

    def push(self, words: str, take_back: Callable[[], Awaitable[object]]) -> None:
        """Note what was done, after it succeeded."""
        self._done = [*self._done, Undoable(words, take_back)][-_MOST:]
        self.pushed.emit(words)

    async def undo(self) -> str:
        """Take back the newest and return its words; what fails is not tried again."""
        if not self._done:
            return ""
        newest = self._done.pop()
        await newest.take_back()
        return newest.words
