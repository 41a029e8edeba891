"""What a person can do with all runs that a task has in the queue."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bulk import CANCELLED, answer_of, bulk_words, check_changed, refusal_sentences
from console.context import Context
from console.views.queue.actions import QueueActionId
from console.views.queue.task_model import has_runs, runs_words
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import ActionGroup, RowAction
from console.words import fill, number, tr
from shared.enums import Permission, QueueState
from shared.models.bulk import CancelRuns, PrioritiseRuns
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
                group=ActionGroup.RUN,
                shortcuts=("Alt+Up",),
                applies=_has_waiting,
                refusal=self._may_not,
            ),
            RowAction(
                id=QueueActionId.LOWER_PRIORITY,
                text=lambda: tr("Lower priority of its runs"),
                do=lambda rows: self.move(rows, steps=-1),
                icon_name="lower",
                group=ActionGroup.RUN,
                shortcuts=("Alt+Down",),
                applies=_has_waiting,
                refusal=self._may_not,
            ),
            RowAction(
                id=QueueActionId.CANCEL,
                text=lambda: tr("Cancel its runs"),
                do=self.cancel,
                icon_name="cancel",
                group=ActionGroup.END,
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
        waiting = [row for row in rows if _has_waiting(row)]
        back: Literal[-1, 1] = -1 if steps == 1 else 1
        client = self._context.connection.client

        async def work() -> str:
            request = PrioritiseRuns(action="priority", steps=steps, queue=_of(waiting))
            result = await client.change_runs(request)
            remark = check_changed(answer_of(result))

            async def undo() -> str:
                undone = await client.change_runs(PrioritiseRuns(action="priority", steps=back, ids=result.ids))
                return refusal_sentences(answer_of(undone))

            words = tr("Raised %1") if steps == 1 else tr("Lowered %1")
            self._context.undo.push(fill(words, runs_words(result.changed)), undo, remark=remark)
            return ""

        if waiting:
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
        request = CancelRuns(action="cancel", queue=_of(rows))

        async def work() -> str:
            return bulk_words(CANCELLED, answer_of(await self._context.connection.client.change_runs(request)))

        dialog.accepted.connect(lambda: self._start(work))
        dialog.open()

    def _may_not(self, row: QueuedTask) -> str:
        return self._context.permissions.why_not(row.folder, Permission.RUN)

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


def _of(rows: Sequence[QueuedTask]) -> QueueFilterFields:
    """Return the filter of the runs of the tasks; one without `task_ids` where an earlier backend knows it."""
    if len(rows) == 1:
        return QueueFilterFields(task_id=rows[0].task_id)
    return QueueFilterFields(task_ids=[row.task_id for row in rows])
