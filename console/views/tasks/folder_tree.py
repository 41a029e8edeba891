"""The folders of the tasks as a tree with counts; choosing one filters the table beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QTreeWidgetItemIterator, QWidget

from console import remembered
from console.memory import Memory
from console.theme.current import Theme
from console.widgets.plain_tip import plain_tip
from console.words import number, tr
from shared.models.task_overview import TaskFolder

_PATH = Qt.ItemDataRole.UserRole


@dataclass(slots=True)
class FolderNode:
    """A folder; `tasks` counts what lies below it as well."""

    name: str
    path: str
    tasks: int = 0
    below: list["FolderNode"] = field(default_factory=list)


def folder_nodes(folders: Iterable[TaskFolder]) -> FolderNode:
    """Return the root of the tree, which counts every task; folders are in the order of their names."""
    root = FolderNode("", "")
    known = {"": root}
    for folder in sorted(folders, key=lambda one: one.path.split("/")):
        root.tasks += folder.tasks
        above, path = root, ""
        for part in folder.path.split("/") if folder.path else []:
            path = f"{path}/{part}" if path else part
            if path not in known:
                known[path] = FolderNode(part, path)
                above.below.append(known[path])
            above = known[path]
            above.tasks += folder.tasks
    return root


class FolderTree(QTreeWidget):
    """`chosen` carries the path of a folder, empty for all tasks."""

    chosen = Signal(str)

    def __init__(self, memory: Memory, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._theme = theme
        theme.changed.connect(self._colour)
        self._expanded: set[str] = set(memory.get(remembered.OPEN_FOLDERS))
        self._is_filling = False
        self._shown: FolderNode | None = None
        self._wanted: str | None = None
        self.setObjectName("folders")
        self.setAccessibleName(tr("Folders"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._choose)
        self.itemExpanded.connect(lambda item: self._remember(item, is_open=True))
        self.itemCollapsed.connect(lambda item: self._remember(item, is_open=False))

    def _colour(self) -> None:
        items = QTreeWidgetItemIterator(self)
        while item := items.value():
            item.setForeground(1, QColor(self._theme.palette.muted))
            items += 1

    @property
    def path(self) -> str:
        """The selected folder, or the one that is to be selected; empty for all tasks."""
        if self._wanted is not None:
            return self._wanted
        item = self.currentItem()
        return str(item.data(0, _PATH)) if item is not None else ""

    def show_folders(self, folders: Sequence[TaskFolder]) -> None:
        """Show these folders; selected and expanded folders stay so where they still exist."""
        root = folder_nodes(folders)
        if root == self._shown:
            return
        self._shown = root
        before = self.path
        at = self.verticalScrollBar().value()
        self._is_filling = True
        self.clear()
        top = self._item(root, tr("All tasks"))
        self.addTopLevelItem(top)
        self._fill(top, root)
        self.select(before)
        self.verticalScrollBar().setValue(at)
        self._is_filling = False
        if self.path != before:
            self.chosen.emit(self.path)

    def select(self, path: str) -> None:
        """Select a folder; a missing one selects all tasks. Before the first folders are shown, it is noted."""
        self._wanted = path if self._shown is None else None
        item = self.item_of(path) or self.topLevelItem(0)
        if item is not None:
            self.setCurrentItem(item)

    def _item(self, node: FolderNode, name: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name, number(node.tasks)])
        item.setData(0, _PATH, node.path)
        item.setToolTip(0, plain_tip(node.path or name))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setForeground(1, QColor(self._theme.palette.muted))
        return item

    def _fill(self, item: QTreeWidgetItem, node: FolderNode) -> None:
        for below in node.below:
            child = self._item(below, below.name)
            item.addChild(child)
            self._fill(child, below)
        item.setExpanded(node.path in self._expanded)

    def item_of(self, path: str) -> QTreeWidgetItem | None:
        """Return the item of a folder."""
        waiting = [self.topLevelItem(0)]
        while waiting:
            item = waiting.pop()
            if item is None or item.data(0, _PATH) == path:
                return item
            waiting += [item.child(place) for place in range(item.childCount())]
        return None

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and not self._is_filling:
            self.chosen.emit(self.path)

    def _remember(self, item: QTreeWidgetItem, *, is_open: bool) -> None:
        if self._is_filling:
            return
        path = str(item.data(0, _PATH))
        self._expanded = self._expanded | {path} if is_open else self._expanded - {path}
        self._memory.put(remembered.OPEN_FOLDERS, sorted(self._expanded))
