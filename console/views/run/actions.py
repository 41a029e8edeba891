"""What a person can do with the run of a page, beside what the list of runs offers."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from console.context import Context
from console.views.run.neighbours import RunNeighbours
from console.views.runs.actions import RunActionId, RunActions
from console.widgets.row_action import ActionGroup, RowAction
from console.words import tr
from shared.enums import Permission
from shared.models.run import Run
from shared.models.run_filter import RunFilter

RETRY_AS_IT_WAS = "retry_as_it_was"
COMPARE = "compare"
OLDER = "older"
NEWER = "newer"
COPY_TRACE = "copy_trace"
OPEN_TRACE = "open_trace"


class RunPageActions(RunActions):
    """`compare_wanted` asks for the comparison, `run_wanted` carries the id of an older or newer run."""

    compare_wanted = Signal()
    run_wanted = Signal(int)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(context, window, wanted=RunFilter)
        self.neighbours = RunNeighbours()

    def row_actions(self) -> list[RowAction[Run]]:
        """Override RunActions.row_actions: the page shows its task, and offers more of one run."""
        listed = [action for action in super().row_actions() if action.id != RunActionId.SHOW_TASK]
        return [
            RowAction(
                id=NEWER,
                text=lambda: tr("Newer run of this task"),
                do=lambda _runs: self._open(self.neighbours.newer),
                icon_name="raise",
                applies=lambda _run: self.neighbours.newer is not None,
            ),
            RowAction(
                id=OLDER,
                text=lambda: tr("Previous run of this task"),
                do=lambda _runs: self._open(self.neighbours.older),
                icon_name="lower",
                applies=lambda _run: self.neighbours.older is not None,
            ),
            RowAction(
                id=RETRY_AS_IT_WAS,
                text=lambda: tr("Re-run with the version of this run"),
                do=lambda runs: self.retry_one(runs[0], as_it_was=True),
                icon_name="retry",
                group=ActionGroup.RUN,
                applies=lambda run: run.status.is_final,
                refusal=self.may_not(Permission.RUN),
            ),
            RowAction(
                id=COMPARE,
                text=lambda: tr("Compare with the last success"),
                do=lambda _runs: self.compare_wanted.emit(),
                icon_name="audit_log",
                applies=lambda run: run.status.is_final,
            ),
            *listed,
            RowAction(
                id=OPEN_TRACE,
                text=lambda: tr("Open the trace"),
                do=lambda runs: self._open_trace(runs[0]),
                icon_name="graph",
                applies=lambda run: (run.trace_url or "").startswith(("https://", "http://")),
            ),
            RowAction(
                id=COPY_TRACE,
                text=lambda: tr("Copy the trace ID"),
                do=lambda runs: self._copy_trace(runs[0]),
                icon_name="copy",
                applies=lambda run: run.trace_id is not None,
            ),
        ]

    def _open_trace(self, run: Run) -> None:
        """Open the trace in the browser, at the address that the backend's administrator set."""
        if run.trace_url is not None and not QDesktopServices.openUrl(QUrl(run.trace_url)):
            QGuiApplication.clipboard().setText(run.trace_url)
            self.said.emit(tr("This system has no program that opens web pages. Copied: %1", run.trace_url))

    def _copy_trace(self, run: Run) -> None:
        if run.trace_id is not None:
            QGuiApplication.clipboard().setText(run.trace_id)
            self.said.emit(tr("Copied: %1", run.trace_id))

    def _open(self, run: Run | None) -> None:
        if run is not None:
            self.run_wanted.emit(run.id)
