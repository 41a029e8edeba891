"""A task's versions: who changed what, and restoring one."""

import difflib
import json
from datetime import UTC, datetime

from pydantic import JsonValue
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.context import Context
from console.theme.current import monospace
from console.views.tasks.field_names import field_name
from console.views.tasks.highlighting import Highlighter, Language
from console.widgets.busy_button import BusyButton
from console.widgets.plain_tip import plain_tip
from console.words import absolute, short_time, tr
from shared.models.task import Task
from shared.models.task_version import FieldChange, TaskVersion

_SHORT = 3


class HistoryDialog(QDialog):
    """The versions at the left, the changes of the selected one at the right; `restored` carries the restored task."""

    restored = Signal(object)

    def __init__(self, context: Context, task: Task, parent: QWidget | None, *, version: int | None = None) -> None:
        """`version` is selected first, by default the newest."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._task = task
        self._wanted = version
        self._versions: list[TaskVersion] = []
        self.setWindowTitle(tr("Versions of %1", task.name))
        self.resize(820, 520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        across = QHBoxLayout()
        self.list = QListWidget()
        self.list.setFixedWidth(280)
        self.list.currentRowChanged.connect(self._show)
        self.changes = QPlainTextEdit()
        self.changes.setReadOnly(True)
        self.changes.setFont(monospace())
        Highlighter(self.changes.document(), context.theme, Language.DIFF)
        across.addWidget(self.list)
        across.addWidget(self.changes, 1)
        layout.addLayout(across, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.reject)
        self.restore = BusyButton(tr("Restore this version"))
        self.restore.setAutoDefault(False)
        self.restore.clicked.connect(self._start_restore)
        self.restore.setEnabled(False)
        row.addWidget(close)
        row.addWidget(self.restore)
        layout.addLayout(row)
        context.background.start(self._load(), name="history")

    async def _load(self) -> None:
        versions = await self._context.connection.client.versions(self._task.id)
        if not isValid(self):
            return
        self._versions = versions
        now = datetime.now(UTC)
        for one in self._versions:
            words = (tr("Version %1", one.version), short_time(one.changed_at, now), one.changed_by)
            item = QListWidgetItem(" · ".join(words), self.list)
            item.setToolTip(plain_tip(absolute(one.changed_at)))
        wanted = [place for place, one in enumerate(versions) if one.version == self._wanted]
        self.list.setCurrentRow(wanted[0] if wanted else 0)

    def _show(self, row: int) -> None:
        version = self._versions[row]
        self.changes.setPlainText("\n\n".join(change_words(change) for change in version.changes) or tr("Created."))
        self.restore.setEnabled(row > 0)

    def _start_restore(self) -> None:
        if self.restore.is_busy:
            return
        version = self._versions[self.list.currentRow()].version
        self.restore.set_busy(True)
        self._context.background.start(self._restore(version), name="restore version")

    async def _restore(self, version: int) -> None:
        path = f"/api/tasks/{self._task.id}/restore"
        try:
            answer = await self._context.connection.client.request("POST", path, json={"version": version})
        finally:
            if isValid(self):
                self.restore.set_busy(False)
        if isValid(self):
            self.restored.emit(Task.model_validate(answer["data"]))
            self.accept()


def change_words(change: FieldChange) -> str:
    """Return a change as lines of a diff; of a long text only what differs, with a line around it."""
    name = field_name(change.field)
    name = name[:1].upper() + name[1:]
    before, after = _lines(change.before), _lines(change.after)
    if min(len(before), len(after)) > _SHORT:
        return "\n".join([name, *_differing(before, after)])
    marked = [f"  − {line}" for line in before] + [f"  + {line}" for line in after]
    return "\n".join([name, *marked])


def _lines(value: JsonValue) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.splitlines() or [""]


def _differing(before: list[str], after: list[str]) -> list[str]:
    signs = {"-": "−", "+": "+", " ": " ", "@": "…"}
    found = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    return [f"  {signs[line[0]]} {'' if line[0] == '@' else line[1:]}".rstrip() for line in found]
