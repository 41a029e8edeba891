"""A run beside the last success of its task."""

from collections.abc import Sequence

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.theme.current import monospace
from console.views.runs.comparison import MOST_LINES, Compared, compare, log_difference
from console.views.runs.log.ansi import plain_text
from console.views.tasks.field_names import field_name
from console.widgets.data_table import DataTable
from console.widgets.surfaces import EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import absolute, tr
from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.models.run import Run
from shared.models.task_version import FieldChange


async def last_success(client: TaskdeckClient, run: Run) -> Run | None:
    """Return the newest success of the task that was queued before a run; None where there is none."""
    page = await client.list_runs(
        task_id=run.task_id, status=[RunStatus.SUCCEEDED], until=run.queued_at.isoformat(), limit=1
    )
    return await client.get_run(page.data[0].id) if page.data else None


def tail_lines(run: Run) -> list[str]:
    """Return the last lines that a run wrote on either stream."""
    text = (run.stdout_tail or "") + (run.stderr_tail or "")
    return [plain_text(line) for line in text.splitlines()][-MOST_LINES:]


class CompareDialog(QDialog):
    """Facts side by side, what the task's definition changed, and how the ends of the logs differ."""

    def __init__(self, context: Context, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._run = run
        self.setWindowTitle(tr("Compare with the last success"))
        self.resize(960, 680)
        self.model: RowsModel[Compared] = RowsModel(self._columns(tr("Last success")), key=lambda fact: fact.name)
        self._table = DataTable(self.model, context.theme)
        self._changes = label("", "secondary")
        self._changes.setWordWrap(True)
        self.difference = QPlainTextEdit()
        self.difference.setReadOnly(True)
        self.difference.setFont(monospace())
        self.difference.setAccessibleName(tr("Log differences"))
        self._log_title = label(tr("Log differences (last lines)"), "cardTitle")
        self.empty = EmptyState()
        self.empty.show_text(tr("Loading…"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        self._title = label(f"{run.task_name} · " + tr("run %1", run.id), "title")
        layout.addWidget(self._title)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self._table, 3)
        layout.addWidget(self._changes)
        layout.addWidget(self._log_title)
        layout.addWidget(self.difference, 2)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        layout.addLayout(foot)
        self._show_parts(False)
        self._refresher = Refresher(context.background, self._load, name="comparison", parent=self)
        self._refresher.request_now()

    def _columns(self, other: str) -> list[Column[Compared]]:
        return [
            Column(tr("Property"), lambda fact: fact.name, widest="Any trigger", is_muted=True),
            Column(
                tr("This run"),
                lambda fact: tr("%1 (%2)", fact.this, fact.note) if fact.note else fact.this,
                stretches=True,
                is_bad=lambda fact: fact.differs and fact.is_cause,
                tooltip=lambda fact: fact.this,
            ),
            Column(
                other, lambda fact: fact.other, widest="2026-01-01 00:00:00 CEST   ", tooltip=lambda fact: fact.other
            ),
        ]

    async def _load(self) -> None:
        client = self._context.connection.client
        this = await client.get_run(self._run.id)
        other = await last_success(client, this)
        if other is None:
            self.empty.show_text(tr("No earlier run of this task succeeded, so there is nothing to compare with."))
            return
        facts = compare(this, other, await client.run_inputs(this.id), await client.run_inputs(other.id))
        changes: list[FieldChange] = []
        if this.task_version != other.task_version:
            changes = await client.version_diff(this.task_id, before=other.task_version, after=this.task_version)
        self._show(other, facts, changes, log_difference(tail_lines(other), tail_lines(this)))

    def _show(
        self, other: Run, facts: Sequence[Compared], changes: Sequence[FieldChange], difference: Sequence[str]
    ) -> None:
        words = tr("Run %1, %2", other.id, absolute(other.completed_at))
        self.model.set_columns(self._columns(words))
        self.model.set_rows(facts)
        self._table.fit_columns()
        if changes:
            lines = [tr("The task has changed since then:")]
            lines += [f"  {field_name(change.field)}: {change.before!r} → {change.after!r}" for change in changes]
            self._changes.setText("\n".join(lines))
        self._show_difference(difference)
        self._show_parts(True)
        self._changes.setVisible(bool(changes))
        self.empty.hide()

    def _show_difference(self, difference: Sequence[str]) -> None:
        palette = self._context.theme.palette
        colours = {"+": palette.bad, "-": palette.good, "@": palette.muted}
        self.difference.clear()
        cursor = QTextCursor(self.difference.document())
        for line in difference or [tr("The logs are identical.")]:
            style = QTextCharFormat()
            style.setForeground(QColor(colours.get(line[:1] if difference else "@", palette.text)))
            cursor.insertText(line + "\n", style)
        self.difference.moveCursor(QTextCursor.MoveOperation.Start)

    def _show_parts(self, shown: bool) -> None:
        for part in (self._table, self._changes, self._log_title, self.difference):
            part.setVisible(shown)
