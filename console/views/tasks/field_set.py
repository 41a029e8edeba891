"""The fields of a form, each with its caption and its error."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QComboBox,
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
from console.widgets.fold import Fold
from console.widgets.surfaces import label

Field = QLineEdit | QComboBox | QPlainTextEdit | PairTable


class FieldSet(QObject):
    """Fields by name; `touched` names the field that was changed by typing or by `set_text`."""

    touched = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._errors: dict[str, QLabel] = {}
        self._last: dict[str, str] = {}
        self.folds: list[Fold] = []

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def add(
        self,
        column: QVBoxLayout,
        name: str,
        title: str,
        field: Field,
        *,
        hint: str = "",
        grows: bool = False,
        beside: QWidget | None = None,
    ) -> None:
        """Add a field below the others; `beside` stands between it and what is wrong with it."""
        caption = label(title, "secondary")
        caption.setBuddy(field)
        field.setAccessibleName(title)
        if hint and isinstance(field, QLineEdit):
            field.setPlaceholderText(hint)
        if isinstance(field, QComboBox):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        error = label("", "fieldError")
        error.setWordWrap(True)
        error.hide()
        block = QVBoxLayout()
        block.setSpacing(4)
        block.addWidget(caption)
        block.addWidget(field, 1 if grows else 0)
        if beside is not None:
            block.addWidget(beside)
        block.addWidget(error)
        column.addLayout(block, 1 if grows else 0)
        self._fields[name] = field
        self._errors[name] = error
        changed = field.currentTextChanged if isinstance(field, QComboBox) else field.textChanged
        self._last[name] = _text(field)
        changed.connect(lambda *_: self._changed(name))

    def add_fold(self, column: QVBoxLayout, title: str) -> QVBoxLayout:
        """Add a part that is folded away, and return where its fields go."""
        fold = Fold(title)
        column.addWidget(fold)
        self.folds.append(fold)
        return fold.column

    def texts(self) -> dict[str, str]:
        """Return the text of every field."""
        return {name: _text(field) for name, field in self._fields.items()}

    def set_text(self, name: str, text: str) -> None:
        """Set the text of a field, as typing would."""
        field = self._fields[name]
        if isinstance(field, QLineEdit | PairTable):
            field.setText(text)
        elif isinstance(field, QPlainTextEdit):
            field.setPlainText(text)
        elif (place := field.findData(text)) >= 0:
            field.setCurrentIndex(place)
        elif field.isEditable():
            field.setCurrentText(text)
        else:
            field.addItem(text, text)
            field.setCurrentIndex(field.count() - 1)

    def _changed(self, name: str) -> None:
        """Report a change of the text; a text box also signals when it is only coloured."""
        text = _text(self._fields[name])
        if text != self._last[name]:
            self._last[name] = text
            self.touched.emit(name)

    def error_of(self, name: str) -> str:
        """Return the error of a field; empty without one."""
        error = self._errors[name]
        return error.text() if not error.isHidden() else ""

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show these errors, and clear all others."""
        for name, shown in self._errors.items():
            shown.setText(errors.get(name, ""))
            shown.setVisible(name in errors)

    def unfold(self, name: str) -> None:
        """Open the part in which a field is folded away."""
        for fold in self.folds:
            if fold.isAncestorOf(self._fields[name]):
                fold.open()


def _text(field: Field) -> str:
    if isinstance(field, QLineEdit | PairTable):
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
