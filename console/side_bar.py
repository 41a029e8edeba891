"""The bar at the left: the connection, the views, the state of the backend. It collapses to icons."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.actions import tip
from console.connection.backend_connection import ConnectionState
from console.connection.saved_connections import SavedConnection
from console.theme.current import Theme
from console.theme.icons import icon
from console.views.known_views import ViewSpec, shortcuts_of
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr

WIDTH = 196
FOLDED_WIDTH = 56
_LOW = 640
"""Below this height the entries stand closer, so that the foot keeps its room."""


class _StateDot(QWidget):
    """The state of the connection: a disc while it is online, a ring otherwise."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.state = ConnectionState.CONNECTING
        self.setFixedSize(QSize(14, 14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget.paintEvent: draw the state."""
        palette = self._theme.palette
        colour = {
            ConnectionState.ONLINE: palette.good,
            ConnectionState.CONNECTING: palette.muted,
            ConnectionState.OFFLINE: palette.bad,
            ConnectionState.SIGNED_OUT: palette.warning,
        }[self.state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.state is ConnectionState.ONLINE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRectF(2, 2, 10, 10))
        else:
            pen = painter.pen()
            pen.setColor(QColor(colour))
            pen.setWidthF(1.8)
            painter.setPen(pen)
            painter.drawEllipse(QRectF(3, 3, 8, 8))
        painter.end()


class SideBar(QFrame):
    """`chosen` names the view that was clicked; `connection_clicked` asks for the connection menu."""

    chosen = Signal(str)
    connection_clicked = Signal()
    help_clicked = Signal()
    folded = Signal(bool)

    def __init__(self, theme: Theme, views: Sequence[ViewSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self._theme = theme
        self._views = list(views)
        self.buttons: dict[str, QPushButton] = {}
        self.is_folded = False
        self._is_low = False
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 16, 12, 12)
        self._layout.setSpacing(2)
        self._brand = label("Taskdeck", "brand")
        self._layout.addWidget(self._brand)
        self._layout.addLayout(self._connection_row())
        self._layout.addSpacing(12)
        group = QButtonGroup(self)
        for place, spec in enumerate(self._views):
            button = self._entry(spec, shortcuts_of(place)[:1])
            group.addButton(button)
            self._layout.addWidget(button)
        self._layout.addStretch(1)
        self._foot = label("", "footnote")
        self._foot.setWordWrap(True)
        self._layout.addWidget(self._foot)
        self._layout.addSpacing(4)
        self._tools = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tools.setSpacing(4)
        self._theme_button = self._tool(tip(tr("Switch between light and dark"), "Ctrl+Shift+L"), theme.toggle)
        self._help_button = self._tool(tip(tr("Keyboard shortcuts"), "F1"), self.help_clicked.emit)
        self._fold_button = self._tool(tip(tr("Collapse the side bar"), "Ctrl+B"), self.toggle)
        self._tools.insertStretch(2, 1)
        self._layout.addLayout(self._tools)
        theme.changed.connect(self._restyle)
        self._place()

    def _entry(self, spec: ViewSpec, keys: tuple[str, ...]) -> QPushButton:
        button = QPushButton()
        button.setObjectName("nav")
        button.setCheckable(True)
        button.setIconSize(QSize(16, 16))
        button.setToolTip(plain_tip(tip(spec.title(), *keys)))
        button.setAccessibleName(spec.title())
        button.clicked.connect(lambda _checked=False: self.chosen.emit(spec.name))
        self.buttons[spec.name] = button
        return button

    def _tool(self, words: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("rowAction")
        button.setToolTip(plain_tip(words))
        button.setAccessibleName(words)
        button.clicked.connect(lambda _checked=False: act() if callable(act) else None)
        self._tools.addWidget(button)
        return button

    def _connection_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._dot = _StateDot(self._theme)
        self._connection = QPushButton()
        self._connection.setObjectName("connection")
        self._connection.clicked.connect(self.connection_clicked)
        row.addWidget(self._dot)
        row.addWidget(self._connection, 1)
        return row

    def toggle(self) -> None:
        """Collapse to icons, or expand."""
        self.fold(not self.is_folded)
        self.folded.emit(self.is_folded)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget.resizeEvent: stand closer in a low window."""
        super().resizeEvent(event)
        is_low = self.height() < _LOW
        if is_low != self._is_low:
            self._is_low = is_low
            self._place()

    def fold(self, is_folded: bool) -> None:
        """Show icons only, or icons and names."""
        self.is_folded = is_folded
        self._place()

    def _place(self) -> None:
        folded = self.is_folded
        self.setFixedWidth(FOLDED_WIDTH if folded else WIDTH)
        self._brand.setText("" if folded else "Taskdeck")
        for spec in self._views:
            button = self.buttons[spec.name]
            button.setText("" if folded else spec.title())
            if (button.property("folded"), button.property("low")) != (folded, self._is_low):
                button.setProperty("folded", folded)
                button.setProperty("low", self._is_low)
                button.style().polish(button)
        self._connection.setVisible(not folded)
        self._foot.setVisible(not folded)
        self._tools.setDirection(QBoxLayout.Direction.TopToBottom if folded else QBoxLayout.Direction.LeftToRight)
        self._restyle()

    def offer(self, names: Collection[str]) -> None:
        """Show the entries of these views only."""
        for name, button in self.buttons.items():
            button.setVisible(name in names)

    def show_view(self, name: str) -> None:
        """Mark the current view."""
        self.buttons[name].setChecked(True)
        self._restyle()

    def show_connection(self, connection: SavedConnection, state: ConnectionState) -> None:
        """Show the name and the state of the connection."""
        self._dot.state = state
        self._dot.update()
        where = connection.shown_name
        words = {
            ConnectionState.ONLINE: where,
            ConnectionState.CONNECTING: tr("Connecting…"),
            ConnectionState.OFFLINE: tr("%1 · offline", where),
            ConnectionState.SIGNED_OUT: tr("%1 · sign in", where),
        }[state]
        self._connection.setText(words)
        self._connection.setAccessibleName(words)
        self._connection.setToolTip(plain_tip(f"{words}\n{tip(tr('Switch connection'), 'Ctrl+Shift+O')}"))
        self._dot.setToolTip(plain_tip(words))

    def show_foot(self, lines: Sequence[str]) -> None:
        """Show the lines of `VitalSigns`."""
        self._foot.setText("\n".join(lines))

    def _restyle(self) -> None:
        palette = self._theme.palette
        for name, button in self.buttons.items():
            button.setIcon(icon(name, palette.text if button.isChecked() else palette.muted))
        self._theme_button.setIcon(icon("theme", palette.muted))
        self._help_button.setIcon(icon("keyboard", palette.muted))
        self._fold_button.setIcon(icon("unfold" if self.is_folded else "fold", palette.muted))
        self._dot.update()
