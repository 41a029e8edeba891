"""The description of a schedule, and its next times in the task's zone and in the local one."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, Qt, QTimeZone
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from console.translation import language
from console.widgets.surfaces import label
from console.words import Times, tr
from shared.time_zones import time_zone_names

SHOWN = 10


def own_zone() -> str:
    """Return the IANA name of the local zone, or UTC where it has none."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    return name if name in time_zone_names() else "UTC"


def time_words(at: datetime) -> str:
    """Return an instant with its day of the week in the console's language; strftime uses the process's locale."""
    locale = QLocale("zh_CN" if language() == "zh" else "en_US")
    return f"{locale.dayName(at.isoweekday(), QLocale.FormatType.ShortFormat)} {at:%Y-%m-%d %H:%M:%S %Z}"


class ScheduleTimes(QWidget):
    """A sentence above a grid of ten lines that keep their places."""

    def __init__(self, own_zone: str, times: Times, parent: QWidget | None = None) -> None:
        """`own_zone` is the name of the person's."""
        super().__init__(parent)
        self._own_zone = own_zone
        self._times = times
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.words = label("")
        self.words.setWordWrap(True)
        layout.addWidget(self.words)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(3, 1)
        layout.addLayout(self._grid)
        self._heads = [self._cell(0, column) for column in range(3)]
        self._cells = [[self._cell(row + 1, column) for column in range(3)] for row in range(SHOWN)]

    def _cell(self, row: int, column: int) -> QLabel:
        cell = label("", "secondary")
        cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(cell, row, column)
        return cell

    def text(self) -> str:
        """Return the shown text line by line."""
        lines = [self.words.text()]
        lines += ["   ".join(cell.text() for cell in row if cell.text()) for row in self._cells]
        return "\n".join(line for line in lines if line)

    def show_text(self, words: str) -> None:
        """Show words and no times."""
        self._show(words, [], "", None)

    def show_times(self, words: str, times: Sequence[datetime], zone: str) -> None:
        """Show the times, which are in the zone of the task, and the same in one's own where that is another."""
        own = ZoneInfo(self._own_zone)
        differs = any(at.utcoffset() != at.astimezone(own).utcoffset() for at in times)
        self._show(words, times, zone, own if differs else None)

    def _show(self, words: str, times: Sequence[datetime], zone: str, own: tzinfo | None) -> None:
        self.words.setText(words)
        heads = (zone, tr("Your time zone: %1", self._own_zone) if own else "", "") if times else ("", "", "")
        for head, text in zip(self._heads, heads, strict=True):
            head.setText(text)
        for place, row in enumerate(self._cells):
            at = times[place] if place < len(times) else None
            texts = (
                (time_words(at), time_words(at.astimezone(own)) if own else "", self._times.show(at))
                if at
                else ("",) * 3
            )
            for cell, text in zip(row, texts, strict=True):
                cell.setText(text)
