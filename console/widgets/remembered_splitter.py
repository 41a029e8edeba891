"""A splitter that keeps its sizes from one day to the next."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from console import remembered
from console.memory import Memory

_HANDLE = 12


class RememberedSplitter(QSplitter):
    """Restores the sizes that a person gave it when all its parts are first shown; until then it uses `usual`."""

    def __init__(self, memory: Memory, name: str, *parts: QWidget, usual: Sequence[int]) -> None:
        """`usual` has the shares of the parts."""
        super().__init__(Qt.Orientation.Horizontal)
        self._memory = memory
        self._key = remembered.SPLITTER_SIZES.of(name)
        self._usual = usual
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_HANDLE)
        for part in parts:
            self.addWidget(part)
        self.splitterMoved.connect(lambda *_: memory.put(self._key, self.sizes()))

    def restore(self) -> None:
        """Give the parts their sizes."""
        sizes = self._memory.get(self._key)
        if len(sizes) == self.count():
            self.setSizes(sizes)
        else:
            self.setSizes([self.width() * share // sum(self._usual) for share in self._usual])

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt's: the width is known from now on."""
        super().showEvent(event)
        self.restore()
