"""Which row of a table the pointer is over."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QTableView

_MOVES = frozenset(
    (
        QEvent.Type.MouseMove,
        QEvent.Type.Enter,
        QEvent.Type.Leave,
        QEvent.Type.Show,
        QEvent.Type.Hide,
        QEvent.Type.Resize,
    )
)


class PointedRow(QObject):
    """`found` carries the row after each event that can change it; -1 is none.

    Qt reports when the pointer moves. Rows also move below a pointer that rests: when the list scrolls, changes, is
    hidden or gets another size, and the pointer moves unreported while a menu is open.
    """

    found = Signal(int)

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._row = -1
        self._finding = QTimer(self)
        self._finding.setSingleShot(True)
        self._finding.setInterval(0)
        self._finding.timeout.connect(self._find)
        model = table.model()
        for changed in (
            table.verticalScrollBar().valueChanged,
            model.rowsInserted,
            model.rowsRemoved,
            model.layoutChanged,
            model.modelReset,
            model.dataChanged,
        ):
            changed.connect(lambda *_: self._finding.start())

    def follow_after(self, menu: QMenu) -> None:
        """Find the row again when a menu closes."""
        menu.aboutToHide.connect(self._finding.start)

    def notice(self, event: QEvent) -> None:
        """Find the row again if an event of the viewport says that the pointer or the table has moved."""
        if event.type() in _MOVES:
            self._find()

    def _find(self) -> None:
        if QApplication.activePopupWidget() is None:
            self._row = self._row_under_pointer()
        self.found.emit(self._row)

    def _row_under_pointer(self) -> int:
        viewport = self._table.viewport()
        at = viewport.mapFromGlobal(QCursor.pos())
        is_over = viewport.isVisible() and viewport.underMouse() and viewport.rect().contains(at)
        return self._table.rowAt(at.y()) if is_over else -1
