"""The bar at the left: the connection, the views, how the backend is."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from console.link.backend_link import LinkState
from console.link.target import LocalTarget, Target
from console.theme.current import Theme
from console.theme.icons import icon
from console.widgets.surfaces import label
from console.words import tr

WIDTH = 196


class _StateDot(QWidget):
    """A disc while all is well, a ring otherwise."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.state = LinkState.CONNECTING
        self.setFixedSize(QSize(14, 14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape of the state."""
        palette = self._theme.palette
        colour = {
            LinkState.ONLINE: palette.good,
            LinkState.CONNECTING: palette.muted,
            LinkState.OFFLINE: palette.bad,
            LinkState.SIGNED_OUT: palette.warning,
        }[self.state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.state is LinkState.ONLINE:
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
    """`chosen` names the view that was clicked; `connection_clicked` wants the chooser."""

    chosen = Signal(str)
    connection_clicked = Signal()

    def __init__(self, theme: Theme, entries: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`entries` are names of views, which are also those of their icons, and their titles."""
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._buttons: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 16, 12, 12)
        layout.setSpacing(2)
        layout.addWidget(label("Taskdeck", "brand"))
        layout.addLayout(self._connection_row())
        layout.addSpacing(12)
        group = QButtonGroup(self)
        for place, (name, title) in enumerate(entries):
            button = QPushButton(title)
            button.setObjectName("nav")
            button.setCheckable(True)
            button.setIconSize(QSize(16, 16))
            button.setShortcut(f"Ctrl+{place + 1}")
            button.setToolTip(f"{title} (Ctrl+{place + 1})")
            button.clicked.connect(lambda _checked=False, wanted=name: self.chosen.emit(wanted))
            group.addButton(button)
            layout.addWidget(button)
            self._buttons[name] = button
        layout.addStretch(1)
        self._foot = label("", "footnote")
        self._foot.setWordWrap(True)
        layout.addWidget(self._foot)
        self._theme_button = QToolButton()
        self._theme_button.setObjectName("rowAction")
        self._theme_button.setToolTip(tr("Light or dark"))
        self._theme_button.setAccessibleName(tr("Light or dark"))
        self._theme_button.clicked.connect(theme.toggle)
        layout.addSpacing(4)
        layout.addWidget(self._theme_button)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _connection_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._dot = _StateDot(self._theme)
        self._connection = QPushButton()
        self._connection.setObjectName("connection")
        self._connection.setToolTip(tr("Choose another backend"))
        self._connection.clicked.connect(self.connection_clicked)
        row.addWidget(self._dot)
        row.addWidget(self._connection, 1)
        return row

    def show_view(self, name: str) -> None:
        """Mark the view that is shown."""
        self._buttons[name].setChecked(True)
        self._restyle()

    def show_connection(self, target: Target, state: LinkState) -> None:
        """Show which backend it is, and how the connection is."""
        self._dot.state = state
        self._dot.update()
        where = tr("This machine") if isinstance(target, LocalTarget) else target.host
        words = {
            LinkState.ONLINE: where,
            LinkState.CONNECTING: tr("Connecting …"),
            LinkState.OFFLINE: tr("%1 · offline").replace("%1", where),
            LinkState.SIGNED_OUT: tr("%1 · sign in").replace("%1", where),
        }[state]
        self._connection.setText(words)
        self._connection.setAccessibleName(words)

    def show_foot(self, lines: Sequence[str]) -> None:
        """Show how dispatcher, database and broker are."""
        self._foot.setText("\n".join(lines))

    def _restyle(self) -> None:
        palette = self._theme.palette
        for name, button in self._buttons.items():
            button.setIcon(icon(name, palette.text if button.isChecked() else palette.muted))
        self._theme_button.setIcon(icon("theme", palette.muted))
        self._dot.update()
