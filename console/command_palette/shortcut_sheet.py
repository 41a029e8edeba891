"""Shift+F1: every shortcut, from the same actions that the palette shows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from console.actions import Action, key_words
from console.widgets.surfaces import label
from console.words import tr


def table_keys() -> list[Action]:
    """Return what the keyboard does in every table; tables handle these themselves."""

    def nothing() -> None:
        """Stand in the sheet."""

    group = tr("In tables")
    return [
        Action("table.open", tr("Open"), nothing, group=group, shortcuts=("Return",)),
        Action("table.menu", tr("Open the menu"), nothing, group=group, shortcuts=("Menu", "Shift+F10")),
        Action("table.delete", tr("Delete…"), nothing, group=group, shortcuts=("Del",)),
        Action("table.copy", tr("Copy rows"), nothing, group=group, shortcuts=("Ctrl+C",)),
        Action("table.all", tr("Select all"), nothing, group=group, shortcuts=("Ctrl+A",)),
    ]


def by_group(actions: Sequence[Action]) -> dict[str, list[Action]]:
    """Return the actions that have shortcuts, under their headings, in the order in which they came."""
    groups: dict[str, list[Action]] = {}
    for action in actions:
        if action.shortcuts:
            groups.setdefault(action.group, []).append(action)
    return groups


class ShortcutSheet(QDialog):
    """The shortcuts in two columns, narrowed by typing."""

    def __init__(self, actions: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(860, 640)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Search the shortcuts"))
        self.line.setAccessibleName(tr("Search the shortcuts"))
        self.line.textChanged.connect(self._narrow)
        layout.addWidget(self.line)
        self._rows: list[tuple[str, list[QWidget]]] = []
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("content")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 16, 0)
        columns.setSpacing(32)
        groups = by_group([*actions, *table_keys()])
        halves: list[list[str]] = [[], []]
        sizes = [0, 0]
        for group, members in groups.items():
            side = 0 if sizes[0] <= sizes[1] else 1
            halves[side].append(group)
            sizes[side] += len(members) + 2
        for half in halves:
            column = QVBoxLayout()
            column.setSpacing(16)
            for group in half:
                column.addLayout(self._group(group, groups[group]))
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroll.setWidget(inside)
        layout.addWidget(scroll, 1)

    @property
    def lines(self) -> list[str]:
        """The words of the shortcuts that are shown."""
        return [words for words, widgets in self._rows if not widgets[0].isHidden()]

    def _group(self, group: str, actions: Sequence[Action]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(group, "cardTitle"), 0, 0, 1, 2)
        for row, action in enumerate(actions, start=1):
            words = label(action.text)
            keys = QWidget()
            across = QHBoxLayout(keys)
            across.setContentsMargins(0, 0, 0, 0)
            across.setSpacing(4)
            for shortcut in action.shortcuts:
                across.addWidget(label(key_words(shortcut), "key"))
            grid.addWidget(words, row, 0)
            grid.addWidget(keys, row, 1, alignment=Qt.AlignmentFlag.AlignRight)
            self._rows.append((f"{action.text} {' '.join(action.shortcuts)}", [words, keys]))
        return grid

    def _narrow(self, text: str) -> None:
        for words, widgets in self._rows:
            for widget in widgets:
                widget.setVisible(text.casefold() in words.casefold())
