"""What a person can do with all runs that a task has in the queue."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bulk import CANCELLED, bulk_words, check_changed, refusal_sentences, summed
from console.context import Context
from console.views.queue.actions import QueueActionId
from console.views.queue.task_model import has_runs, runs_words
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import RowAction
from console.words import fill, number, tr
from shared.enums import Permission, QueueState
from shared.models.bulk import BulkResult, BulkRuns, CancelRuns, PrioritiseRuns
from shared.models.queue import QueuedTask, QueueFilterFields


class QueuedTaskActions(QObject):
    """Carries out; `done` follows each change, `said` carries a sentence on what became of it."""

    done = Signal()
    said = Signal(str)
    runs_wanted = Signal(object)
    task_wanted = Signal(int)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window

    def row_actions(self) -> list[RowAction[QueuedTask]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=QueueActionId.SHOW_TASK_RUNS,
                text=lambda: tr("Show its runs in the queue"),
                do=lambda rows: self.runs_wanted.emit(rows[0]),
                icon_name="queue",
                on_hover=False,
            ),
            RowAction(
                id=QueueActionId.RAISE_PRIORITY,
                text=lambda: tr("Raise priority of its runs"),
                do=lambda rows: self.move(rows, steps=1),
                icon_name="raise",
                shortcuts=("Alt+Up",),
                applies=_has_waiting,
                refusal=self._may_not,
            ),
            RowAction(
                id=QueueActionId.LOWER_PRIORITY,
                text=lambda: tr("Lower priority of its runs"),
                do=lambda rows: self.move(rows, steps=-1),
                icon_name="lower",
                shortcuts=("Alt+Down",),
                applies=_has_waiting,
                refusal=self._may_not,
            ),
            RowAction(
                id=QueueActionId.CANCEL,
                text=lambda: tr("Cancel its runs"),
                do=self.cancel,
                icon_name="cancel",
                applies=has_runs,
                refusal=self._may_not,
            ),
            RowAction(
                id=QueueActionId.SHOW_TASK,
                text=lambda: tr("Show task"),
                do=lambda rows: self.task_wanted.emit(rows[0].task_id),
                icon_name="tasks",
                on_hover=False,
            ),
        ]

    def move(self, rows: Sequence[QueuedTask], *, steps: Literal[-1, 1]) -> None:
        """Raise or lower all waiting runs of the tasks by a level."""
        requests = [PrioritiseRuns(action="priority", steps=steps, queue=_of(row)) for row in rows if _has_waiting(row)]
        back: Literal[-1, 1] = -1 if steps == 1 else 1

        async def work() -> str:
            results = await self._send_each(requests)
            answer = summed(results)
            remark = check_changed(answer)
            undoing = [
                PrioritiseRuns(action="priority", steps=back, ids=result.ids) for result in results if result.ids
            ]

            async def undo() -> str:
                return refusal_sentences(summed(await self._send_each(undoing)))

            words = tr("Raised %1") if steps == 1 else tr("Lowered %1")
            self._context.undo.push(fill(words, runs_words(answer.changed)), undo, remark=remark)
            return ""

        if requests:
            self._start(work)

    def cancel(self, rows: Sequence[QueuedTask]) -> None:
        """Ask, then cancel all runs that the tasks have in the queue."""
        count = sum(sum(row.counts.values()) for row in rows)
        which = (
            tr("the %1 of %2", runs_words(count), rows[0].task_name)
            if len(rows) == 1
            else tr("the %1 of %2 tasks", runs_words(count), number(len(rows)))
        )
        effect = tr("Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone.")
        dialog = ConfirmDialog(
            self._window,
            question=tr("Cancel %1?", which),
            effect=effect,
            verb=tr("Cancel run") if count == 1 else tr("Cancel runs"),
            keep=tr("Do not cancel"),
        )
        requests = [CancelRuns(action="cancel", queue=_of(row)) for row in rows]

        async def work() -> str:
            return bulk_words(CANCELLED, summed(await self._send_each(requests)))

        dialog.accepted.connect(lambda: self._start(work))
        dialog.open()

    def _may_not(self, row: QueuedTask) -> str:
        return self._context.permissions.why_not(row.folder, Permission.RUN)

    async def _send_each(self, requests: Sequence[BulkRuns]) -> list[BulkResult]:
        return [await self._context.connection.client.change_runs(request) for request in requests]

    def _start(self, work: Callable[[], Awaitable[str]]) -> None:
        async def whole() -> None:
            try:
                words = await work()
            finally:
                self.done.emit()
            if words:
                self.said.emit(words)

        self._context.background.start(whole(), name="change the queue")


def _has_waiting(row: QueuedTask) -> bool:
    return any(count for state, count in row.counts.items() if state is not QueueState.RUNNING)


def _of(row: QueuedTask) -> QueueFilterFields:
    return QueueFilterFields(task_id=row.task_id)
