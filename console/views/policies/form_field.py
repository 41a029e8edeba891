"""One field of a small form: how it is read, shown and entered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit

from console.widgets.boxes import ComboBox
from console.widgets.check_list import CheckList
from console.widgets.duration_field import DurationField
from console.words import tr
from shared.client import TaskdeckClient

_LINES_HEIGHT = 88

FieldInput = QLineEdit | QComboBox | QPlainTextEdit | QCheckBox | CheckList


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field: `read` makes the API's value of its text and raises ValueError where that cannot be.

    `only_for` names a field of choices and those of its values for which this field has a meaning; for others it is
    hidden and empty. A secret is not shown, and what grants access is not stored in a draft. The text of a check box
    is `yes` or `no`. With `options` several names are chosen by check boxes; `offers` loads further ones, or the
    completions of a line.
    """

    name: str
    title: Callable[[], str]
    read: Callable[[str], Any] = lambda text: text.strip() or None
    show: Callable[[Any], str] = lambda value: "" if value is None else str(value)
    choices: Sequence[tuple[str, Callable[[], str]]] = ()
    hint: str | Callable[[], str] = ""
    has_lines: bool = False
    is_check: bool = False
    is_duration: bool = False
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    offers: Callable[[TaskdeckClient], Awaitable[Sequence[str]]] | None = None
    is_secret: bool = False
    grants_access: bool = False
    only_for: tuple[str, frozenset[str]] | None = None


def make_input(field: FormField, value: Any) -> FieldInput:
    """Return the widget in which a field is entered, with its value."""
    hint = field.hint if isinstance(field.hint, str) else field.hint()
    made: FieldInput
    if field.is_check:
        made = QCheckBox(field.title())
        made.setChecked(field.show(value) == "yes")
    elif field.options is not None:
        made = CheckList()
        made.offer(field.options())
        made.setText(field.show(value))
    elif field.is_duration:
        made = DurationField()
        made.setText(field.show(value))
    elif field.choices:
        made = ComboBox()
        for data, words in field.choices:
            made.addItem(words(), data)
        made.setCurrentIndex(max(0, made.findData(field.show(value))))
    elif field.has_lines:
        made = QPlainTextEdit(field.show(value))
        made.setTabChangesFocus(True)
        made.setFixedHeight(_LINES_HEIGHT)
        made.setPlaceholderText(hint)
    else:
        made = QLineEdit(field.show(value))
        if field.is_secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
        made.setPlaceholderText(hint)
    made.setAccessibleName(field.title())
    return made


def text_of(made: FieldInput) -> str:
    """Return what is entered; of choices the data, of a check box `yes` or `no`."""
    if isinstance(made, QComboBox):
        return str(made.currentData())
    if isinstance(made, QCheckBox):
        return "yes" if made.isChecked() else "no"
    return made.toPlainText() if isinstance(made, QPlainTextEdit) else made.text()


def enter_text(made: FieldInput, text: str) -> None:
    """Enter a text, as typing would."""
    if isinstance(made, QComboBox):
        made.setCurrentIndex(made.findData(text))
    elif isinstance(made, QCheckBox):
        made.setChecked(text == "yes")
    elif isinstance(made, QPlainTextEdit):
        made.setPlainText(text)
    else:
        made.setText(text)


def whole_number(text: str) -> int | None:
    """Return a number, None for nothing; raises ValueError."""
    try:
        return int(text) if text.strip() else None
    except ValueError:
        raise ValueError(tr("Enter a whole number, such as 10.")) from None
