"""What a person can do with runs in the queue."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.bulk import CANCELLED, BulkWords, answer_of, bulk_words, check_changed, refusal_sentences
from console.context import Context
from console.views.queue.model import QueueRow
from console.views.queue.task_model import runs_words
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import ActionGroup, RowAction
from console.words import fill, sentences, tr
from shared.enums import Permission, Priority, QueueState
from shared.models.bulk import BulkRuns, CancelRuns, PrioritiseRuns, StartRunsNow
from shared.models.queue import QueueFilterFields
from shared.models.run import Run


class QueueActionId(StrEnum):
    """The actions of the queue, run by run and by task."""

    RAISE_PRIORITY = "raise_priority"
    LOWER_PRIORITY = "lower_priority"
    START_NOW = "start_now"
    CANCEL = "cancel"
    SHOW_RUN = "show_run"
    SHOW_TASK = "show_task"
    SHOW_TASK_RUNS = "show_task_runs"


def is_waiting(row: QueueRow) -> bool:
    """Whether a run has a place that can be changed."""
    return not row.is_gone and row.entry.state is not QueueState.RUNNING


class QueueActions(QObject):
    """Carries out; `done` follows each change, `said` carries a sentence on what became of it."""

    done = Signal()
    said = Signal(str)
    run_wanted = Signal(int)
    task_wanted = Signal(int)

    def __init__(self, context: Context, window: QWidget, *, wanted: Callable[[], QueueFilterFields]) -> None:
        """`wanted` returns the filter of the queue."""
        super().__init__(window)
        self._wanted = wanted
        self._context = context
        self._window = window

    def row_actions(self) -> list[RowAction[QueueRow]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=QueueActionId.RAISE_PRIORITY,
                text=lambda: tr("Raise priority"),
                do=lambda rows: self.move(rows, steps=1),
                do_whole=lambda: self.move_all(steps=1),
                icon_name="raise",
                group=ActionGroup.RUN,
                shortcuts=("Alt+Up",),
                applies=lambda row: is_waiting(row) and row.entry.run.priority is not Priority.CRITICAL,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.LOWER_PRIORITY,
                text=lambda: tr("Lower priority"),
                do=lambda rows: self.move(rows, steps=-1),
                do_whole=lambda: self.move_all(steps=-1),
                icon_name="lower",
                group=ActionGroup.RUN,
                shortcuts=("Alt+Down",),
                applies=lambda row: is_waiting(row) and row.entry.run.priority is not Priority.LOW,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.START_NOW,
                text=lambda: tr("Start now"),
                do=self.start_now,
                do_whole=self.start_all_now,
                icon_name="bolt",
                group=ActionGroup.RUN,
                shortcuts=("Ctrl+Return", "Ctrl+Enter"),
                applies=is_waiting,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.CANCEL,
                text=lambda: tr("Cancel"),
                do=self.cancel,
                do_whole=self.cancel_all,
                icon_name="cancel",
                group=ActionGroup.END,
                applies=lambda row: not row.is_gone and row.entry.run.cancel_requested_at is None,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.SHOW_RUN,
                text=lambda: tr("Show run"),
                do=lambda rows: self.run_wanted.emit(rows[0].entry.run.id),
                icon_name="runs",
                on_hover=False,
            ),
            RowAction(
                id=QueueActionId.SHOW_TASK,
                text=lambda: tr("Show task"),
                do=lambda rows: self.task_wanted.emit(rows[0].entry.run.task_id),
                icon_name="tasks",
                on_hover=False,
            ),
        ]

    def _may_not(self, needed: Permission) -> Callable[[QueueRow], str]:
        return lambda row: self._context.permissions.why_not(row.entry.run.folder, needed)

    def move(self, rows: Sequence[QueueRow], *, steps: Literal[-1, 1]) -> None:
        """Raise or lower each of the runs by a level."""
        runs = [row.entry.run for row in rows if is_waiting(row)]
        if runs:
            self._move(PrioritiseRuns(action="priority", steps=steps, ids=[run.id for run in runs]), runs)

    def _move(self, request: PrioritiseRuns, runs: Sequence[Run]) -> None:
        client = self._context.connection.client

        async def work() -> str:
            result = await client.change_runs(request)
            remark = check_changed(answer_of(result))
            back: Literal[-1, 1] = -1 if request.steps == 1 else 1

            async def undo() -> str:
                undone = await client.change_runs(PrioritiseRuns(action="priority", steps=back, ids=result.ids))
                return refusal_sentences(answer_of(undone))

            named = [run for run in runs if run.id in result.ids]
            which = _named(named) if len(named) == result.changed else runs_words(result.changed)
            self._context.undo.push(
                fill(tr("Raised %1") if back == -1 else tr("Lowered %1"), which), undo, remark=remark
            )
            return ""

        self._start(work)

    def start_now(self, rows: Sequence[QueueRow]) -> None:
        """Ask, then let the runs go past every limit."""
        runs = [row.entry.run for row in rows if is_waiting(row)]
        if runs:
            request = StartRunsNow(action="start_now", ids=[run.id for run in runs])
            self._ask_to_start(_named(runs), request)

    def cancel(self, rows: Sequence[QueueRow]) -> None:
        """Ask, then cancel the runs."""
        runs = [row.entry.run for row in rows if not row.is_gone]
        if runs:
            request = CancelRuns(action="cancel", ids=[run.id for run in runs])
            self._ask_to_cancel(_named(runs), request, is_one=len(runs) == 1)

    def move_all(self, *, steps: Literal[-1, 1]) -> None:
        """Raise or lower each of the runs that the filter of the queue selects."""
        self._move(PrioritiseRuns(action="priority", steps=steps, queue=self._wanted()), [])

    def start_all_now(self) -> None:
        """Count what the filter of the queue selects, ask, then let it go past every limit."""
        request = StartRunsNow(action="start_now", queue=self._wanted())
        self._count(request, lambda count, refused: self._ask_to_start(runs_words(count), request, refused=refused))

    def cancel_all(self) -> None:
        """Count what the filter of the queue selects, ask, then cancel it."""
        request = CancelRuns(action="cancel", queue=self._wanted())

        def ask(count: int, refused: str) -> None:
            self._ask_to_cancel(runs_words(count), request, is_one=count == 1, refused=refused)

        self._count(request, ask)

    def _count(self, request: BulkRuns, then: Callable[[int, str], None]) -> None:
        async def count() -> None:
            counting = request.model_copy(update={"dry_run": True})
            answer = answer_of(await self._context.connection.client.change_runs(counting))
            then(answer.changed, check_changed(answer))

        self._context.background.start(count(), name="count runs")

    def _ask_to_start(self, which: str, request: StartRunsNow, *, refused: str = "") -> None:
        words = BulkWords(lambda: tr("1 run starts now."), lambda count: tr("%1 runs start now.", count))
        effect = tr(
            "Skips all limits, delays and dependencies, with critical priority and before all other runs. "
            "Only a free worker slot is still needed."
        )
        self._ask(
            tr("Start %1 now?", which), sentences(effect, refused), tr("Start now"), lambda: self._send(request, words)
        )

    def _ask_to_cancel(self, which: str, request: CancelRuns, *, is_one: bool, refused: str = "") -> None:
        effect = tr("Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone.")
        self._ask(
            tr("Cancel %1?", which),
            sentences(effect, refused),
            tr("Cancel run") if is_one else tr("Cancel runs"),
            lambda: self._send(request, CANCELLED),
            keep=tr("Do not cancel"),
        )

    def _ask(self, question: str, effect: str, verb: str, then: Callable[[], None], *, keep: str = "") -> None:
        dialog = ConfirmDialog(self._window, question=question, effect=effect, verb=verb, keep=keep)
        dialog.accepted.connect(then)
        dialog.open()

    def _send(self, request: BulkRuns, words: BulkWords) -> None:
        async def work() -> str:
            return bulk_words(words, answer_of(await self._context.connection.client.change_runs(request)))

        self._start(work)

    def _start(self, work: Callable[[], Awaitable[str]]) -> None:
        """Do it in the background; `work` returns what is said of it."""

        async def whole() -> None:
            try:
                words = await work()
            finally:
                self.done.emit()
            if words:
                self.said.emit(words)

        self._context.background.start(whole(), name="change the queue")


def _named(runs: Sequence[Run]) -> str:
    if len(runs) == 1:
        return tr("run %1 of %2", runs[0].id, runs[0].task_name)
    return runs_words(len(runs))
