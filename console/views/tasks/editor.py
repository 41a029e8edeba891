"""Creating and changing a task: what is wrong is said beside the field, as it is typed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.context import Context
from console.link.errors import explain
from console.theme.current import monospace
from console.translation import language
from console.views.tasks.choices import (
    backoff_choices,
    calendar_choices,
    distribution_choices,
    lost_choices,
    misfire_choices,
    overlap_choices,
    priority_choices,
    yes_no_choices,
)
from console.views.tasks.form import changes, next_times, read_texts, texts_of
from console.views.tasks.known import USUAL, Known
from console.widgets.fold import Fold
from console.widgets.surfaces import label
from console.words import ago, tr
from shared.errors import TaskdeckError
from shared.models.task import Task
from shared.schedule.description import describe

_CHECK_AFTER_MS = 150
_TIMES_SHOWN = 5
Field = QLineEdit | QComboBox | QPlainTextEdit


class TaskEditor(QDialog):
    """`saved` gives the task as the backend stored it."""

    saved = Signal(object)

    def __init__(self, context: Context, known: Known, task: Task | None, parent: QWidget | None) -> None:
        """`task` None makes a new one."""
        super().__init__(parent)
        self._context = context
        self._task = task
        self._fields: dict[str, Field] = {}
        self._errors: dict[str, Any] = {}
        self._touched: set[str] = set()
        self._known = known
        self._executors = known.executors
        self._folds: list[Fold] = []
        self.setWindowTitle(tr("New task") if task is None else tr("Edit %1").replace("%1", task.name))
        self.resize(680, 640)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._essential(), tr("Essential"))
        self._tabs.addTab(self._schedule(), tr("Schedule"))
        self._tabs.addTab(self._advanced(), tr("Advanced"))
        layout.addWidget(self._tabs, 1)
        self._problem = label("", "fieldError")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout.addWidget(self._problem)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton(tr("Discard"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._save = QPushButton(tr("Create task") if task is None else tr("Save changes"))
        self._save.setObjectName("primary")
        self._save.setAutoDefault(False)
        self._save.setToolTip("Ctrl+Enter")
        self._save.clicked.connect(self._start_save)
        row.addWidget(cancel)
        row.addWidget(self._save)
        layout.addLayout(row)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self._start_save)
        self._checking = QTimer(self)
        self._checking.setSingleShot(True)
        self._checking.setInterval(_CHECK_AFTER_MS)
        self._checking.timeout.connect(self._check)
        self._fill(task)
        self._before, _ = read_texts(self.texts(), known.task_ids)
        self._open_used_folds(task)
        for name, field in self._fields.items():
            self._listen(name, field)
        self._check()

    # the pages

    def _page(self) -> tuple[QScrollArea, QVBoxLayout]:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 12, 8, 12)
        column.setSpacing(10)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        return area, column

    def _essential(self) -> QWidget:
        area, column = self._page()
        self._add(column, "name", tr("Name"), QLineEdit(), hint="nightly-backup")
        executor = QComboBox()
        for known in self._executors:
            executor.addItem(known.name, known.name)
        executor.currentIndexChanged.connect(lambda _place: self._show_executor())
        self._add(column, "executor", tr("What runs it"), executor)
        self._executor_words = label("", "secondary")
        self._executor_words.setWordWrap(True)
        column.addWidget(self._executor_words)
        command = QPlainTextEdit()
        command.setFont(monospace())
        command.setTabChangesFocus(True)
        command.setMinimumHeight(120)
        self._add(column, "command", tr("Command"), command, grows=True)
        self._add(column, "arguments", tr("Arguments"), _mono(QLineEdit()), hint="--level 9 'two words'")
        self._add(column, "folder", tr("Folder"), QLineEdit(), hint="finance/daily")
        self._add(column, "description", tr("Description"), QLineEdit())
        return area

    def _schedule(self) -> QWidget:
        area, column = self._page()
        self._add(column, "schedule", tr("Schedule"), _mono(QLineEdit()), hint="0 3 * * 1-5")
        kinds = label(tr("Cron, or: every 90s · after 10m · at 2026-12-24T18:00"), "secondary")
        kinds.setWordWrap(True)
        column.addWidget(kinds)
        zone = QComboBox()
        zone.setEditable(True)
        zone.addItems(sorted(available_timezones()))
        zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._add(column, "timezone", tr("Time zone"), zone)
        self._preview = label("", "secondary")
        self._preview.setWordWrap(True)
        self._preview.setMinimumHeight(self.fontMetrics().lineSpacing() * (_TIMES_SHOWN + 1))
        self._preview.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._preview)
        self._add(column, "overlap_policy", tr("When the last run has not ended"), _choices(overlap_choices()))
        self._add(column, "misfire_policy", tr("When times were missed"), _choices(misfire_choices()))
        waits = self._lines()
        self._add(column, "depends_on", tr("Waits for, one task a line (NAME, or NAME: failure, period)"), waits)
        fold = self._fold(column, tr("Days off, blackouts and limits in time"))
        calendar = QComboBox()
        calendar.addItem(tr("none"), "")
        for known in self._known.calendars:
            calendar.addItem(known.name, known.name)
        self._add(fold, "calendar", tr("Calendar"), calendar)
        self._add(fold, "calendar_policy", tr("On a day off the run"), _choices(calendar_choices()))
        self._add(
            fold,
            "blackouts",
            tr("Blackouts, one a line (0 22 * * 5 for 2h, or 2026-12-24T00:00Z - 2026-12-27T00:00Z)"),
            self._lines(),
        )
        self._add(fold, "starts_at", tr("Not before"), _mono(QLineEdit()), hint="2026-12-01T00:00Z")
        self._add(fold, "ends_at", tr("Not after"), _mono(QLineEdit()), hint="2027-01-01T00:00Z")
        self._add(fold, "jitter_seconds", tr("Spread, in seconds"), QLineEdit())
        self._add(fold, "late_after_seconds", tr("Alert if not started after, in seconds"), QLineEdit())
        self._add(fold, "pause_after_failures", tr("Stop the schedule after failures in a row"), QLineEdit())
        column.addStretch(1)
        return area

    def _advanced(self) -> QWidget:
        area, column = self._page()
        self._add(column, "priority", tr("Priority"), _choices(priority_choices()))
        self._add(column, "timeout_seconds", tr("Timeout, in seconds"), QLineEdit())
        self._add(column, "retry_count", tr("Retries"), QLineEdit())
        self._add(column, "on_worker_lost", tr("When its worker is lost"), _choices(lost_choices()))
        self._add(column, "working_directory", tr("Working directory"), QLineEdit())
        fold = self._fold(column, tr("How it is tried again"))
        self._add(fold, "retry_delay_seconds", tr("First delay between retries, in seconds"), QLineEdit())
        self._add(fold, "retry_backoff", tr("The delay"), _choices(backoff_choices()))
        self._add(fold, "retry_max_delay_seconds", tr("Longest delay, in seconds"), QLineEdit())
        self._add(fold, "retry_timeout_seconds", tr("All tries together, in seconds (empty: no limit)"), QLineEdit())
        self._add(fold, "retry_exit_codes", tr("Only after exit codes (empty: any)"), QLineEdit(), hint="1, 75")
        self._add(
            fold, "retry_http_statuses", tr("Only after HTTP statuses (empty: any)"), QLineEdit(), hint="502, 503"
        )
        self._add(fold, "retry_on_timeout", tr("After a timeout too"), _choices(yes_no_choices()))
        fold = self._fold(column, tr("Where it runs, and how often at once"))
        self._add(fold, "distribution", tr("A run goes"), _choices(distribution_choices()))
        self._add(fold, "shard_count", tr("Number of shards"), QLineEdit())
        self._add(fold, "max_concurrency", tr("Most runs at once (empty: no limit)"), QLineEdit())
        group = QComboBox()
        group.addItem(tr("none"), "")
        for one in self._known.groups:
            group.addItem(one.name, one.name)
        self._add(fold, "concurrency_group", tr("Concurrency group"), group)
        self._add(fold, "queue_timeout_seconds", tr("Give up waiting after, in seconds (empty: never)"), QLineEdit())
        self._add(fold, "expected_duration_seconds", tr("Alert if it runs longer than, in seconds"), QLineEdit())
        self._add(fold, "task_type", tr("Task type (empty: the executor's name)"), QLineEdit())
        fold = self._fold(column, tr("What its command may take"))
        self._add(fold, "max_memory_mb", tr("Most memory, in MiB (empty: no limit)"), QLineEdit())
        self._add(fold, "max_cpu_seconds", tr("Most CPU time, in seconds (empty: no limit)"), QLineEdit())
        self._add(fold, "max_open_files", tr("Most open files (empty: the system's limit)"), QLineEdit())
        fold = self._fold(column, tr("How long its runs are kept"))
        self._add(fold, "keep_runs", tr("Newest runs kept (empty: all)"), QLineEdit())
        self._add(fold, "keep_days", tr("Days they are kept (empty: for ever)"), QLineEdit())
        for name, title in (
            ("environment", tr("Environment, one NAME=value a line")),
            ("worker_labels", tr("Labels a worker must have, one name=value a line")),
            ("labels", tr("Labels, one name=value a line")),
        ):
            text = QPlainTextEdit()
            text.setFont(monospace())
            text.setTabChangesFocus(True)
            text.setFixedHeight(72)
            self._add(column, name, title, text)
        column.addStretch(1)
        return area

    def _fold(self, column: QVBoxLayout, title: str) -> QVBoxLayout:
        fold = Fold(title)
        column.addWidget(fold)
        self._folds.append(fold)
        return fold.column

    def _lines(self) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setFont(monospace())
        text.setTabChangesFocus(True)
        text.setFixedHeight(56)
        return text

    def _add(
        self, column: QVBoxLayout, name: str, title: str, field: Field, *, hint: str = "", grows: bool = False
    ) -> None:
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
        block.setSpacing(3)
        block.addWidget(caption)
        block.addWidget(field, 1 if grows else 0)
        block.addWidget(error)
        column.addLayout(block, 1 if grows else 0)
        self._fields[name] = field
        self._errors[name] = error

    # texts

    def texts(self) -> dict[str, str]:
        """Return what stands in every field."""
        return {name: _text(field) for name, field in self._fields.items()}

    def set_text(self, name: str, text: str) -> None:
        """Put `text` into a field, as typing would."""
        field = self._fields[name]
        if isinstance(field, QLineEdit):
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

    def error_of(self, name: str) -> str:
        """Return what is said beside a field, or nothing."""
        error = self._errors[name]
        return str(error.text()) if not error.isHidden() else ""

    @property
    def preview(self) -> str:
        """What is said of the schedule."""
        return self._preview.text()

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
        self._show_executor()

    def _open_used_folds(self, task: Task | None) -> None:
        """Fold away what holds nothing but defaults."""
        usual = texts_of(task.model_copy(update=USUAL)) if task is not None else {}
        for name, text in usual.items():
            if name in USUAL and self.texts()[name] != text:
                for fold in self._folds:
                    if fold.isAncestorOf(self._fields[name]):
                        fold.open()

    def _listen(self, name: str, field: Field) -> None:
        def touched(*_: object) -> None:
            self._touched.add(name)
            self._checking.start()

        if isinstance(field, QComboBox):
            field.currentTextChanged.connect(touched)
        else:
            field.textChanged.connect(touched)

    def _show_executor(self) -> None:
        if "command" not in self._fields:
            return
        chosen = next((one for one in self._executors if one.name == _text(self._fields["executor"])), None)
        self._executor_words.setText(chosen.description if chosen else "")

    # checking and saving

    def _check(self) -> dict[str, str]:
        _fields, errors = read_texts(self.texts(), self._known.task_ids)
        self._show_errors({name: text for name, text in errors.items() if name in self._touched})
        self._show_times()
        return errors

    def _show_errors(self, errors: Mapping[str, str]) -> None:
        for name, shown in self._errors.items():
            shown.setText(errors.get(name, ""))
            shown.setVisible(name in errors)

    def _show_times(self) -> None:
        texts = self.texts()
        if not texts["schedule"].strip():
            self._preview.setText(tr("Without a schedule the task runs when it is triggered, or after another."))
            return
        try:
            times = next_times(texts, calendar=self._known.calendar(texts["calendar"]), count=_TIMES_SHOWN)
        except ValueError:
            self._preview.setText("")
            return
        now = datetime.now(UTC)
        lines = [describe(texts["schedule"], language=language(), name=texts["name"].strip())]
        if not times:
            lines.append(tr("No such time lies ahead: it will not run by itself."))
        lines += [f"{_weekday(at)} {at:%Y-%m-%d %H:%M:%S %Z}   {ago(at, now)}" for at in times]
        self._preview.setText("\n".join(lines))

    def _start_save(self) -> None:
        if not self._save.isEnabled():
            return
        self._touched = set(self._fields)
        errors = self._check()
        if errors:
            self._point_at(next(iter(errors)))
            return
        self._save.setEnabled(False)
        fields, _ = read_texts(self.texts(), self._known.task_ids)
        self._context.tasks.start(self._save_now(fields), name="save task")

    async def _save_now(self, fields: dict[str, Any]) -> None:
        try:
            client = self._context.link.client
            if self._task is None:
                stored = await client.create_task({name: value for name, value in fields.items() if value != ""})
            else:
                wanted = changes(self._before, fields)
                if wanted.get("task_type") == "":
                    wanted["task_type"] = fields["executor"]
                stored = await client.update_task(self._task.id, wanted, etag=self._task.etag)
        except TaskdeckError as error:
            if not isValid(self):  # it was closed meanwhile: the window says what went wrong
                raise
            self._save.setEnabled(True)
            self._refused(error)
        else:
            if isValid(self):
                self.saved.emit(stored)
                self.accept()

    def _refused(self, error: TaskdeckError) -> None:
        known = {one.field: one.message for one in error.errors if one.field in self._fields}
        self._show_errors(known)
        if known:
            self._problem.hide()
            self._point_at(next(iter(known)))
        else:
            trouble = explain(error)
            self._problem.setText(" ".join(part for part in (trouble.what, trouble.why, trouble.next_step) if part))
            self._problem.show()

    def _point_at(self, name: str) -> None:
        field = self._fields.get(name)
        if field is None:
            return
        for place in range(self._tabs.count()):
            page = self._tabs.widget(place)
            if page is not None and page.isAncestorOf(field):
                self._tabs.setCurrentIndex(place)
        for fold in self._folds:
            if fold.isAncestorOf(field):
                fold.open()
        field.setFocus()


def own_zone() -> str:
    """Return the IANA name of this machine's zone, or UTC where it has none."""
    from PySide6.QtCore import QTimeZone

    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    return name if name in available_timezones() else "UTC"


def _text(field: Field) -> str:
    if isinstance(field, QLineEdit):
        return field.text()
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if field.isEditable():
        return field.currentText()
    return str(field.currentData() or "")


def _mono(line: QLineEdit) -> QLineEdit:
    line.setFont(monospace())
    return line


def _choices(words: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    for value, text in words:
        box.addItem(text, value)
    return box


def _weekday(at: datetime) -> str:
    """Return the day of the week, short, in the console's language: strftime speaks the process's."""
    return QLocale("zh_CN" if language() == "zh" else "en_US").dayName(at.isoweekday(), QLocale.FormatType.ShortFormat)
