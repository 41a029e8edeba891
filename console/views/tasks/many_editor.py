"""Changing fields of many tasks at once: only those that are checked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.actions import tip
from console.connection.errors import explain
from console.context import Context
from console.views.tasks.editor_form import EditorForm
from console.views.tasks.field_problems import joined_problems, problems_by_field
from console.views.tasks.known import Known
from console.views.tasks.many_edits import TaskEdit, common_texts, plan_edits
from console.widgets.busy_button import BusyButton
from console.widgets.form_window import FormWindow
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import number, tr
from shared.errors import FieldError, TaskdeckError
from shared.models.task import Task

_CHECK_AFTER_MS = 150
_SIZE = QSize(900, 720)
_AROUND = 16


class ManyEditor(FormWindow):
    """`send` carries the edits out; what it raises is shown beside the fields."""

    saved = Signal()

    def __init__(
        self,
        context: Context,
        known: Known,
        tasks: Sequence[Task],
        send: Callable[[Sequence[TaskEdit]], Awaitable[object]],
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._known = known
        self._tasks = tasks
        self._send = send
        self._executors = {one.name: one for one in known.executors}
        self._refused: dict[str, str] = {}
        count = number(len(tasks))
        self.setWindowTitle(tr("Edit %1 tasks", count))
        room = parent.window().size() - QSize(_AROUND, _AROUND) if parent is not None else _SIZE
        self.resize(_SIZE.boundedTo(room))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 20, 16)
        layout.setSpacing(12)
        words = label(tr("Only the fields with a check mark are changed, in all %1 tasks.", count), "secondary")
        words.setWordWrap(True)
        layout.addWidget(words)
        self.form = EditorForm(context, known, is_for_many=True)
        layout.addWidget(self.form, 1)
        self.problem = label("", "fieldError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        layout.addWidget(self.problem)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.save = BusyButton(tr("Change %1 tasks", count))
        self.save.setObjectName("primary")
        self.save.setAutoDefault(False)
        self.save.setToolTip(plain_tip(tip(tr("Save"), "Ctrl+Return")))
        self.save.clicked.connect(self.save_now)
        row.addWidget(cancel)
        row.addWidget(self.save)
        layout.addLayout(row)
        self._common = common_texts(tasks, {task_id: name for name, task_id in known.task_ids.items()})
        self.form.fields.fill(self._common, tr("several values"))
        self.checking = QTimer(self)
        self.checking.setSingleShot(True)
        self.checking.setInterval(_CHECK_AFTER_MS)
        self.checking.timeout.connect(self._check)
        self.form.touched.connect(self._touch)
        for keys, work in (
            ("Ctrl+Return", self.save_now),
            ("Ctrl+PgDown", lambda: self.form.step(1)),
            ("Ctrl+PgUp", lambda: self.form.step(-1)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(work)
        self._check()
        self.form.sections.setFocus()

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a field is checked."""
        return bool(self.chosen())

    def chosen(self) -> dict[str, str]:
        """Return the texts of the fields that are checked."""
        texts = self.form.texts()
        return {name: texts[name] for name in self.form.fields.chosen()}

    def _touch(self, name: str) -> None:
        self._refused.pop(name, None)
        self.checking.start()

    def _check(self) -> tuple[list[TaskEdit], dict[str, str]]:
        chosen = self.chosen()
        edits, errors = plan_edits(self._tasks, chosen, self._known.task_ids, self._executors)
        self.form.show_errors(self._refused | errors)
        shown = {name: text or "" for name, text in self._common.items()} | chosen
        self.form.follow(shown)
        return edits, errors

    def save_now(self) -> None:
        """Change the tasks and close the editor."""
        if self.save.is_busy:
            return
        self._refused = {}
        edits, errors = self._check()
        if not self.chosen():
            self._show_problem(tr("Nothing is chosen. Check the fields to change."))
        elif errors:
            self._point_at(errors)
        elif not edits:
            self._show_problem(tr("All tasks have these values already."))
        else:
            self.save.set_busy(True)
            self._context.background.start(self._carry_out(edits), name="edit tasks")

    async def _carry_out(self, edits: Sequence[TaskEdit]) -> None:
        try:
            await self._send(edits)
        except TaskdeckError as error:
            if not isValid(self):  # closed while saving: the window shows the error
                raise
            self.save.set_busy(False)
            self._refuse(edits, error)
        else:
            if isValid(self):
                self.saved.emit()
                self.accept()

    def _refuse(self, edits: Sequence[TaskEdit], error: TaskdeckError) -> None:
        """Show what the backend refused at its fields, with the names of the tasks."""
        found: dict[str, list[str]] = {}
        for one in error.errors:
            place, field = _place_of(one)
            name = edits[place].name if place is not None and place < len(edits) else ""
            for known, words in problems_by_field([FieldError(field, one.message)]).items():
                found.setdefault(known, []).append(tr("%1: %2", name, words) if name else words)
        self._refused = {
            name: joined_problems(problems) for name, problems in found.items() if name in self.form.fields
        }
        self.form.show_errors(self._refused)
        if self._refused:
            self._point_at(self._refused)
        else:
            self._show_problem(explain(error).text)

    def _show_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()

    def _point_at(self, errors: Mapping[str, str]) -> None:
        self.problem.hide()
        first = next((name for name in self.form.fields if name in errors), None)
        if first is not None:
            self.form.point_at(first)


def _place_of(error: FieldError) -> tuple[int | None, str]:
    """Return the position of the task that an error is about, and its field: `tasks.3.schedule` is (3, "schedule")."""
    parts = error.field.split(".", 2)
    if len(parts) == 3 and parts[0] == "tasks" and parts[1].isdigit():
        return int(parts[1]), parts[2]
    return None, error.field
