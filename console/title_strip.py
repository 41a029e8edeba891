"""The strip above a view: its title, the command palette, its primary action."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from console.actions import key_words, tip
from console.connection.saved_connections import SavedConnection
from console.theme.current import Theme
from console.theme.icons import icon
from console.theme.palette import TINT, blend, colour_named
from console.views.view import View
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr

PALETTE_KEYS = "Ctrl+K"
HEIGHT = 52
BAND = 3


class TitleStrip(QFrame):
    """`search_clicked` asks for the palette, `primary_clicked` for the primary action, `back_clicked` to go back."""

    back_clicked = Signal()
    search_clicked = Signal()
    primary_clicked = Signal()

    def __init__(self, theme: Theme, connection: SavedConnection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFixedHeight(HEIGHT)
        self._theme = theme
        self._connection = connection
        strip = QHBoxLayout(self)
        strip.setContentsMargins(20, BAND, 20, 0)
        strip.setSpacing(12)
        self.back = QToolButton()
        self.back.setObjectName("rowAction")
        self.back.setFixedSize(28, 28)
        self.back.clicked.connect(self.back_clicked)
        self.back.hide()
        self.title = label("", "title")
        self.search = QPushButton(f"{tr('Search or run a command')}   {key_words(PALETTE_KEYS)}")
        self.search.setObjectName("search")
        self.search.setFixedSize(280, 32)
        self.search.setIconSize(QSize(14, 14))
        self.search.setToolTip(plain_tip(tip(tr("Find a task, run or worker, or run a command"), PALETTE_KEYS)))
        self.search.clicked.connect(self.search_clicked)
        self.primary = QPushButton()
        self.primary.setObjectName("primary")
        self.primary.setFixedHeight(32)
        self.primary.clicked.connect(self.primary_clicked)
        self.where = label(connection.shown_name, "where")
        self.where.setToolTip(plain_tip(connection.url or tr("The local backend")))
        self.where.setVisible(not connection.is_local)
        strip.addWidget(self.back)
        strip.addWidget(self.title)
        strip.addWidget(self.where, alignment=Qt.AlignmentFlag.AlignVCenter)
        strip.addStretch(1)
        strip.addWidget(self.search)
        strip.addWidget(self.primary, alignment=Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_view(self, view: View, *, is_online: bool, back_to: str = "") -> None:
        """Show the title of a view, and its primary action with the reason why it cannot be done.

        `back_to` names what the way back from a page leads to.
        """
        self.back.setVisible(bool(back_to))
        self.back.setToolTip(plain_tip(tip(tr("Back to %1", back_to), "Alt+Left")))
        self.back.setAccessibleName(tr("Back to %1", back_to))
        self.title.setText(view.title())
        self.primary.setText(view.primary_action())
        self.primary.setVisible(bool(view.primary_action()))
        refusal = view.primary_refusal()
        self.primary.setEnabled(is_online and not refusal)
        self.primary.setToolTip(plain_tip(refusal))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: tint the strip with the colour of the connection, under a band of it."""
        palette = self._theme.palette
        colour = colour_named(palette, self._connection.colour)
        painter = QPainter(self)
        if not self._connection.is_local:
            painter.fillRect(self.rect(), QColor(blend(palette.ground, colour, TINT)))
        painter.fillRect(0, 0, self.width(), BAND, QColor(colour))
        painter.end()

    def _restyle(self) -> None:
        colour = colour_named(self._theme.palette, self._connection.colour)
        self.where.setStyleSheet(f"border: 1px solid {colour}; border-radius: 4px; padding: 0 6px; font-weight: 600;")
        self.update()
        self.search.setIcon(icon("search", self._theme.palette.muted, 14))
        self.back.setIcon(icon("back", self._theme.palette.text))
