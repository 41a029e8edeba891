"""Importing a crontab: the tasks are shown and chosen before they are created."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.context import Context
from console.drafts import Drafts
from console.theme.current import monospace
from console.translation import language
from console.views.tasks.crontab_words import crontab_words
from console.views.tasks.highlighting import Highlighter, Language
from console.widgets.boxes import ComboBox
from console.widgets.busy_button import BusyButton
from console.widgets.form_window import FormWindow
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import label
from console.words import number, tr
from shared.crontab.kind import CrontabKind, crontab_kind
from shared.crontab.parse import CrontabJob, parse_crontab
from shared.crontab.syntax import decode_crontab
from shared.enums import Permission
from shared.errors import ConflictError, ValidationFailedError
from shared.schedule.description import describe
from shared.time_zones import machine_zone

_READ_AFTER_MS = 150
_LARGEST_FILE = 1_000_000
_LINE = Qt.ItemDataRole.UserRole


class CrontabDialog(FormWindow):
    """The crontab's text above, the tasks below; `made` follows their creation."""

    made = Signal()

    def __init__(self, context: Context, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._jobs: dict[int, CrontabJob] = {}
        self._left_out: set[int] = set()
        self._is_unclear = False
        self._imported = ""
        self.setWindowTitle(tr("Import a crontab"))
        self.resize(920, 680)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(self._sources())
        self.text = QPlainTextEdit()
        self.text.setFont(monospace())
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Crontab"))
        self.text.setPlaceholderText("# Backs up the shop.\n0 3 * * 1-5  /usr/local/bin/backup.sh --all")
        Highlighter(self.text.document(), context.theme, Language.SHELL)
        self.list = QTreeWidget()
        self.list.setObjectName("pairs")
        self.list.setAccessibleName(tr("Tasks to create"))
        self.list.setHeaderLabels([tr("Task"), tr("When"), tr("Command"), ""])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.list.header()
        for column, width in enumerate((180, 320, 240)):
            header.resizeSection(column, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.text)
        parts.addWidget(self.list)
        parts.setSizes([200, 300])
        layout.addWidget(parts, 1)
        self.told = label("", "secondary")
        self.told.setWordWrap(True)
        layout.addWidget(self.told)
        layout.addLayout(self._buttons())
        self.reading = QTimer(self)
        self.reading.setSingleShot(True)
        self.reading.setInterval(_READ_AFTER_MS)
        self.reading.timeout.connect(self._read)
        self.text.textChanged.connect(self.reading.start)
        self.list.itemChanged.connect(self._ticked)
        self._read()
        self.use_drafts(Drafts(context.memory), "crontab")

    def _sources(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(tr("Paste a crontab, or"), "secondary"))
        for words, act in ((tr("Read my crontab"), self._read_mine), (tr("Open a file…"), self._ask_file)):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        self.kind = ComboBox()
        self.kind.setAccessibleName(tr("User column"))
        self.kind.addItem(tr("User column: detect"), None)
        self.kind.addItem(tr("No user column"), CrontabKind.USER)
        self.kind.addItem(tr("User before each command"), CrontabKind.SYSTEM)
        self.kind.setToolTip(tr("System crontabs, such as /etc/crontab, name a user before each command."))
        self.kind.currentIndexChanged.connect(self._read)
        row.addWidget(self.kind)
        self.folder = QLineEdit("crontab")
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.setFixedWidth(140)
        self.paused = QCheckBox(tr("Create paused"))
        self.paused.setChecked(True)
        self.paused.setToolTip(tr("While cron still runs the same lines, each of them would run twice."))
        row.addWidget(label(tr("Folder"), "secondary"))
        row.addWidget(self.folder)
        row.addWidget(self.paused)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self.go = BusyButton()
        self.go.setObjectName("primary")
        self.go.clicked.connect(self._start)
        row.addWidget(close)
        row.addWidget(self.go)
        return row

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a text is there whose tasks have not been created."""
        return bool(self.text.toPlainText().strip()) and self.text.toPlainText() != self._imported

    def entered(self) -> Mapping[str, str]:
        """Override FormWindow.entered: the crontab's text."""
        return {"text": self.text.toPlainText()} if self.has_unsaved_work() else {}

    def enter(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """Override FormWindow.enter."""
        before = self.text.toPlainText()
        self.text.setPlainText(texts.get("text", before))
        return {"text": before}

    # reading

    def _read_mine(self) -> None:
        process = QProcess(self)
        process.finished.connect(lambda code, _status: self._take_mine(process, code))
        process.errorOccurred.connect(lambda _error: self.told.setText(tr("This machine has no crontab command.")))
        process.start("crontab", ["-l"])

    def _take_mine(self, process: QProcess, code: int) -> None:
        if code == 0:
            self.text.setPlainText(decode_crontab(bytes(process.readAllStandardOutput().data()))[0])
        else:
            words = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
            self.told.setText(words or tr("You have no crontab on this machine."))
        process.deleteLater()

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, tr("Open a crontab"), "/etc")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(
            lambda name: self._context.background.start(self._open_file(Path(name)), name="open crontab")
        )
        dialog.open()

    async def _open_file(self, path: Path) -> None:
        def read() -> str:
            with path.open("rb") as file:
                return decode_crontab(file.read(_LARGEST_FILE))[0]

        try:
            text = await asyncio.to_thread(read)
        except OSError as error:
            if isValid(self):
                self.told.setText(f"{path}: {error.strerror}")
            return
        if isValid(self):
            self.text.setPlainText(text)

    def _read(self) -> None:
        text = self.text.toPlainText()
        chosen: CrontabKind | None = self.kind.currentData()
        self._is_unclear = (chosen or crontab_kind(text)) is CrontabKind.UNCLEAR
        jobs = parse_crontab(text, timezone=machine_zone(), kind=chosen)
        self._jobs = {job.line: job for job in jobs}
        self.list.blockSignals(True)
        self.list.clear()
        for job in jobs:
            self.list.addTopLevelItem(self._item(job))
        self.list.blockSignals(False)
        self._show_summary()

    def _item(self, job: CrontabJob) -> QTreeWidgetItem:
        problem = crontab_words(job.problem) if job.problem is not None else None
        when = problem or f"{describe(job.schedule, language=language(), name=job.name)} · {job.timezone}"
        item = QTreeWidgetItem([job.name, when, job.command.replace("\n", " ⏎ "), ""])
        item.setData(0, _LINE, job.line)
        for column, text in enumerate((job.description or job.name, problem or job.schedule, job.command)):
            item.setToolTip(column, plain_tip(text))
        if job.problem is None:
            item.setCheckState(0, Qt.CheckState.Unchecked if job.line in self._left_out else Qt.CheckState.Checked)
        else:
            item.setText(3, tr("skipped"))
            item.setFlags(Qt.ItemFlag.ItemIsSelectable)
        return item

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            line = int(item.data(0, _LINE))
            chosen = item.checkState(0) is Qt.CheckState.Checked
            self._left_out = self._left_out - {line} if chosen else self._left_out | {line}
            self._show_summary()

    def chosen(self) -> list[CrontabJob]:
        """Return the jobs that are ticked."""
        return [job for job in self._jobs.values() if job.problem is None and job.line not in self._left_out]

    def _show_can_make(self) -> None:
        count = len(self.chosen())
        self.go.setText(tr("Create 1 task") if count == 1 else tr("Create %1 tasks", number(count)))
        refusal = self._context.permissions.why_nowhere(Permission.EDIT)
        is_ready = count > 0 and not self._is_unclear and self._context.connection.is_online
        self.go.setEnabled(is_ready and not refusal)
        self.go.setToolTip(plain_tip(refusal))

    def _show_summary(self) -> None:
        self._show_can_make()
        notes = list(dict.fromkeys(crontab_words(note) for job in self._jobs.values() for note in job.notes))
        if not self.text.toPlainText().strip():
            notes = [tr("You can review everything before it is created.")]
        if self._is_unclear:
            notes.insert(
                0, tr("The first word of each command could be a user or a program. Choose above which it is.")
            )
        self.told.setText("\n".join(notes[:4]))

    # making

    def _start(self) -> None:
        if self.go.is_busy:
            return
        self.go.set_busy(True)
        self._context.background.start(self._make(self.chosen()), name="import crontab")

    async def _make(self, jobs: list[CrontabJob]) -> None:
        try:
            await self._make_each(jobs)
        finally:
            if isValid(self):
                self.go.set_busy(False)
                self._show_can_make()

    async def _make_each(self, jobs: list[CrontabJob]) -> None:
        extra = {"status": "paused"} if self.paused.isChecked() else {}
        folder = self.folder.text().strip()
        count = 0
        for job in jobs:
            try:
                await self._context.connection.client.create_task(job.fields(folder=folder) | extra)
                words, count = tr("created"), count + 1
            except ConflictError:
                words = tr("name already in use")
            except ValidationFailedError as error:
                words = error.detail
            if not isValid(self):
                return
            self._show_outcome(job.line, words)
        if count:
            self._imported = self.text.toPlainText()
            self.made.emit()
        self.told.setText(tr("%1 of %2 tasks were created.", number(count), number(len(jobs))))

    def _show_outcome(self, line: int, words: str) -> None:
        self.list.blockSignals(True)
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is not None and item.data(0, _LINE) == line:
                item.setText(3, words)
                item.setToolTip(3, plain_tip(words))
                item.setCheckState(0, Qt.CheckState.Unchecked)
                self._left_out = self._left_out | {line}
        self.list.blockSignals(False)
