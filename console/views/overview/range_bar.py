"""The buttons for the spans that charts offer, as one segmented control."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from console.actions import tip
from console.theme.current import Theme
from console.theme.icons import icon
from console.views.overview.time_ranges import RANGES, TimeRange, range_words
from console.widgets.plain_tip import plain_tip
from console.words import tr


class RangeBar(QWidget):
    """`chosen` carries a range, `live_wanted` asks for the present; no range is marked while another time is shown."""

    chosen = Signal(object)
    live_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.live = QPushButton(tr("Back to now"))
        self.live.setObjectName("link")
        self.live.setToolTip(plain_tip(tip(tr("Back to now"), "0")))
        self.live.clicked.connect(self.live_wanted)
        self.live.hide()
        row.addWidget(self.live)
        row.addSpacing(8)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for place, one in enumerate(RANGES):
            button = QPushButton(range_words(one.key))
            button.setObjectName("range")
            button.setProperty("place", "first" if place == 0 else "last" if place == len(RANGES) - 1 else "middle")
            button.setCheckable(True)
            button.setToolTip(plain_tip(tip(tr("Last %1", range_words(one.key)), str(place + 1))))
            button.clicked.connect(lambda _checked=False, range_=one: self.chosen.emit(range_))
            self._group.addButton(button)
            self.buttons[one.key] = button
            row.addWidget(button)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_state(self, chosen: TimeRange | None) -> None:
        """Mark a range, or none and offer the way back."""
        self._group.setExclusive(False)
        for key, button in self.buttons.items():
            button.setChecked(chosen is not None and key == chosen.key)
        self._group.setExclusive(True)
        self.live.setVisible(chosen is None)

    def _restyle(self) -> None:
        self.live.setIcon(icon("follow", self._theme.palette.accent))
