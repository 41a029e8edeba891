"""What a person can do with runs."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from console.context import Context
from console.silencing import SilencedTask, Silencer, silence_actions
from console.widgets.row_action import RowAction
from console.words import tr
from shared.enums import Permission, RunStatus
from shared.models.run import Run

_ALERTING = (RunStatus.FAILED, RunStatus.TIMED_OUT)
"""Ends of runs that rules send alerts about."""


class RunActionId(StrEnum):
    """The actions of the runs' table."""

    CANCEL = "cancel"
    RETRY = "retry"
    SHOW_TASK = "show_task"


class RunActions(QObject):
    """Carries out what a person asks for; `done` follows each change."""

    done = Signal()
    task_wanted = Signal(int)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._silencer: Silencer[Run] = Silencer(context, lambda run: SilencedTask(run.task_id, run.task_name))

    def row_actions(self) -> list[RowAction[Run]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=RunActionId.CANCEL,
                text=lambda: tr("Cancel run"),
                do=self.cancel,
                icon_name="cancel",
                applies=lambda run: not run.status.is_final and run.cancel_requested_at is None,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=RunActionId.RETRY,
                text=lambda: tr("Re-run"),
                do=self.retry,
                icon_name="retry",
                applies=lambda run: run.status.is_final,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=RunActionId.SHOW_TASK,
                text=lambda: tr("Show task"),
                do=lambda runs: self.task_wanted.emit(runs[0].task_id),
                icon_name="tasks",
                on_hover=False,
            ),
            *silence_actions(
                self._silencer.start,
                applies=lambda run: run.status in _ALERTING,
                refusal=self._may_not(Permission.EDIT),
            ),
        ]

    def _may_not(self, needed: Permission) -> Callable[[Run], str]:
        return lambda run: self._context.permissions.why_not(run.folder, needed)

    def cancel(self, runs: Sequence[Run]) -> None:
        """Request the end of the runs."""
        self._start(runs, lambda run: self._context.connection.client.cancel_run(run.id), name="cancel runs")

    def retry(self, runs: Sequence[Run]) -> None:
        """Start new runs of the same tasks."""
        self._start(runs, lambda run: self._context.connection.client.retry_run(run.id), name="retry runs")

    def _start(self, runs: Sequence[Run], call: Callable[[Run], Awaitable[object]], *, name: str) -> None:
        async def each() -> None:
            for run in runs:
                await call(run)
            self.done.emit()

        self._context.background.start(each(), name=name)
