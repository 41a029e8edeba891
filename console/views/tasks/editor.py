"""Creating and changing a task; errors are shown beside the fields while typing."""

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer, QTimeZone, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.actions import tip
from console.connection.errors import explain
from console.context import Context
from console.translation import language
from console.views.tasks.choices import executor_words
from console.views.tasks.cron_builder import CronBuilder
from console.views.tasks.editor_pages import advanced_page, essential_page, schedule_page
from console.views.tasks.field_names import field_name
from console.views.tasks.field_problems import problems_by_field
from console.views.tasks.field_set import FieldSet
from console.views.tasks.form import Texts, changes, next_times, read_texts, texts_of
from console.views.tasks.highlighting import Highlighter, language_of
from console.views.tasks.known import USUAL, Known
from console.views.tasks.schedule_times import SHOWN, ScheduleTimes
from console.views.tasks.test_run_panel import TestRunPanel
from console.widgets.fold import Fold
from console.widgets.form_window import FormWindow
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import tr
from shared.enums import Permission
from shared.errors import TaskdeckError
from shared.models.system import ExecutorInfo
from shared.models.task import Task
from shared.saved_otherwise import SavedOtherwise, saved_otherwise
from shared.schedule.description import describe
from shared.schedule.seconds_hint import seconds_hint
from shared.time_zones import time_zone_names

_CHECK_AFTER_MS = 150
_SIZE = (760, 720)


class TaskEditor(FormWindow):
    """`saved` carries the task as the backend stored it, `said` what was not stored as it was written."""

    saved = Signal(object)
    said = Signal(str)

    def __init__(self, context: Context, known: Known, task: Task | None, parent: QWidget | None) -> None:
        """`task` None makes a new one."""
        super().__init__(parent)
        self._context = context
        self._task = task
        self._touched: set[str] = set()
        self._refused_fields: dict[str, str] = {}
        """What the backend found wrong; it stands until its field changes."""
        self._known = known
        self.fields = FieldSet(self)
        self._executor_words = label("", "secondary")
        self._executor_words.setWordWrap(True)
        self.builder = CronBuilder()
        self.times = ScheduleTimes(own_zone(), context.times)
        self.test_run = TestRunPanel(context)
        self.setWindowTitle(tr("New task") if task is None else tr("Edit %1", task.name))
        self.resize(*_SIZE)
        self._place_all()
        self.checking = QTimer(self)
        self.checking.setSingleShot(True)
        self.checking.setInterval(_CHECK_AFTER_MS)
        self.checking.timeout.connect(self._check)
        self._fill(task)
        self._before, _ = read_texts(self.texts(), known.task_ids)
        self._opened_with = self.texts()
        self._open_used_folds(task)
        self.fields.touched.connect(self._take_touch)
        self.builder.built.connect(lambda text: self.set_text("schedule", text))
        self.test_run.closed.connect(self._show_can_try)
        self.test_run.changed.connect(self._show_can_try)
        self.finished.connect(lambda _result: self.test_run.put_away())
        self._check()
        self.fields["name"].setFocus()

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a field differs from what the editor opened with."""
        return self.texts() != self._opened_with

    def _place_all(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(essential_page(self.fields, self._known, self._executor_words), tr("Basics"))
        self._tabs.addTab(schedule_page(self.fields, self._known, self.builder, self.times), tr("Schedule"))
        self._tabs.addTab(advanced_page(self.fields, self._known), tr("Advanced"))
        command = self.fields["command"]
        assert isinstance(command, QPlainTextEdit)
        self.highlighter = Highlighter(command.document(), self._context.theme)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self._tabs)
        parts.addWidget(self.test_run)
        parts.setStretchFactor(0, 1)
        layout.addWidget(parts, 1)
        self._problem = label("", "fieldError")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout.addWidget(self._problem)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.try_button = QPushButton(tr("Test run"))
        self.try_button.setAutoDefault(False)
        self.try_button.setToolTip(
            tip(tr("Run it once with these values, without saving: no schedule, no retries, no alerts"), "Ctrl+T")
        )
        self.try_button.clicked.connect(self._start_test_run)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._save = QPushButton(tr("Create task") if self._task is None else tr("Save changes"))
        self._save.setObjectName("primary")
        self._save.setAutoDefault(False)
        refusal = self._context.permissions.why_not(self._task.folder, Permission.EDIT) if self._task else ""
        self._save.setEnabled(not refusal)
        self._save.setToolTip(plain_tip(refusal or tip(tr("Save"), "Ctrl+Return")))
        self._save.clicked.connect(self.save_now)
        row.addWidget(self.try_button)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._save)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.save_now)
        QShortcut(QKeySequence("Ctrl+T"), self).activated.connect(self._start_test_run)
        return row

    # texts

    def texts(self) -> dict[str, str]:
        """Return the text of every field."""
        return self.fields.texts()

    def set_text(self, name: str, text: str) -> None:
        """Set the text of a field, as typing would."""
        self.fields.set_text(name, text)

    def error_of(self, name: str) -> str:
        """Return the error of a field; empty without one."""
        return self.fields.error_of(name)

    @property
    def preview(self) -> str:
        """The description of the schedule and its next times."""
        return self.times.text()

    @property
    def folds(self) -> list[Fold]:
        return self.fields.folds

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

    def _open_used_folds(self, task: Task | None) -> None:
        """Collapse the parts that hold defaults only."""
        usual = texts_of(task.model_copy(update=USUAL)) if task is not None else {}
        texts = self.texts()
        for name, text in usual.items():
            if name in USUAL and texts[name] != text:
                self.fields.unfold(name)

    def _take_touch(self, name: str) -> None:
        self._touched.add(name)
        self._refused_fields.pop(name, None)
        if name == "schedule":
            self.builder.show_text(self.texts()["schedule"])
        self.checking.start()

    # checking

    def _check(self) -> dict[str, str]:
        texts = self.texts()
        _fields, errors = read_texts(texts, self._known.task_ids)
        executor = self._executor(texts)
        if executor is not None and executor.requires_command and not texts["command"].strip():
            errors.setdefault("command", tr("Enter a command."))
        found = {name: text for name, text in errors.items() if name in self._touched}
        self.fields.show_errors(self._refused_fields | found)
        self._show_executor(texts)
        self._show_times(texts)
        self.builder.show_text(texts["schedule"])
        return errors

    def _executor(self, texts: dict[str, str]) -> ExecutorInfo | None:
        return next((one for one in self._known.executors if one.name == texts["executor"]), None)

    def _show_executor(self, texts: dict[str, str]) -> None:
        chosen = self._executor(texts)
        self._executor_words.setText(executor_words(chosen) if chosen else "")
        self.highlighter.speak(language_of(texts["executor"], texts["command"]))

    def _show_times(self, texts: dict[str, str]) -> None:
        if not texts["schedule"].strip():
            self.times.show_text(tr("Without a schedule, the task runs only when triggered or after another task."))
            return
        try:
            times = next_times(texts, calendar=self._known.calendar(texts["calendar"]), count=SHOWN)
        except ValueError:
            self.times.show_text("")
            return
        words = describe(texts["schedule"], language=language(), name=texts["name"].strip())
        if hint := seconds_hint(texts["schedule"], language=language()):
            words += "\n" + hint
        if not times:
            words += "\n" + tr("This schedule has no future times, so the task will never run on its own.")
        self.times.show_times(words, times, texts["timezone"])

    # a test run

    def _show_can_try(self) -> None:
        run = self.test_run.run
        self.try_button.setEnabled(run is None or run.status.is_final)

    def _start_test_run(self) -> None:
        if not self.try_button.isEnabled():
            return
        texts = self.texts()
        texts["name"] = texts["name"].strip() or tr("unnamed")
        fields, errors = read_texts(texts, self._known.task_ids)
        needed = {name: text for name, text in errors.items() if name in _TRIED}
        if needed:
            self._touched.update(needed)
            self.fields.show_errors(needed)
            self._point_at(next(iter(needed)))
            return
        self.try_button.setEnabled(False)
        tried = {name: value for name, value in fields.items() if name in _TRIED and value not in ("", None)}
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
        if not self._save.isEnabled():
            return
        self._touched = set(self.fields)
        self._refused_fields = {}
        errors = self._check()
        if errors:
            self._point_at(next(iter(errors)))
            return
        self._save.setEnabled(False)
        texts = self.texts()
        fields, _ = read_texts(texts, self._known.task_ids)
        self._context.background.start(self._save_now(fields, texts), name="save task")

    async def _save_now(self, fields: dict[str, Any], texts: Texts) -> None:
        try:
            client = self._context.connection.client
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
            self._save.setEnabled(True)
            self._refused(error)
        else:
            if isValid(self):
                self.saved.emit(stored)
                self.accept()
                if otherwise := saved_otherwise(texts, stored):
                    self.said.emit(" ".join(_saved_as(one) for one in otherwise))

    def _refused(self, error: TaskdeckError) -> None:
        found = problems_by_field(error.errors)
        known = {name: words for name, words in found.items() if name in self.fields}
        self._refused_fields = known
        self.fields.show_errors(known)
        if known:
            self._problem.hide()
            self._point_at(next(iter(known)))
        else:
            trouble = explain(error)
            self._problem.setText(trouble.text)
            self._problem.show()

    def _point_at(self, name: str) -> None:
        if name not in self.fields:
            return
        field = self.fields[name]
        for place in range(self._tabs.count()):
            page = self._tabs.widget(place)
            if page is not None and page.isAncestorOf(field):
                self._tabs.setCurrentIndex(place)
        self.fields.unfold(name)
        field.setFocus()


def _saved_as(otherwise: SavedOtherwise) -> str:
    field, given, saved = otherwise
    if not saved:
        return tr("%1: “%2” was saved as an empty text.", field_name(field), given)
    return tr("%1: “%2” was saved as “%3”.", field_name(field), given, saved)


_TRIED = frozenset(
    {
        "name",
        "executor",
        "task_type",
        "command",
        "arguments",
        "environment",
        "working_directory",
        "run_as",
        "timeout_seconds",
        "priority",
        "worker_labels",
        "max_memory_mb",
        "max_cpu_seconds",
        "max_open_files",
    }
)
"""The fields of a test run; errors in other fields do not prevent it."""


def own_zone() -> str:
    """Return the IANA name of the local zone, or UTC where it has none."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    return name if name in time_zone_names() else "UTC"
