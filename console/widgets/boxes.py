"""Boxes whose value the wheel changes only while they have the focus; else it scrolls the page under the pointer.

Qt's own boxes take the focus and another value when a person scrolls a form past them.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDateTimeEdit, QSpinBox, QTimeEdit, QWidget

_TEXT_MARGIN = 6
"""Inside a box that the style sheet pads; the padding of its line edit is lost there."""


if TYPE_CHECKING:
    _Mixin = QWidget
else:
    _Mixin = object  # A class cannot inherit from two classes of Qt.


class _LeavesWheel(_Mixin):
    """Mixed into a box, before its class of Qt."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget.wheelEvent: leave the wheel to the page unless the box has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ComboBox(_LeavesWheel, QComboBox):
    """A combo box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class SpinBox(_LeavesWheel, QSpinBox):
    """A spin box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _pad(self)


class TimeEdit(_LeavesWheel, QTimeEdit):
    """A time edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _pad(self)


class DateTimeEdit(_LeavesWheel, QDateTimeEdit):
    """A date and time edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _pad(self)


def _pad(box: QAbstractSpinBox) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.lineEdit().setTextMargins(_TEXT_MARGIN, 0, _TEXT_MARGIN, 0)
