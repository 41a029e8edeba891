"""The bar at the left: the connection, the views, the state of the backend. It collapses to icons."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.actions import tip
from console.connection.backend_connection import ConnectionState
from console.connection.saved_connections import SavedConnection
from console.health import Vital
from console.theme.current import Theme
from console.theme.icons import icon
from console.views.known_views import ViewSpec, shortcuts_of
from console.widgets.elided_label import ElidedLabel
from console.widgets.glyph_mark import GlyphMark
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import number, tr

WIDTH = 196
FOLDED_WIDTH = 56
_PARTS = 3
_MOST_ON_BADGE = 99
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


class _Foot(QWidget):
    """A line for each part of the backend: its state as a shape, its name, and how it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._lines: list[tuple[GlyphMark, ElidedLabel]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for _ in range(_PARTS):
            line = QHBoxLayout()
            line.setSpacing(6)
            shape, words = GlyphMark(theme, side=10), ElidedLabel("", "footnote")
            line.addWidget(shape)
            line.addWidget(words, 1)
            column.addLayout(line)
            self._lines.append((shape, words))
        self.show_vitals(())

    def show_vitals(self, vitals: Sequence[Vital]) -> None:
        """Show the parts; before the first check there are none."""
        for place, (shape, words) in enumerate(self._lines):
            vital = vitals[place] if place < len(vitals) else None
            shape.setVisible(vital is not None)
            words.setText(f"{vital.name}  {vital.brief or vital.words}" if vital is not None else "")
            if vital is not None:
                shape.glyph = vital.glyph
                shape.update()


class _Badge(QLabel):
    """A number at the right end of an entry; at its upper corner while the bar shows icons only."""

    def __init__(self, button: QPushButton) -> None:
        super().__init__(button)
        self._button = button
        self.setObjectName("badge")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        button.installEventFilter(self)
        self.hide()

    def show_count(self, count: int) -> None:
        """Show a number; none at zero."""
        self.setText(number(count) if count <= _MOST_ON_BADGE else tr("%1+", number(_MOST_ON_BADGE)))
        self.setVisible(count > 0)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject.eventFilter: stay at the end of the entry."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        width, height = self._button.width(), self._button.height()
        is_narrow = width < FOLDED_WIDTH
        self.move(width - self.width() - (0 if is_narrow else 8), 0 if is_narrow else (height - self.height()) // 2)


class SideBar(QFrame):
    """`chosen` names the view that was clicked; `connection_clicked` asks for the connection menu."""

    chosen = Signal(str)
    connection_clicked = Signal()
    help_clicked = Signal()
    shortcuts_clicked = Signal()
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
        self._badge = _Badge(self.buttons["alerts"])
        self._layout.addStretch(1)
        self._foot = _Foot(theme)
        self._layout.addWidget(self._foot)
        self._layout.addSpacing(4)
        self._tools = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tools.setSpacing(4)
        self._theme_button = self._tool(tip(tr("Switch between light and dark"), "Ctrl+Shift+L"), theme.toggle)
        self._help_button = self._tool(tip(tr("Documentation of this view"), "F1"), self.help_clicked.emit)
        self._shortcuts_button = self._tool(tip(tr("Keyboard shortcuts"), "Shift+F1"), self.shortcuts_clicked.emit)
        self._fold_button = self._tool(tip(tr("Collapse the side bar"), "Ctrl+B"), self.toggle)
        self._tools.insertStretch(3, 1)
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
        self._layout.setContentsMargins(12, *((8, 12, 8) if self._is_low else (16, 12, 12)))
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

    def show_new_alerts(self, count: int) -> None:
        """Show how many alerts are new, beside their entry and in its name for screen readers."""
        words = tr("1 new alert") if count == 1 else tr("%1 new alerts", number(count))
        self._badge.show_count(count)
        self.buttons["alerts"].setAccessibleName(f"{tr('Alerts')}, {words}" if count else tr("Alerts"))

    def show_vitals(self, vitals: Sequence[Vital]) -> None:
        """Show how the backend's parts are; the workers have a view of their own."""
        self._foot.show_vitals([vital for vital in vitals if vital.name != tr("Workers")])

    def _restyle(self) -> None:
        palette = self._theme.palette
        for name, button in self.buttons.items():
            button.setIcon(icon(name, palette.text if button.isChecked() else palette.muted))
        self._theme_button.setIcon(icon("theme", palette.muted))
        self._help_button.setIcon(icon("help", palette.muted))
        self._shortcuts_button.setIcon(icon("keyboard", palette.muted))
        self._fold_button.setIcon(icon("unfold" if self.is_folded else "fold", palette.muted))
        self._dot.update()
