"""A small form over an object of the API: fields as lines, what is wrong beside them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.connection.errors import explain
from console.context import Context
from console.drafts import Drafts
from console.views.policies.form_field import FieldInput, FormField, enter_text, make_input, text_of
from console.views.tasks.field_problems import problems_by_field
from console.widgets.busy_button import BusyButton
from console.widgets.check_list import CheckList
from console.widgets.form_window import FormWindow
from console.widgets.surfaces import label
from console.words import tr
from shared.errors import TaskdeckError


class FormDialog(FormWindow):
    """Sends the fields with `send`; `saved` follows once the backend took them."""

    saved = Signal()

    def __init__(
        self,
        context: Context,
        title: str,
        fields: Sequence[FormField],
        values: Mapping[str, Any],
        send: Callable[[dict[str, Any]], Any],
        parent: QWidget | None,
        *,
        verb: str = "",
        draft: str = "",
        trial: Callable[[dict[str, Any]], Awaitable[str]] | None = None,
    ) -> None:
        """`verb` is on the button that sends; by default it saves. `draft` names what is stored; empty stores none.

        `trial` tries what was saved, given as it was sent, and returns what came of it; then there is a button for
        both, which leaves the form open.
        """
        super().__init__(parent)
        self._context = context
        self._fields = list(fields)
        self._send = send
        self._trial = trial
        self._inputs: dict[str, FieldInput] = {}
        self._errors: dict[str, Any] = {}
        self._captions: dict[str, QWidget] = {}
        self.setWindowTitle(title)
        self.resize(480, 120)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        for field in self._fields:
            self._add(layout, field, values.get(field.name))
        self._problem = label("", "fieldError")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout.addWidget(self._problem)
        self.outcome = label("", "secondary")
        self.outcome.setWordWrap(True)
        self.outcome.hide()
        layout.addWidget(self.outcome)
        row = QHBoxLayout()
        self.test = BusyButton(tr("Save and send a test"))
        self.test.setAutoDefault(False)
        self.test.clicked.connect(self._begin_trial)
        self.test.setVisible(trial is not None)
        row.addWidget(self.test)
        row.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.save = BusyButton(verb or tr("Save"))
        self.save.setObjectName("primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._begin)
        row.addWidget(cancel)
        row.addWidget(self.save)
        layout.addLayout(row)
        for name in {field.only_for[0] for field in self._fields if field.only_for is not None}:
            chooser = self._inputs[name]
            if isinstance(chooser, QComboBox):
                chooser.currentIndexChanged.connect(self._show_fields)
        self._show_fields()
        self._opened_with = self._texts()
        if any(field.offers is not None for field in self._fields):
            context.background.start(self._load_offers(), name="names for a form")
        next(iter(self._inputs.values())).setFocus()
        if draft:
            self.use_drafts(Drafts(context.memory), draft)

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a field differs from what the form opened with."""
        return self._texts() != self._opened_with

    def entered(self) -> Mapping[str, str]:
        """Override FormWindow.entered; a secret is not stored."""
        stored = {field.name for field in self._fields if not field.is_secret and not field.grants_access}
        return {
            name: text for name, text in self._texts().items() if name in stored and text != self._opened_with[name]
        }

    def enter(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """Override FormWindow.enter."""
        before = {name: text for name, text in self._texts().items() if name in texts}
        for name in before:
            self.set_text(name, texts[name])
        return before

    def _texts(self) -> dict[str, str]:
        return {name: self.text(name) for name in self._inputs}

    def _add(self, layout: QVBoxLayout, field: FormField, value: Any) -> None:
        caption = label(field.title(), "secondary")
        made = make_input(field, value)
        caption.setVisible(not field.is_check)
        caption.setBuddy(made)
        error = label("", "fieldError")
        error.setWordWrap(True)
        error.hide()
        block = QVBoxLayout()
        block.setSpacing(3)
        for widget in (caption, made, error):
            block.addWidget(widget)
        layout.addLayout(block)
        self._inputs[field.name] = made
        self._errors[field.name] = error
        self._captions[field.name] = caption

    def applies(self, field: FormField) -> bool:
        """Whether a field has a meaning with what is chosen in the others."""
        if field.only_for is None:
            return True
        name, values = field.only_for
        chooser = next(one for one in self._fields if one.name == name)
        return self.applies(chooser) and self.text(name) in values

    def _show_fields(self) -> None:
        for field in self._fields:
            applies = self.applies(field)
            self._captions[field.name].setVisible(applies and not field.is_check)
            self._inputs[field.name].setVisible(applies)
            if not applies:
                self._errors[field.name].hide()
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.resize(self.width(), self.minimumSizeHint().height())

    def text(self, name: str) -> str:
        """Return the text of a field."""
        return text_of(self._inputs[name])

    def set_text(self, name: str, text: str) -> None:
        """Set the text of a field, as typing would."""
        enter_text(self._inputs[name], text)

    def error_of(self, name: str) -> str:
        """Return the error of a field; empty without one."""
        return str(self._errors[name].text())

    def _begin(self) -> None:
        body = self._body()
        if body is not None:
            self.save.set_busy(True)
            self._context.background.start(self._store(body), name="save")

    def _begin_trial(self) -> None:
        body = self._body()
        if body is not None:
            self.test.set_busy(True)
            self._context.background.start(self._try(body), name="test message")

    def _body(self) -> dict[str, Any] | None:
        """Return what is sent; None while it is being sent, or where a field is wrong, which is shown."""
        if self.save.is_busy or self.test.is_busy:
            return None
        body: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for field in self._fields:
            try:
                is_empty = not field.choices and not self.applies(field)
                body[field.name] = field.read("" if is_empty else self.text(field.name))
            except ValueError as error:
                wrong[field.name] = str(error)
        self._show_errors(wrong)
        return None if wrong else body

    async def _load_offers(self) -> None:
        client = self._context.connection.client
        for field in self._fields:
            if field.offers is None:
                continue
            found = await field.offers(client)
            if not isValid(self):
                return
            made = self._inputs[field.name]
            if isinstance(made, CheckList):
                made.offer([(name, name) for name in found])
                self._show_fields()
            elif isinstance(made, QLineEdit):
                completer = QCompleter(list(found), made)
                completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
                completer.setFilterMode(Qt.MatchFlag.MatchContains)
                made.setCompleter(completer)

    async def _store(self, body: dict[str, Any]) -> None:
        if await self._sent(body, self.save) and isValid(self):
            self.accept()

    async def _try(self, body: dict[str, Any]) -> None:
        if self._trial is None or not await self._sent(dict(body), self.test) or not isValid(self):
            return
        self._opened_with = self._texts()
        self.outcome.setText(tr("Saved. Sending a test message…"))
        self.outcome.show()
        words = await self._trial(body)
        if isValid(self):
            self.outcome.setText(words)

    async def _sent(self, body: dict[str, Any], button: BusyButton) -> bool:
        """Send what was entered; return whether the backend took it, after showing what is wrong where it did not."""
        try:
            await self._send(body)
        except TaskdeckError as error:
            if not isValid(self):  # closed while saving: the window shows the error
                raise
            button.set_busy(False)
            known = problems_by_field(error.errors)
            self._show_errors({name: words for name, words in known.items() if name in self._errors})
            if not set(known) & set(self._errors):
                trouble = explain(error)
                self._problem.setText(trouble.text)
                self._problem.show()
            return False
        if isValid(self):
            button.set_busy(False)
            self.saved.emit()
        return True

    def _show_errors(self, wrong: Mapping[str, str]) -> None:
        for name, shown in self._errors.items():
            shown.setText(wrong.get(name, ""))
            shown.setVisible(name in wrong)
