"""The fields of a form, each with its caption and its error."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from console.theme.current import monospace
from console.views.tasks.pair_table import PairTable
from console.widgets.boxes import ComboBox
from console.widgets.composed_field import ComposedField
from console.widgets.surfaces import label
from console.words import tr

Field = QLineEdit | QComboBox | QPlainTextEdit | PairTable | ComposedField
_BETWEEN_COLUMNS = 12


class FieldSet(QObject):
    """Fields by name; `touched` names the field that was changed by typing or by `set_text`.

    With `has_choice` each caption is a check box, which a change of its field checks: `chosen` has those that count.
    """

    touched = Signal(str)

    def __init__(self, parent: QObject | None = None, *, has_choice: bool = False) -> None:
        super().__init__(parent)
        self._has_choice = has_choice
        self._is_filling = False
        self._boxes: dict[str, QCheckBox] = {}
        self._fields: dict[str, Field] = {}
        self._errors: dict[str, QLabel] = {}
        self._blocks: dict[str, QWidget] = {}
        self._last: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def add(
        self,
        column: QBoxLayout,
        name: str,
        title: str,
        field: Field,
        *,
        hint: str = "",
        grows: bool = False,
        beside: QWidget | None = None,
        stretch: int = 1,
    ) -> None:
        """Add a field behind the others of a column or row; `beside` stands between it and what is wrong with it."""
        caption = self._caption(name, title, field)
        for named in (field, field.focusProxy()):
            if named is not None:
                named.setAccessibleName(title)
        if hint and isinstance(field, QLineEdit | QPlainTextEdit):
            field.setPlaceholderText(hint)
        if isinstance(field, QComboBox):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            field.setMinimumContentsLength(8)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        error = label("", "fieldError")
        error.setWordWrap(True)
        error.hide()
        made = QWidget()
        block = QVBoxLayout(made)
        block.setContentsMargins(0, 0, 0, 0)
        block.setSpacing(4)
        block.addWidget(caption)
        block.addWidget(field, 1 if grows else 0)
        if beside is not None:
            block.addWidget(beside)
        block.addWidget(error)
        if not grows:
            block.addStretch(1)
        is_row = column.direction() is QBoxLayout.Direction.LeftToRight
        column.addWidget(made, stretch if is_row else 1 if grows else 0)
        self._fields[name] = field
        self._errors[name] = error
        self._blocks[name] = made
        changed = field.currentTextChanged if isinstance(field, QComboBox) else field.textChanged
        self._last[name] = _text(field)
        changed.connect(lambda *_: self._changed(name))

    def _caption(self, name: str, title: str, field: Field) -> QWidget:
        if not self._has_choice:
            caption = label(title, "secondary")
            caption.setBuddy(field)
            return caption
        box = QCheckBox(title)
        box.setAccessibleName(tr("Change %1", title))
        box.toggled.connect(lambda: self.touched.emit(name))
        self._boxes[name] = box
        return box

    def chosen(self) -> list[str]:
        """Return the fields that are checked and shown."""
        return [name for name, box in self._boxes.items() if box.isChecked() and self.is_shown(name)]

    def choose(self, name: str) -> None:
        """Check a field."""
        self._boxes[name].setChecked(True)

    def fill(self, texts: Mapping[str, str | None], several: str) -> None:
        """Set texts without checking their fields; a field that has None is empty, and shows `several` instead."""
        self._is_filling = True
        for name, text in texts.items():
            if text is None:
                self._show_several(name, several)
            else:
                self.set_text(name, text)
        self._is_filling = False

    def _show_several(self, name: str, words: str) -> None:
        field = self._fields[name]
        line = field.lineEdit() if isinstance(field, QComboBox) else field
        if isinstance(field, QComboBox):
            field.setPlaceholderText(words)
            field.setCurrentIndex(-1)
        if isinstance(line, QLineEdit | QPlainTextEdit):
            line.clear()
            line.setPlaceholderText(words)
        elif not isinstance(field, QComboBox):
            box = self._boxes[name]
            box.setText(tr("%1 (%2)", box.text(), words))

    def add_row(self, column: QBoxLayout) -> QHBoxLayout:
        """Add a row to a column, and return where its fields go."""
        row = QHBoxLayout()
        row.setSpacing(_BETWEEN_COLUMNS)
        column.addLayout(row)
        return row

    def texts(self) -> dict[str, str]:
        """Return the text of every field."""
        return {name: _text(field) for name, field in self._fields.items()}

    def set_text(self, name: str, text: str) -> None:
        """Set the text of a field, as typing would."""
        field = self._fields[name]
        if isinstance(field, QLineEdit | PairTable | ComposedField):
            field.setText(text)
        elif isinstance(field, QPlainTextEdit):
            field.setPlainText(text)
        elif field.isEditable():
            field.setCurrentText(text)
        elif (place := field.findData(text)) >= 0:
            field.setCurrentIndex(place)
        else:
            field.addItem(text, text)
            field.setCurrentIndex(field.count() - 1)

    def _changed(self, name: str) -> None:
        """Report a change of the text; a text box also signals when it is only coloured."""
        text = _text(self._fields[name])
        if text == self._last[name]:
            return
        self._last[name] = text
        if self._is_filling:
            return
        if name in self._boxes:
            self._boxes[name].setChecked(True)
        self.touched.emit(name)

    def error_of(self, name: str) -> str:
        """Return the error of a field; empty without one."""
        error = self._errors[name]
        return error.text() if not error.isHidden() else ""

    def wrong(self) -> list[str]:
        """Return the fields that show an error, in their order."""
        return [name for name in self._fields if self.error_of(name)]

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show these errors, and clear all others; a field with an error has an outline in its colour."""
        for name, shown in self._errors.items():
            shown.setText(errors.get(name, ""))
            shown.setVisible(name in errors)
            field = self._fields[name]
            for outlined in (field, field.focusProxy()):
                if outlined is not None and bool(outlined.property("wrong")) is not (name in errors):
                    outlined.setProperty("wrong", name in errors)
                    outlined.setAccessibleDescription(errors.get(name, ""))
                    outlined.style().unpolish(outlined)
                    outlined.style().polish(outlined)

    def show_only_without(self, hidden: Collection[str]) -> None:
        """Show all fields but these, with their captions."""
        for name, block in self._blocks.items():
            block.setVisible(name not in hidden)

    def is_shown(self, name: str) -> bool:
        """Whether a field is not hidden with its caption."""
        return not self._blocks[name].isHidden()


def _text(field: Field) -> str:
    if isinstance(field, QLineEdit | PairTable | ComposedField):
        return field.text()
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if field.isEditable():
        return field.currentText()
    return str(field.currentData() or "")


def written(line: QLineEdit) -> QLineEdit:
    """Return a line edit in a monospaced font."""
    line.setFont(monospace())
    return line


def lines(height: int = 56) -> QPlainTextEdit:
    """Return a text box of a few lines in a monospaced font; Tab leaves it."""
    text = QPlainTextEdit()
    text.setFont(monospace())
    text.setTabChangesFocus(True)
    text.setFixedHeight(height)
    return text


def choices(words: Sequence[tuple[str, str]]) -> QComboBox:
    """Return a combo box of values with their names."""
    box = ComboBox()
    for value, text in words:
        box.addItem(text, value)
    return box


def completing(names: Collection[str], hint: str = "") -> QComboBox:
    """Return a box in which a name is typed or chosen; each name that contains what is typed is offered."""
    box = ComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(sorted(names))
    box.setCurrentText("")
    line, completer = box.lineEdit(), box.completer()
    assert line is not None
    assert completer is not None
    line.setPlaceholderText(hint)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    return box
