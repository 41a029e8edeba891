"""The table that every list of the console is shown in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from console.memory import Memory
from console.theme.current import Theme
from console.theme.glyphs import Glyph
from console.widgets.action_menu import fill_menu
from console.widgets.cell_delegate import BAR_WIDTH, GLYPH_SIZE, PADDING, CellDelegate
from console.widgets.column_layout import ColumnLayout
from console.widgets.column_widths import STRETCH_MINIMUM, ColumnRoom, fit_columns
from console.widgets.hover_bar import HoverBar
from console.widgets.pointed_row import PointedRow
from console.widgets.row_action import RowAction
from console.widgets.sort_header import MARK_ROOM, SortHeader
from console.widgets.table_model import GLYPH_ROLE, Column, TableModel

_SELECTING = frozenset(
    (
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Space,
    )
)
_TURN_MS = 80
_TURN_DEGREES = 24.0


class DataTable(QTableView):
    """A `TableModel` with the console's manners: Enter opens, Ctrl+C copies rows, Del and hover act.

    `rows_seen` says which rows are in view, after each change of that; the last may be beyond the end. `selecting`
    comes before a person selects by mouse or key. `end_wanted` follows the key End, which has gone to the last row that
    is loaded.
    """

    opened = Signal(object)
    rows_seen = Signal(int, int)
    delete_wanted = Signal(list)
    sort_wanted = Signal(str)
    whole_wanted = Signal(object)
    selecting = Signal()
    end_wanted = Signal()

    def __init__(
        self,
        model: TableModel[Any],
        theme: Theme,
        actions: Sequence[RowAction[Any]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows_model = model
        self.row_actions = list(actions)
        self.can_act = True
        self.acts_on_whole: Callable[[], bool] = lambda: False
        self.stretch_minimum = STRETCH_MINIMUM
        self.layout_of_columns: ColumnLayout | None = None
        self._theme = theme
        self._pointed: PointedRow | None = None
        self.setModel(model)
        self._cells = CellDelegate(theme, self)
        self.setItemDelegate(self._cells)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        self._header = SortHeader(model, theme, self)
        self._header.sort_wanted.connect(self._header_clicked)
        self.setHorizontalHeader(self._header)
        self.fit_columns()
        self._bar = HoverBar(self, model, theme, self.row_actions, act=self.act, can_act=lambda: self.can_act)
        self._pointed = PointedRow(self)
        self._pointed.found.connect(self._hover)
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        theme.changed.connect(self._restyle)
        model.dataChanged.connect(self._look_for_running)
        model.rowsInserted.connect(self._look_for_running)
        model.modelReset.connect(self._look_for_running)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self._reporting = QTimer(self)
        self._reporting.setSingleShot(True)
        self._reporting.setInterval(0)
        self._reporting.timeout.connect(self._report_seen)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._reporting.start())
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(lambda *_: self._reporting.start())

    def offer_columns(self, memory: Memory, name: str) -> None:
        """Let a person choose, order and size the columns; `name` is what the choice is kept under."""
        self.layout_of_columns = ColumnLayout(self, self.rows_model, memory, name)
        self.layout_of_columns.changed.connect(self._fit)

    def open_by_click(self) -> None:
        """Let one click open a row: for short lists, in which there is nothing to select."""
        self.doubleClicked.disconnect()
        self.clicked.connect(lambda index: self._open(index.row()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_turning(self) -> bool:
        """Whether a shape in view turns."""
        return self._turning.isActive()

    def _open(self, place: int) -> None:
        row = self.rows_model.row_at(place)
        if row is not None:
            self.opened.emit(row)

    def _report_seen(self) -> None:
        first = max(self.rowAt(0), 0)
        self.rows_seen.emit(first, first + self.viewport().height() // self._theme.row_height + 1)

    def fit_columns(self) -> None:
        """Give each column the width of its widest text, and one of them the rest."""
        header = self.horizontalHeader()
        for place, column in enumerate(self.rows_model.columns):
            if column.stretches:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
                continue
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(place, self._width_of(column))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out columns until the one that stretches has room to be read."""
        super().resizeEvent(event)
        self._reporting.start()
        self._fit()

    def _fit(self) -> None:
        chosen = self.layout_of_columns
        columns = [self._room_of(column) for column in self.rows_model.columns]
        fitted = fit_columns(columns, self.viewport().width(), stretch_minimum=self.stretch_minimum)
        with chosen.unrecorded() if chosen else nullcontext():
            for place, (column, width) in enumerate(zip(columns, fitted, strict=True)):
                self.setColumnHidden(place, width is None)
                if width is not None and not column.stretches:
                    self.setColumnWidth(place, width)

    def _room_of(self, column: Column[Any]) -> ColumnRoom:
        chosen = self.layout_of_columns
        by_person = chosen.width_of(column) if chosen and not column.stretches else None
        return ColumnRoom(
            width=0 if column.stretches else by_person or self._width_of(column),
            least=self.fontMetrics().horizontalAdvance(column.title) + 2 * PADDING + 4,
            goes_at=column.goes_at,
            stretches=column.stretches,
            grows=column.grows,
            is_fixed=bool(by_person),
            is_hidden=chosen.hides(column) if chosen else column.is_extra,
        )

    def _width_of(self, column: Column[Any]) -> int:
        metrics = self.fontMetrics()
        width = max(metrics.horizontalAdvance(column.widest), metrics.horizontalAdvance(column.title)) + 2 * PADDING
        width += MARK_ROOM if column.sort else 0
        width += (GLYPH_SIZE + PADDING) if column.glyph else 0
        width = max(width, column.widest_pixels + 2 * PADDING if column.widest_pixels else 0)
        return width + ((BAR_WIDTH + PADDING) if column.share else 0) + 4

    def selectRow(self, row: int) -> None:
        """Override QTableView.selectRow: select the row alone; while Ctrl is held, Qt would toggle it."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows_model.index(row, 0), flags.ClearAndSelect | flags.Rows)

    def selected(self) -> list[Any]:
        """Return the selected rows that are loaded, in the table's order."""
        chosen = (self.rows_model.row_at(place) for place in self.selected_places())
        return [row for row in chosen if row is not None]

    def selected_places(self) -> list[int]:
        """Return where the selected rows are, loaded or not, in order."""
        chosen = self.selectionModel().selection()
        ranges = [chosen.at(number) for number in range(chosen.count())]
        return sorted({place for one in ranges for place in range(one.top(), one.bottom() + 1)})

    def is_in_view(self, index: QModelIndex) -> bool:
        """Whether a row can be seen, if only a part of it."""
        height = self._theme.row_height
        top = self.rowViewportPosition(index.row()) if index.isValid() else -height
        return -height < top < self.viewport().height()

    def set_stale(self, is_stale: bool) -> None:
        """Grey the rows while newer ones are awaited or cannot be had."""
        if is_stale != self._cells.is_stale:
            self._cells.is_stale = is_stale
            self._look_for_running()
            self.viewport().update()

    @contextmanager
    def holding_still(self) -> Iterator[None]:
        """Keep what is seen where it is while rows above it come and go; the top of the list stays the top."""
        bar, first = self.verticalScrollBar(), self.rowAt(0)
        if bar.value() == 0 or first < 0:
            yield
            return
        last = min(first + self.viewport().height() // self._theme.row_height, self.rows_model.rowCount() - 1)
        offsets = {self.rows_model.key_at(place): self.rowViewportPosition(place) for place in range(first, last + 1)}
        yield
        places = ((self.rows_model.row_of(key), offset) for key, offset in offsets.items())
        place, offset = next(((place, offset) for place, offset in places if place is not None), (None, 0))
        if place is not None:
            self.updateGeometries()
            bar.setValue(place * self._theme.row_height - offset)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Override QTableView.scrollTo: rows that have just come count, which Qt would lay out later."""
        self.updateGeometries()
        super().scrollTo(index, hint)

    def show_sort(self, sort: str) -> None:
        """Mark the column by which the rows are sorted; `sort` as the API writes it."""
        self._header.show_sort(sort)

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard, cells between tabs."""
        columns = self.rows_model.columns
        lines = ["\t".join(column.text(row) for column in columns) for row in self.selected()]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def row_action(self, action_id: str) -> RowAction[Any]:
        """Return the action with an id."""
        return next(action for action in self.row_actions if action.id == action_id)

    def act(self, action: RowAction[Any], rows: list[Any], *, is_whole: bool = False) -> None:
        """Do `action` to those of `rows` that it is permitted for; nothing while the backend cannot be asked.

        Where the selection stands for the whole list, `whole_wanted` asks for the rows first; they come with
        `is_whole`.
        """
        if not is_whole and len(rows) > 1 and self.acts_on_whole():
            self.whole_wanted.emit(action)
            return
        fitting = [row for row in rows if action.can_do(row)]
        if fitting and self.can_act:
            action.do(fitting)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Space selects, Del asks to delete, Ctrl+C copies; Home and End go to the ends of the list."""
        if event.key() in _SELECTING:
            self.selecting.emit()
        chosen = self.selected()
        end = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.rows_model.rowCount() - 1}.get(Qt.Key(event.key()))
        if end is not None:
            extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._go_to(end, extends=extends)
            if event.key() == Qt.Key.Key_End and not extends:
                self.end_wanted.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen:
            self.opened.emit(chosen[0])
        elif event.key() == Qt.Key.Key_Delete and chosen:
            self.delete_wanted.emit(chosen)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(self.currentIndex(), flags.Toggle | flags.Rows)
        else:
            super().keyPressEvent(event)

    def go_to_end(self) -> None:
        """Make the last row the current one."""
        self._go_to(self.rows_model.rowCount() - 1, extends=False)

    def _go_to(self, place: int, *, extends: bool) -> None:
        """Make a row the current one, alone or with all from the one that was."""
        if not 0 <= place < self.rows_model.rowCount():
            return
        index, flags = self.rows_model.index(place, 0), QItemSelectionModel.SelectionFlag
        if extends and (before := self.currentIndex()).isValid():
            rows = QItemSelection(
                self.rows_model.index(min(before.row(), place), 0), self.rows_model.index(max(before.row(), place), 0)
            )
            self.selectionModel().select(rows, flags.Select | flags.Rows)
            self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        else:
            self.selectRow(place)
        self.scrollTo(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say that a person is about to select something else; a right click keeps the selection."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.selecting.emit()
        super().mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Override QAbstractScrollArea.viewportEvent: follow the pointer.

        An event filter would still be called while the table is destroyed, at the end of the process without Python.
        """
        is_handled = super().viewportEvent(event)
        if self._pointed is not None:
            self._pointed.notice(event)
        return is_handled

    def showEvent(self, event: QShowEvent) -> None:
        """Turn what runs, while it is seen."""
        super().showEvent(event)
        self._look_for_running()

    def _hover(self, row: int) -> None:
        """Show what can be done with the row under the pointer; -1 is none."""
        if row != self._cells.hovered_row:
            self._cells.hovered_row = row
            self.viewport().update()
        self._bar.show_for(row)

    def _header_clicked(self, place: int) -> None:
        name = self.rows_model.columns[place].sort
        self.sort_wanted.emit(f"-{name}" if self._header.sort == name else str(name))

    def _show_menu(self, at: QPoint) -> None:
        if not self.selected():
            return
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._pointed is not None:
            self._pointed.follow_after(menu)
        menu.popup(self.viewport().mapToGlobal(at))

    def menu(self) -> QMenu:
        """Return the menu of the selected rows."""
        rows = self.selected()
        menu = QMenu(self)
        menu.setToolTipsVisible(any(action.why_refused(rows) for action in self.row_actions))
        fill_menu(
            menu,
            self.row_actions,
            rows,
            self._theme.palette,
            can_do=lambda action: self.can_act and any(map(action.can_do, rows)),
            act=lambda action: self.act(action, rows),
        )
        return menu

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        self._bar.restyle()
        self.viewport().update()

    def _look_for_running(self) -> None:
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        last = self.rows_model.rowCount() - 1 if last < 0 else last
        turns = (
            self.isVisible()
            and not self._theme.is_still
            and not self._cells.is_stale
            and any(self._glyph_at(row) == Glyph.ARC for row in range(first, last + 1))
        )
        if turns and not self._turning.isActive():
            self._turning.start()
        elif not turns:
            self._turning.stop()

    def _glyph_at(self, row: int) -> Any:
        if self.rows_model.is_past(row):
            return None
        return self.rows_model.data(self.rows_model.index(row, 0), GLYPH_ROLE)

    def _turn(self) -> None:
        if not self.isVisible():
            self._turning.stop()
            return
        self._cells.turn = (self._cells.turn + _TURN_DEGREES) % 360
        self.viewport().update(0, 0, PADDING * 2 + GLYPH_SIZE, self.viewport().height())
