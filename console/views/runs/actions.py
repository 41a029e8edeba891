"""What a person can do with runs."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.acknowledging import Acknowledger, open_alerts
from console.bulk import CANCELLED, BulkWords, answer_of, bulk_words, check_changed
from console.context import Context
from console.silencing import SilencedTask, Silencer, silence_actions
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import ActionGroup, RowAction
from console.words import number, sentences, tr
from shared.enums import Permission, RunStatus
from shared.models.bulk import CancelRuns, RetryRuns
from shared.models.run import Run
from shared.models.run_filter import RunFilter, RunFilterFields

_ALERTING = (RunStatus.FAILED, RunStatus.TIMED_OUT)
"""Ends of runs that rules send alerts about."""
_RETRIED = BulkWords(lambda: tr("1 run started again."), lambda count: tr("%1 runs started again.", count))


class RunActionId(StrEnum):
    """The actions of the runs' table."""

    CANCEL = "cancel"
    RETRY = "retry"
    SHOW_TASK = "show_task"


class RunActions(QObject):
    """Carries out what a person asks for; `done` follows each change, `said` carries what became of it.

    `retried` carries the id of the new run where one run was started again.
    """

    done = Signal()
    retried = Signal(int)
    said = Signal(str)
    task_wanted = Signal(int)

    def __init__(self, context: Context, window: QWidget, *, wanted: Callable[[], RunFilter]) -> None:
        """`wanted` returns the filter of the list."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._wanted = wanted
        self._silencer: Silencer[Run] = Silencer(context, lambda run: SilencedTask(run.task_id, run.task_name))

        self._acknowledger: Acknowledger[Run] = Acknowledger(
            context, lambda runs: open_alerts(context.connection.client, (run.task_id for run in runs))
        )

    def row_actions(self) -> list[RowAction[Run]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=RunActionId.CANCEL,
                text=lambda: tr("Cancel run"),
                do=self.cancel,
                do_whole=self.cancel_all,
                icon_name="cancel",
                group=ActionGroup.END,
                applies=lambda run: not run.status.is_final and run.cancel_requested_at is None,
                refusal=self.may_not(Permission.RUN),
            ),
            RowAction(
                id=RunActionId.RETRY,
                text=lambda: tr("Re-run"),
                do=self.retry,
                do_whole=self.retry_all,
                icon_name="retry",
                group=ActionGroup.RUN,
                applies=lambda run: run.status.is_final,
                refusal=self.may_not(Permission.RUN),
            ),
            RowAction(
                id=RunActionId.SHOW_TASK,
                text=lambda: tr("Show task"),
                do=lambda runs: self.task_wanted.emit(runs[0].task_id),
                icon_name="tasks",
                on_hover=False,
            ),
            self._acknowledger.action(
                applies=lambda run: run.status in _ALERTING, refusal=self.may_not(Permission.RUN)
            ),
            *silence_actions(
                self._silencer.start,
                applies=lambda run: run.status in _ALERTING,
                refusal=self.may_not(Permission.EDIT),
            ),
        ]

    def may_not(self, needed: Permission) -> Callable[[Run], str]:
        """Return the refusal of actions that need a permission in a run's folder."""
        return lambda run: self._context.permissions.why_not(run.folder, needed)

    def cancel(self, runs: Sequence[Run]) -> None:
        """Request the end of the runs."""
        self._start(CancelRuns(action="cancel", ids=[run.id for run in runs]), CANCELLED)

    def retry(self, runs: Sequence[Run]) -> None:
        """Start new runs of the same tasks."""
        if len(runs) == 1:
            self.retry_one(runs[0])
            return
        self._start(RetryRuns(action="retry", ids=[run.id for run in runs]), _RETRIED)

    def retry_one(self, run: Run, *, as_it_was: bool = False) -> None:
        """Start a run of the same task, with its present version or that of the run."""

        async def whole() -> None:
            try:
                again = await self._context.connection.client.retry_run(run.id, as_it_was=as_it_was)
            finally:
                self.done.emit()
            self.said.emit(_RETRIED.one())
            self.retried.emit(again.id)

        self._context.background.start(whole(), name="retry run")

    def cancel_all(self) -> None:
        """Count what the list's filter selects, ask, then request the end of it."""
        wanted = RunFilterFields.of(self._wanted())
        self._ask(
            CancelRuns(action="cancel", filter=wanted),
            CANCELLED,
            question=lambda count: tr("Cancel 1 run?") if count == "1" else tr("Cancel %1 runs?", count),
            effect=tr(
                "Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone."
            ),
            verb=tr("Cancel runs"),
            keep=tr("Do not cancel"),
        )

    def retry_all(self) -> None:
        """Count what the list's filter selects, ask, then start new runs."""
        wanted = RunFilterFields.of(self._wanted())
        self._ask(
            RetryRuns(action="retry", filter=wanted),
            _RETRIED,
            question=lambda count: tr("Re-run 1 run?") if count == "1" else tr("Re-run %1 runs?", count),
            effect=tr("Each is started again as a new run, with the inputs that it had."),
            verb=tr("Re-run"),
        )

    def _ask(
        self,
        request: CancelRuns | RetryRuns,
        words: BulkWords,
        *,
        question: Callable[[str], str],
        effect: str,
        verb: str,
        keep: str = "",
    ) -> None:
        async def count() -> None:
            counting = request.model_copy(update={"dry_run": True})
            answer = answer_of(await self._context.connection.client.change_runs(counting))
            refused = check_changed(answer)
            dialog = ConfirmDialog(
                self._window,
                question=question(number(answer.changed)),
                effect=sentences(effect, refused),
                verb=verb,
                keep=keep,
            )
            dialog.accepted.connect(lambda: self._start(request, words))
            dialog.open()

        self._context.background.start(count(), name="count runs")

    def _start(self, request: CancelRuns | RetryRuns, words: BulkWords) -> None:
        async def whole() -> None:
            try:
                result = await self._context.connection.client.change_runs(request)
            finally:
                self.done.emit()
            self.said.emit(bulk_words(words, answer_of(result)))

        self._context.background.start(whole(), name=f"{request.action} runs")
