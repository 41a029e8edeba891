"""The tasks that a task runs after: searched, added, and each with its condition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from console.theme.current import Theme
from console.theme.icons import icon
from console.views.tasks.field_texts import dependency_line, split_dependency
from console.widgets.boxes import ComboBox
from console.widgets.composed_field import ComposedField
from console.widgets.elided_label import ElidedLabel
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import listed, tr
from shared.enums import DependencyCondition, DependencyWindow

_MATCH_ROWS = 6
_MATCH_HEIGHT = 30
_NAME = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Match:
    """A task that can be added."""

    name: str
    folder: str


def condition_choices() -> list[tuple[DependencyCondition, str]]:
    """Return after which outcome of an upstream task a task runs, in words."""
    return [
        (DependencyCondition.SUCCESS, tr("after it succeeded")),
        (DependencyCondition.FAILURE, tr("after it failed")),
        (DependencyCondition.COMPLETION, tr("after any outcome")),
    ]


def window_choices() -> list[tuple[DependencyWindow, str]]:
    """Return which runs of an upstream task count, in words."""
    return [(DependencyWindow.LATEST, tr("latest run")), (DependencyWindow.PERIOD, tr("all runs of the period"))]


class _Edge(QWidget):
    """One upstream task; a line that is none stays as it is written until it is removed."""

    changed = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, line: str, names: Mapping[str, int], words_of: Callable[[str], str]) -> None:
        super().__init__()
        self._line = line
        self._names = names
        self.name, words = split_dependency(line, names)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        title = words_of(self.name)
        row.addWidget(ElidedLabel(title, ""), 1)
        given = [word.lower() for word in listed(words)]
        self.condition, self.window_choice = ComboBox(), ComboBox()
        self.is_read = True
        for word in given:
            self.is_read = self.is_read and word in {*DependencyCondition, *DependencyWindow}
        for box, choices, caption in (
            (self.condition, condition_choices(), tr("Condition of %1", title)),
            (self.window_choice, window_choices(), tr("Runs of %1 that count", title)),
        ):
            box.setAccessibleName(caption)
            for value, text in choices:
                box.addItem(text, value)
                if value in given:
                    box.setCurrentIndex(box.count() - 1)
            box.setVisible(self.is_read)
            box.currentIndexChanged.connect(self._change)
            row.addWidget(box)
        if not self.is_read:
            row.addWidget(label(words, "secondary"))
        self.remove = QToolButton()
        self.remove.setObjectName("rowAction")
        self.remove.setIcon(icon("close", theme.palette.muted))
        self.remove.setAccessibleName(tr("Remove %1", title))
        self.remove.setToolTip(plain_tip(tr("Remove %1", title)))
        self.remove.clicked.connect(self.removed)
        row.addWidget(self.remove)

    def line(self) -> str:
        """Return the edge as a line."""
        return self._line

    def _change(self) -> None:
        name, task_id = self.name, self._names.get(self.name)
        if name.startswith("#") and task_id is None and name[1:].isdigit():
            name, task_id = "", int(name[1:])
        self._line = dependency_line(
            name or None,
            task_id,
            DependencyCondition(self.condition.currentData()),
            DependencyWindow(self.window_choice.currentData()),
            self._names,
        )
        self.changed.emit()


class DependencyPicker(ComposedField):
    """The text has a line for each task, as `field_texts.dependency_line` writes it.

    `search_wanted` carries what is typed; `show_matches` answers it. Return adds the first match, Down enters the list.
    """

    search_wanted = Signal(str)

    def __init__(
        self, theme: Theme, names: Mapping[str, int], words_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        """`names` are the ids of the tasks that are known, by name; `words_of` returns how a task is called."""
        super().__init__(parent)
        self._theme = theme
        self._names = names
        self._words_of = words_of
        self._found: Sequence[Match] = ()
        self.edges: list[_Edge] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._none = label(tr("No upstream tasks."), "secondary")
        self._none.setWordWrap(True)
        column.addWidget(self._none)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        column.addLayout(self._rows)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search for a task to add"))
        self.search.setAccessibleName(tr("Search for a task to add"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.search_wanted)
        self.search.returnPressed.connect(self._add_first)
        self.search.installEventFilter(self)
        column.addWidget(self.search)
        self.matches = QListWidget()
        self.matches.setAccessibleName(tr("Tasks that can be added"))
        self.matches.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.matches.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.matches.setFixedHeight(_MATCH_ROWS * _MATCH_HEIGHT)
        self.matches.itemActivated.connect(self._add_item)
        self.matches.itemClicked.connect(self._add_item)
        column.addWidget(self.matches)
        self.setFocusProxy(self.search)

    def text(self) -> str:
        """Override ComposedField.text."""
        return "\n".join(edge.line() for edge in self.edges)

    def setText(self, text: str) -> None:
        """Override ComposedField.setText."""
        if text == self.text():
            return
        for edge in list(self.edges):
            self._drop(edge)
        for line in text.splitlines():
            if line.strip():
                self._append(line.strip())
        self._changed()

    def show_matches(self, found: Sequence[Match]) -> None:
        """Show the tasks that fit what is typed, without those that are there already."""
        self._found = found
        chosen = {edge.name for edge in self.edges}
        self.matches.clear()
        for match in found:
            if match.name not in chosen:
                item = QListWidgetItem(tr("%1  in %2", match.name, match.folder) if match.folder else match.name)
                item.setData(_NAME, match.name)
                self.matches.addItem(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject.eventFilter: Down in the search enters the list; Esc clears the search first."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down and self.matches.count():
                self.matches.setFocus()
                self.matches.setCurrentRow(0)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def add(self, name: str) -> None:
        """Add a task by its name, after which the search is ready for the next."""
        if all(edge.name != name for edge in self.edges):
            self._append(dependency_line(name, self._names.get(name), *_USUAL, self._names))
            self._changed()
        self.search.clear()
        self.search.setFocus()

    def _append(self, line: str) -> None:
        edge = _Edge(self._theme, line, self._names, self._words_of)
        edge.changed.connect(self.textChanged)
        edge.removed.connect(lambda: self._remove(edge))
        self.edges.append(edge)
        self._rows.addWidget(edge)

    def _remove(self, edge: _Edge) -> None:
        self._drop(edge)
        self._changed()
        self.search.setFocus()

    def _drop(self, edge: _Edge) -> None:
        self.edges.remove(edge)
        self._rows.removeWidget(edge)
        edge.hide()
        edge.deleteLater()

    def _changed(self) -> None:
        self._none.setVisible(not self.edges)
        self.show_matches(self._found)
        self.textChanged.emit()

    def _add_first(self) -> None:
        if self.search.text().strip() and self.matches.count():
            self._add_item(self.matches.item(0))

    def _add_item(self, item: QListWidgetItem) -> None:
        self.add(str(item.data(_NAME)))


_USUAL = (DependencyCondition.SUCCESS, DependencyWindow.LATEST)
