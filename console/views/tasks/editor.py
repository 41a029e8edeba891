"""Creating and changing a task, in a form or as text; errors are shown beside the fields while typing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.connection.errors import explain
from console.context import Context
from console.drafts import Drafts
from console.subscriptions import Subscriptions
from console.views.tasks.editor_buttons import TOGGLE_KEYS, EditorButtons
from console.views.tasks.editor_form import EditorForm
from console.views.tasks.field_names import saved_words
from console.views.tasks.field_problems import problems_by_field
from console.views.tasks.field_set import FieldSet
from console.views.tasks.field_texts import unknown_upstreams
from console.views.tasks.form import TRIED, Texts, changes, read_texts, texts_of
from console.views.tasks.http_request import at_fields
from console.views.tasks.known import Known, find_tasks
from console.views.tasks.schedule_times import own_zone
from console.views.tasks.task_kinds import is_request
from console.views.tasks.task_text import TaskText
from console.views.tasks.test_run_panel import TestRunPanel
from console.widgets.form_window import FormWindow
from console.widgets.surfaces import label
from console.words import sentences, tr
from shared.errors import TaskdeckError
from shared.models.run import Run
from shared.models.task import Task
from shared.saved_otherwise import saved_otherwise

_CHECK_AFTER_MS = 150
_SIZE = QSize(900, 720)
_AROUND = 16
"""Between the edges of the editor and of the window behind it, which may be as small as the editor can be."""
_TEXT = "yaml"
"""The name of the text form in a draft: there it stands while it is not one task."""


class TaskEditor(FormWindow):
    """`saved` carries the task as the backend stored it, `said` that it did, and what is not as it was written.

    `run_started` carries the id of the run that was started after saving.
    """

    saved = Signal(object)
    said = Signal(str)
    run_started = Signal(int)

    def __init__(self, context: Context, known: Known, task: Task | None, parent: QWidget | None) -> None:
        """`task` None makes a new one."""
        super().__init__(parent)
        self._context = context
        self._task = task
        self._touched: set[str] = set()
        self._refused_fields: dict[str, str] = {}
        """What the backend found wrong; it stands until its field changes."""
        self._looked_up: set[str] = set()
        self._searches = 0
        self._waiting_save: bool | None = None
        """A save that waits for upstream tasks to be found, and whether it runs the task."""
        self._known = known
        self.form = EditorForm(context, known)
        self.text_form = TaskText(context.theme, self.form)
        self.test_run = TestRunPanel(context)
        self._buttons = EditorButtons(context.permissions, task)
        self.try_button = self._buttons.test_run
        self._subscriptions = Subscriptions(context.memory)
        self.setWindowTitle(tr("New task") if task is None else tr("Edit %1", task.name))
        room = parent.window().size() - QSize(_AROUND, _AROUND) if parent is not None else _SIZE
        self.resize(_SIZE.boundedTo(room))
        self._place_all()
        self.checking = self._timer(self._check)
        self.reading = self._timer(self._follow_text)
        self._fill(task)
        self._opened_with = self.texts()
        self._before, _ = read_texts(self._opened_with, known.task_ids, self.form.executor(self._opened_with))
        self._is_subscribed = task is not None and task.id in self._subscriptions.task_ids
        self.form.notifications.subscribed.setChecked(self._is_subscribed)
        self.form.touched.connect(self._take_touch)
        self.text_form.edited.connect(self.reading.start)
        self.test_run.closed.connect(self._show_can_try)
        self.test_run.closing.connect(self.try_button.setFocus)
        self.test_run.changed.connect(self._show_can_try)
        self.finished.connect(lambda _result: self.test_run.put_away())
        self._check()
        self.fields["name"].setFocus()
        self.use_drafts(Drafts(context.memory), "task/new" if task is None else f"task/{task.id}")

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a field differs from what the editor opened with."""
        return bool(self.entered()) or self.form.notifications.subscribed.isChecked() is not self._is_subscribed

    def entered(self) -> Mapping[str, str]:
        """Override FormWindow.entered: with the text form where it is not one task."""
        pending = {_TEXT: self.text_form.text()} if self.is_text and not self.text_form.read() else {}
        return changes(self._opened_with, self.texts()) | pending

    def enter(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """Override FormWindow.enter."""
        before = {name: text for name, text in self.texts().items() if name in texts}
        for name in before:
            self.set_text(name, texts[name])
        if _TEXT in texts:
            before[_TEXT] = ""
            self._show_form(as_text=bool(texts[_TEXT]))
            if texts[_TEXT]:
                self.text_form.show_text(texts[_TEXT])
                self._follow_text()
        return before

    def _timer(self, work: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_CHECK_AFTER_MS)
        timer.timeout.connect(work)
        return timer

    def _place_all(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 20, 16)
        layout.setSpacing(12)
        self._forms = QStackedWidget()
        self._forms.addWidget(self.form)
        self._forms.addWidget(self.text_form)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self._forms)
        parts.addWidget(self.test_run)
        parts.setStretchFactor(0, 1)
        layout.addWidget(parts, 1)
        self._problem = label("", "fieldError")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout.addWidget(self._problem)
        layout.addWidget(self._buttons)
        self._show_form(as_text=False)
        self.try_button.clicked.connect(self._start_test_run)
        self._buttons.text.clicked.connect(self.toggle_text)
        self._buttons.cancel.clicked.connect(self.reject)
        self._buttons.save_and_run.clicked.connect(self.save_and_run)
        self._buttons.save.clicked.connect(self.save_now)
        for keys, work in (
            ("Ctrl+Return", self.save_now),
            ("Ctrl+Shift+Return", self.save_and_run),
            ("Ctrl+T", self._start_test_run),
            (TOGGLE_KEYS, self.toggle_text),
            ("Ctrl+PgDown", lambda: self._step(1)),
            ("Ctrl+PgUp", lambda: self._step(-1)),
            ("Ctrl+Tab", lambda: self._step(1)),
            ("Ctrl+Shift+Tab", lambda: self._step(-1)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(work)

    # texts

    @property
    def fields(self) -> FieldSet:
        """The fields of the form."""
        return self.form.fields

    def texts(self) -> dict[str, str]:
        """Return the text of every field."""
        return self.form.texts()

    def set_text(self, name: str, text: str) -> None:
        """Set the text of a field, as typing would."""
        self.fields.set_text(name, text)

    def error_of(self, name: str) -> str:
        """Return the error of a field; empty without one."""
        return self.fields.error_of(name)

    @property
    def preview(self) -> str:
        """The description of the schedule and its next times."""
        return self.form.times.text()

    def _fill(self, task: Task | None) -> None:
        now = datetime.now(UTC)
        shown = texts_of(
            task or Task(id=0, name="", executor="shell", task_type="shell", created_at=now, updated_at=now),
            {task_id: name for name, task_id in self._known.task_ids.items()},
        )
        if task is None:
            shown["timezone"] = own_zone()
        for name, text in shown.items():
            self.set_text(name, text)

    def _take_touch(self, name: str) -> None:
        self._touched.add(name)
        self._refused_fields.pop(name, None)
        if name == "schedule":
            self.form.builder.show_text(self.texts()["schedule"])
        if name == "executor":
            self.form.follow(self.texts())
        self.checking.start()

    # the text form

    @property
    def is_text(self) -> bool:
        """Whether the task is shown as text."""
        return self._forms.currentWidget() is self.text_form

    def toggle_text(self) -> None:
        """Show the task as text, or in the form where the text is one task."""
        if not self.is_text:
            self._show_form(as_text=True)
            self.text_form.write(before=self._opened_with if self._task is not None else None)
            self._check()
            self.text_form.setFocus()
        elif self.text_form.read():
            self._show_form(as_text=False)
            self._check()
            self.form.sections.setFocus()
        else:
            self.text_form.show_why_not()

    def _show_form(self, *, as_text: bool) -> None:
        self._forms.setCurrentWidget(self.text_form if as_text else self.form)
        self._buttons.text.setText(tr("Edit in the form") if as_text else tr("Edit as YAML"))

    def _follow_text(self) -> None:
        if self.text_form.read():
            self._check()
        else:
            self.text_form.show_problems(self.text_form.problems)

    def _is_one_task(self) -> bool:
        """Return whether the text form, if that is shown, is one task; where not, it says why."""
        if not self.is_text or self.text_form.read():
            return True
        self.text_form.show_why_not()
        return False

    def _step(self, by: int) -> None:
        if not self.is_text:
            self.form.step(by)

    # checking

    def _check(self) -> dict[str, str]:
        texts = self.texts()
        errors = self.form.problems(texts)
        self._show_errors(self._refused_fields | {name: text for name, text in errors.items() if name in self._touched})
        self.form.follow(texts)
        wanted = unknown_upstreams(texts["depends_on"], self._known.task_ids) - self._looked_up
        if wanted:
            self._looked_up |= wanted
            self._searches += 1
            self._context.background.start(self._find_upstreams(wanted), name="find tasks")
        return errors

    def _show_errors(self, errors: Mapping[str, str]) -> None:
        self.form.show_errors(errors)
        if self.is_text:
            self.text_form.show_errors(errors)

    async def _find_upstreams(self, names: set[str]) -> None:
        """Look up tasks that the text names and nobody has seen yet, then go on with a save that waits for it."""
        try:
            found = await find_tasks(self._context.connection.client, names)
        finally:
            self._searches -= 1
            runs, self._waiting_save = self._waiting_save, None
            if runs is not None and isValid(self):
                self._buttons.set_saving(False)
        if isValid(self):
            self._known.task_ids.update(found)
            self._check()
            if runs is not None:
                self._begin_save(runs=runs)

    # a test run

    def _show_can_try(self) -> None:
        run = self.test_run.run
        self.try_button.set_busy(run is not None and not run.status.is_final)

    def _start_test_run(self) -> None:
        if self.try_button.is_busy or not self.try_button.isEnabled() or not self._is_one_task():
            return
        texts = self.texts()
        texts["name"] = texts["name"].strip() or tr("unnamed")
        errors = self.form.problems(texts)
        needed = {name: text for name, text in errors.items() if name in TRIED or name.startswith("http_")}
        if needed:
            self._touched.update(needed)
            self._show_errors(needed)
            self._point_at(needed)
            return
        fields, _ = read_texts(texts, self._known.task_ids, self.form.executor(texts))
        self.try_button.set_busy(True)
        tried = {name: value for name, value in fields.items() if name in TRIED and value not in ("", None)}
        self._context.background.start(self._try(tried), name="test run")

    async def _try(self, fields: dict[str, Any]) -> None:
        try:
            await self.test_run.start(fields)
        except TaskdeckError as error:
            if not isValid(self):
                raise
            self._refused(error)
        finally:
            if isValid(self):
                self._show_can_try()

    # saving

    def save_now(self) -> None:
        """Save the task and close the editor."""
        self._begin_save(runs=False)

    def save_and_run(self) -> None:
        """Save the task, close the editor, and run the task."""
        if self._buttons.save_and_run.isEnabled():
            self._begin_save(runs=True)

    def _begin_save(self, *, runs: bool) -> None:
        if self._buttons.save.is_busy or not self._buttons.save.isEnabled() or not self._is_one_task():
            return
        self._touched = set(self.fields)
        self._refused_fields = {}
        errors = self._check()
        if self._searches and set(errors) == {"depends_on"}:
            self._waiting_save = runs
            self._buttons.set_saving(True)
            return
        if errors:
            self._point_at(errors)
            return
        texts = self.texts()
        fields, _ = read_texts(texts, self._known.task_ids, self.form.executor(texts))
        self._buttons.set_saving(True)
        self._context.background.start(self._save_now(fields, texts, runs=runs), name="save task")

    async def _save_now(self, fields: dict[str, Any], texts: Texts, *, runs: bool) -> None:
        client = self._context.connection.client
        try:
            if self._task is None:
                stored = await client.create_task({name: value for name, value in fields.items() if value != ""})
            else:
                wanted = changes(self._before, fields)
                if wanted.get("task_type") == "":
                    wanted["task_type"] = fields["executor"]
                stored = await client.update_task(self._task.id, wanted, etag=self._task.etag)
        except TaskdeckError as error:
            if not isValid(self):  # closed while saving: the window shows the error
                raise
            self._buttons.set_saving(False)
            self._refused(error)
        else:
            run: Run | None = None
            try:
                if runs:
                    run = await client.trigger_task(stored.id)
            finally:
                if isValid(self):
                    self._end(stored, texts, run)

    def _end(self, stored: Task, texts: Texts, run: Run | None) -> None:
        wants = self.form.notifications.subscribed.isChecked()
        if wants is not self._is_subscribed:
            self._subscriptions.subscribe(frozenset({stored.id}), wants)
        self.saved.emit(stored)
        if run is not None:
            self.run_started.emit(run.id)
        self.accept()
        done = tr("%1 was created.", stored.name) if self._task is None else tr("%1 was saved.", stored.name)
        self.said.emit(sentences(done, *map(saved_words, saved_otherwise(texts, stored))))

    def _refused(self, error: TaskdeckError) -> None:
        is_of_form = is_request(self.texts())
        found = problems_by_field(at_fields(error.errors) if is_of_form else error.errors)
        known = {name: words for name, words in found.items() if name in self.fields}
        self._refused_fields = known
        self._show_errors(known)
        if known:
            self._problem.hide()
            self._point_at(known)
        else:
            trouble = explain(error)
            self._problem.setText(trouble.text)
            self._problem.show()

    def _point_at(self, errors: Mapping[str, str]) -> None:
        """Go to the first of the fields that are wrong."""
        if self.is_text:
            self.text_form.point_at(errors)
        elif (first := next((name for name in self.fields if name in errors), None)) is not None:
            self.form.point_at(first)
