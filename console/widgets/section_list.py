"""The sections of a form, one below the other, with the number of errors in each."""

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.theme.current import Theme
from console.words import number, tr

_WIDTH = 160
_ROW_HEIGHT = 32
_COUNT = Qt.ItemDataRole.UserRole + 1
_BADGE = 18
_MARGIN = 10


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Override QStyledItemDelegate.sizeHint: all rows are as high."""
        return QSize(super().sizeHint(option, index).width(), _ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Override QStyledItemDelegate.paint: the number of errors stands at the right, in the colour of errors."""
        super().paint(painter, option, index)
        count = index.data(_COUNT)
        if not count:
            return
        palette = self._theme.palette
        words = number(count)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        rect: QRect = option.rect
        width = max(_BADGE, option.fontMetrics.horizontalAdvance(words) + 10)
        badge = QRect(rect.right() - width - _MARGIN, rect.center().y() - _BADGE // 2 + 1, width, _BADGE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(palette.bad))
        painter.drawRoundedRect(badge, _BADGE / 2, _BADGE / 2)
        painter.setFont(font)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()


class SectionList(QListWidget):
    """Up and Down choose a section; `chosen` carries its name."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sections")
        self.setAccessibleName(title)
        self.setFixedWidth(_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(theme, self))
        self.currentRowChanged.connect(self._choose)

    def add(self, name: str, title: str) -> None:
        """Add a section at the end."""
        item = QListWidgetItem(title, self)
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, title)

    @property
    def names(self) -> list[str]:
        """The names of the sections, from the top."""
        return [str(self.item(row).data(Qt.ItemDataRole.UserRole)) for row in range(self.count())]

    @property
    def current(self) -> str:
        """The name of the chosen section."""
        return self.names[self.currentRow()]

    def choose(self, name: str) -> None:
        """Choose a section."""
        self.setCurrentRow(self.names.index(name))

    def step(self, by: int) -> None:
        """Choose the next section, or the one before, around the end."""
        self.setCurrentRow((self.currentRow() + by) % self.count())

    def errors_in(self, name: str) -> int:
        """Return the number of errors that a section shows."""
        return int(self.item(self.names.index(name)).data(_COUNT) or 0)

    def show_errors(self, counts: Mapping[str, int]) -> None:
        """Show how many errors there are in each section."""
        for row, name in enumerate(self.names):
            item, count = self.item(row), counts.get(name, 0)
            item.setData(_COUNT, count)
            words = tr("%1, 1 error", item.text()) if count == 1 else tr("%1, %2 errors", item.text(), number(count))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words if count else item.text())

    def _choose(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(self.names[row])
