"""The queue by task: what clogs it is one row, however many runs it has."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.views.queue.actions import QueueActionId
from console.views.queue.task_actions import QueuedTaskActions
from console.views.queue.task_model import has_runs, queued_task_columns, without_runs
from console.widgets.data_table import DataTable
from console.widgets.still_rows import keep_still
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.models.queue import QueuedTask

_MOST = 100
"""Tasks that are listed, those with the most runs: 170 ms where 9,200 have 300,000. A name leads to the others."""


class QueuedTaskList(Card):
    """The tasks with the most runs in the queue; `loaded` follows each load, `words` returns what is looked for."""

    loaded = Signal()

    def __init__(self, context: Context, *, words: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context = context
        self._words = words
        self._total: int | None = 0
        self._was_asked = False
        self.title.hide()
        self.aside.hide()
        self.body.setContentsMargins(1, 1, 1, 8)
        self.actions_of_tasks = QueuedTaskActions(context, self)
        self.model: RowsModel[QueuedTask] = RowsModel(
            queued_task_columns(context.times), key=lambda task: task.task_id, is_past=lambda task: not has_runs(task)
        )
        self.table = DataTable(self.model, context.theme, self.actions_of_tasks.row_actions())
        self.table.setAccessibleName(tr("Queue by task"))
        self.table.opened.connect(self.actions_of_tasks.runs_wanted)
        cancel = self.table.row_action(QueueActionId.CANCEL)
        self.table.delete_wanted.connect(lambda rows: self.table.act(cancel, rows))
        self.empty = EmptyState()
        self.empty.hide()
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.empty, 1)
        self._refresher = Refresher(context.background, self._load, name="queue by task", parent=self)
        self.actions_of_tasks.done.connect(lambda: self.refresh(is_asked=True))

    def refresh(self, *, is_asked: bool = False) -> None:
        """Load the tasks; at once, and with the rows that moved, where a person asked for others or changed some."""
        if is_asked:
            self._was_asked = True
            self._refresher.request_now()
        else:
            self._refresher.request()

    def count_words(self) -> str:
        """Return how many tasks have runs in the queue."""
        # Not the rows: those that have left are among them, and those that came may wait, while they hold still.
        total = self._total
        if total is None or total > _MOST:
            return tr("%1 of %2 tasks", number(_MOST), tr("many") if total is None else number(total))
        return tr("1 task") if total == 1 else tr("%1 tasks", number(total))

    async def _load(self) -> None:
        words = self._words()
        page = await self._context.connection.client.queued_tasks(q=words or None, limit=_MOST)
        if words != self._words():
            self._refresher.request_now()
            return
        self._total = page.meta.total
        rows = list(page.data)
        was_asked, self._was_asked = self._was_asked, False
        if not was_asked and (self.table.viewport().underMouse() or len(self.table.selected()) > 1):
            rows = keep_still(self.model.rows, rows, key=lambda task: task.task_id, gone=without_runs).rows or rows
        self.model.set_rows(rows)
        self.table.setVisible(bool(self.model.rows))
        self.empty.setVisible(not self.model.rows)
        self.empty.show_text(
            tr("No matching tasks in the queue.")
            if words
            else tr("Nothing is running or waiting. Runs appear here from the moment they are due."),
            "",
        )
        self.loaded.emit()
