"""The strip above a view: its title, the way into the palette, its one primary action."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from console.actions import key_words, tip
from console.theme.current import Theme
from console.theme.icons import icon
from console.views.view import View
from console.widgets.surfaces import label
from console.words import tr

PALETTE_KEYS = "Ctrl+K"


class TitleStrip(QFrame):
    """`search_clicked` wants the palette, `primary_clicked` the view's primary action."""

    search_clicked = Signal()
    primary_clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFixedHeight(36)
        self._theme = theme
        strip = QHBoxLayout(self)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.setSpacing(12)
        self.title = label("", "title")
        self.search = QPushButton(f"{tr('Search or run a command')}   {key_words(PALETTE_KEYS)}")
        self.search.setObjectName("search")
        self.search.setFixedSize(280, 32)
        self.search.setIconSize(QSize(14, 14))
        self.search.setToolTip(tip(tr("Find any task, run or worker, or do anything"), PALETTE_KEYS))
        self.search.clicked.connect(self.search_clicked)
        self.primary = QPushButton()
        self.primary.setObjectName("primary")
        self.primary.setFixedHeight(32)
        self.primary.clicked.connect(self.primary_clicked)
        strip.addWidget(self.title)
        strip.addStretch(1)
        strip.addWidget(self.search)
        strip.addWidget(self.primary, alignment=Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_view(self, view: View) -> None:
        """Show the title and the primary action of a view."""
        self.title.setText(view.title())
        self.primary.setText(view.primary_action())
        self.primary.setVisible(bool(view.primary_action()))

    def _restyle(self) -> None:
        self.search.setIcon(icon("search", self._theme.palette.muted, 14))
