"""Choosing a colour: one of the palette's, or any."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QButtonGroup, QColorDialog, QHBoxLayout, QToolButton, QWidget

from console.connection.saved_connections import COLOURS
from console.theme.current import Theme
from console.theme.icons import disc
from console.theme.palette import colour_named
from console.widgets.plain_tip import plain_tip
from console.words import tr


class ColourChoice(QWidget):
    """A row of discs; `chosen` is a palette's name or `#rrggbb`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chosen = "accent"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        group = QButtonGroup(self)
        names = {
            "good": tr("Green"),
            "warning": tr("Amber"),
            "bad": tr("Red"),
            "accent": tr("Blue"),
            "idle": tr("Grey"),
        }
        self._buttons: dict[str, QToolButton] = {}
        for name in COLOURS:
            button = self._button(names[name])
            button.clicked.connect(lambda _checked=False, wanted=name: self.choose(wanted))
            self._buttons[name] = button
        self._other = self._button(tr("Another colour…"))
        self._other.clicked.connect(self._ask)
        for button in (*self._buttons.values(), self._other):
            group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.choose(self.chosen)

    def _button(self, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("colour")
        button.setCheckable(True)
        button.setIconSize(QSize(14, 14))
        button.setToolTip(plain_tip(words))
        button.setAccessibleName(words)
        return button

    def choose(self, colour: str) -> None:
        """Mark a colour as the one that is chosen."""
        self.chosen = colour
        palette = self._theme.palette
        for name, button in self._buttons.items():
            button.setIcon(disc(colour_named(palette, name)))
            button.setChecked(name == colour)
        is_other = colour not in self._buttons
        self._other.setChecked(is_other)
        self._other.setText("" if is_other else "…")
        if is_other:
            self._other.setIcon(disc(colour_named(palette, colour)))

    def _ask(self) -> None:
        self.choose(self.chosen)
        dialog = QColorDialog(QColor(colour_named(self._theme.palette, self.chosen)), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda picked: self.choose(picked.name()))
        dialog.open()
