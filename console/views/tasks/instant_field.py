"""A point in time, typed or picked from a calendar."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget, QWidgetAction

from console.theme.current import Theme, monospace
from console.theme.icons import icon
from console.views.tasks.field_texts import read_instant
from console.widgets.composed_field import ComposedField
from console.widgets.plain_tip import plain_tip
from console.words import tr
from shared.time_zones import time_zone


class InstantField(ComposedField):
    """A line beside a button that opens a calendar; the day that is picked begins in the zone of the task."""

    def __init__(self, theme: Theme, zone: Callable[[], str], hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._zone = zone
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.line = QLineEdit()
        self.line.setFont(monospace())
        self.line.setPlaceholderText(hint)
        self.line.textChanged.connect(self.textChanged)
        self.button = QToolButton()
        self.button.setAccessibleName(tr("Pick a day"))
        self.button.setToolTip(plain_tip(tr("Pick a day")))
        self._menu = QMenu(self.button)
        self.calendar = QCalendarWidget()
        action = QWidgetAction(self._menu)
        action.setDefaultWidget(self.calendar)
        self._menu.addAction(action)
        self._menu.aboutToShow.connect(self._show_day)
        self.button.clicked.connect(self._open)
        self.calendar.activated.connect(self._pick)
        self.calendar.clicked.connect(self._pick)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """Override ComposedField.text."""
        return self.line.text()

    def setText(self, text: str) -> None:
        """Override ComposedField.setText."""
        self.line.setText(text)

    def _open(self) -> None:
        self._menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def _show_day(self) -> None:
        try:
            text = read_instant(self.line.text())
        except ValueError:
            text = None
        at = datetime.fromisoformat(text) if text is not None else datetime.now(UTC)
        try:
            day = at.astimezone(time_zone(self._zone()))
        except ValueError:
            day = at
        self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self.calendar.setFocus()

    def _pick(self, day: QDate) -> None:
        self.line.setText(f"{day.toString('yyyy-MM-dd')} 00:00 {self._zone()}")
        self._menu.close()
        self.line.setFocus()

    def _restyle(self) -> None:
        self.button.setIcon(icon("agenda", self._theme.palette.muted))
