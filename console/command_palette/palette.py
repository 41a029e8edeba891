"""Ctrl+K: every action and every object, found by a few letters."""

import asyncio
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console import remembered
from console.actions import Action
from console.command_palette.command_text import read_command
from console.command_palette.fuzzy import rank
from console.command_palette.object_search import find_objects, run_id_in
from console.command_palette.verbs import COMMAND, Verbs
from console.context import Context
from console.theme.current import Theme
from console.theme.icons import icon
from console.views.view import Follow
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr
from shared.errors import TaskdeckError

WIDTH = 560
_ROW = 36
_SHOWN = 10
_PAUSE_MS = 80
_MOST_RECENT = 6
_ACTION_ROLE = Qt.ItemDataRole.UserRole + 1


class ActionsModel(QAbstractListModel):
    """The actions that fit, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.actions: list[Action] = []

    def show_actions(self, actions: Sequence[Action]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.actions = list(actions)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Return how many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.actions)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of an action, for the eye and for a screen reader."""
        action = self.actions[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return action.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(action.refusal())
        return action if role == _ACTION_ROLE else None


class _Rows(QStyledItemDelegate):
    """Icon, words, and at the right the shortcut or what kind of thing it is."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height that all rows have."""
        return QSize(WIDTH - 40, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        palette = self._theme.palette
        action = index.data(_ACTION_ROLE)
        if not isinstance(action, Action):
            return
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.raised))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 6, 6)
        is_enabled, refusal = action.can_run, action.refusal()
        if action.icon_name:
            tint = palette.muted if is_enabled else palette.idle
            icon(action.icon_name, tint).paint(painter, QRect(box.left() + 12, box.top() + 10, 16, 16))
        inner = box.adjusted(40, 0, -12, 0)
        metrics = painter.fontMetrics()
        aside = metrics.elidedText(refusal, Qt.TextElideMode.ElideRight, inner.width() * 2 // 3) if refusal else ""
        aside = aside or action.keys or action.group
        painter.setPen(QColor(palette.muted))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), aside)
        painter.setPen(QColor(palette.text if is_enabled else palette.muted))
        inner.setRight(inner.right() - metrics.horizontalAdvance(aside) - 12)
        text = metrics.elidedText(action.text, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class CommandPalette(QDialog):
    """Type, choose with the arrows, Enter does it; Esc or a click elsewhere closes it."""

    def __init__(
        self, context: Context, actions: Sequence[Action], verbs: Verbs, follow: Follow, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint | Qt.WindowType.Dialog)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Search or run a command"))
        self._context = context
        self._actions = list(actions)
        self._verbs = verbs
        self._follow = follow
        self._objects: list[Action] = []
        self._found_for = ""
        self._searching: asyncio.Task[Any] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Task, run number, worker, or a command such as: run NAME"))
        self.line.setAccessibleName(tr("Search or run a command"))
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._typed)
        self.line.returnPressed.connect(self._take)
        self.model = ActionsModel(self)
        self.list = QListView()
        self.list.setObjectName("paletteList")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Rows(context.theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self._pointer = QCursor.pos()
        self.list.entered.connect(self._point_at)
        self.list.clicked.connect(lambda _index: self._take())
        self._nothing = label("", "secondary")
        self._nothing.hide()
        for widget in (self.line, self.list, self._nothing):
            layout.addWidget(widget)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.setFixedWidth(WIDTH)
        self._show_fitting()
        self.move(parent.mapToGlobal(parent.rect().topLeft()).x() + (parent.width() - WIDTH) // 2, self._top(parent))

    @staticmethod
    def _top(parent: QWidget) -> int:
        return parent.mapToGlobal(parent.rect().topLeft()).y() + 72

    def event(self, event: QEvent) -> bool:
        """Close when another window gets the keys."""
        if event.type() is QEvent.Type.WindowDeactivate:
            self.reject()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move through the list while the line has the keyboard."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _SHOWN,
                Qt.Key.Key_PageUp: -_SHOWN,
            }.get(Qt.Key(event.key()))
            if steps is not None:
                last = self.model.rowCount() - 1
                place = self.list.currentIndex().row() + steps
                if abs(steps) == 1:
                    place = 0 if place > last else last if place < 0 else place
                self.list.setCurrentIndex(self.model.index(max(0, min(place, last)), 0))
                return True
        return super().eventFilter(watched, event)

    def _point_at(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """Choose the row to which the pointer moves, not one that comes to lie under a pointer at rest."""
        at = QCursor.pos()
        if at != self._pointer:
            self._pointer = at
            self.list.setCurrentIndex(index)

    def _typed(self) -> None:
        self._show_fitting()
        self._pause.start()

    def _search(self) -> None:
        if self._searching is not None:
            self._searching.cancel()
        if self._context.connection.is_online and self.line.text().strip():
            self._searching = self._context.background.start(self._find(self.line.text()), name="palette search")

    async def _find(self, query: str) -> None:
        try:
            commands, objects = await asyncio.gather(
                self._verbs.offers(query), find_objects(self._context, query, self._follow)
            )
            found = [*commands, *objects]
        except TaskdeckError:
            found = []  # the banner speaks of the connection; the actions are there all the same
        if query == self.line.text():
            self._objects, self._found_for = found, query.strip()
            self._show_fitting(keeps_choice=True)

    def _show_fitting(self, *, keeps_choice: bool = False) -> None:
        """Show what fits; `keeps_choice` when an answer arrives: what Enter does stays the same, or is nothing."""
        query = self.line.text().strip()
        chosen = self._chosen() if keeps_choice else None
        if query:
            actions = rank(query, self._actions, lambda action: action.text)
            objects = self._objects if self._found_for == query else []
            runs = [one for one in objects if one.id.startswith("run.")]
            run_id = run_id_in(query)
            if run_id is not None and self._found_for != query:
                runs = [self._unknown_run(run_id)]  # Enter opens it, also before the search has answered
            commands = [] if read_command(query) is None else [one for one in objects if one.id.startswith(COMMAND)]
            exact = [
                *runs,
                *commands,
                *(one for one in objects if one not in (*runs, *commands) and one.text.casefold() == query.casefold()),
            ]
            shown = [*exact, *actions, *(one for one in objects if one not in exact)]
        else:
            recent = self._context.memory.get(remembered.RECENT_ACTIONS)
            known = {action.id: action for action in self._actions}
            first = [known[one] for one in recent if one in known]
            shown = [*first, *(action for action in self._actions if action.id not in recent)]
        self.model.show_actions(shown)
        place = next((at for at, one in enumerate(shown) if chosen and one.id == chosen.id), -1) if chosen else 0
        self.list.setCurrentIndex(self.model.index(place, 0))
        self._nothing.setVisible(not shown)
        self._nothing.setText(tr("No results for “%1”.", query))
        self.list.setVisible(bool(shown))
        self.list.setFixedHeight(min(max(len(shown), 1), _SHOWN) * _ROW + 4)
        self.adjustSize()

    def _unknown_run(self, run_id: int) -> Action:
        return Action(
            f"run.{run_id}",
            tr("Run %1", run_id),
            lambda: self._follow("run", {"run": run_id}),
            group=tr("Run"),
            icon_name="runs",
        )

    def _chosen(self) -> Action | None:
        row = self.list.currentIndex().row()
        return self.model.actions[row] if 0 <= row < len(self.model.actions) else None

    def _take(self) -> None:
        action = self._chosen()
        if action is None or not action.can_run:
            return
        if action in self._actions:
            recent = [one for one in self._context.memory.get(remembered.RECENT_ACTIONS) if one != action.id]
            self._context.memory.put(remembered.RECENT_ACTIONS, [action.id, *recent][:_MOST_RECENT])
        self.accept()
        # The palette must be gone before the action opens a dialog of its own.
        QTimer.singleShot(0, lambda: action.run())

    def done(self, result: int) -> None:
        """End the search with the dialog."""
        if self._searching is not None:
            self._searching.cancel()
        super().done(result)
