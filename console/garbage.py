"""Garbage collection on Qt's thread."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class GarbageCollector(QObject):
    """Replaces Python's automatic collection.

    Python collects in whatever thread happens to allocate; where that is not Qt's, a widget that only a cycle
    of references kept is destroyed there, which Qt does not survive. So it is done here, a few times a minute
    and only as far as Python's own thresholds ask for.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
