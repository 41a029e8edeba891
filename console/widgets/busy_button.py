"""A button that keeps the focus while what it started is under way."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

_IGNORED = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Shortcut,
)


class BusyButton(QPushButton):
    """Looks disabled while it is busy and does nothing, but stays the control with the focus.

    Qt gives the focus of a button that is disabled to the next one, which may be the one that discards everything.
    """

    is_busy = False

    def set_busy(self, is_busy: bool) -> None:
        """Do nothing when pressed, until the work has ended."""
        if is_busy != self.is_busy:
            self.is_busy = is_busy
            self.setProperty("busy", is_busy)
            self.style().unpolish(self)
            self.style().polish(self)

    def event(self, event: QEvent) -> bool:
        """Override QPushButton.event: ignore presses while busy; the focus can still be moved away."""
        if self.is_busy:
            if event.type() in _IGNORED:
                return True
            if isinstance(event, QKeyEvent) and event.text().strip(" \r\n") == "" and event.text():
                return True
        return super().event(event)
