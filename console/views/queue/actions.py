"""What a person can do with runs in the queue."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.context import Context
from console.views.queue.model import QueueRow
from console.widgets.confirm import ConfirmDialog
from console.widgets.row_action import RowAction
from console.words import fill, number, tr
from shared.enums import Permission, Priority, QueueState
from shared.errors import ConflictError
from shared.models.queue import MOST_RUNS_AT_ONCE, RunsChanged
from shared.models.run import Run

_ORDER = list(Priority)


class QueueActionId(StrEnum):
    """The actions of the queue's table."""

    RAISE_PRIORITY = "raise_priority"
    LOWER_PRIORITY = "lower_priority"
    START_NOW = "start_now"
    CANCEL = "cancel"
    SHOW_RUN = "show_run"
    SHOW_TASK = "show_task"


def next_priorities(runs: Sequence[Run], *, steps: int) -> dict[Priority, list[int]]:
    """Return which runs get which priority when each is raised or lowered; those at the end stay as they are."""
    wanted: dict[Priority, list[int]] = {}
    for run in runs:
        place = _ORDER.index(run.priority) + steps
        if 0 <= place < len(_ORDER):
            wanted.setdefault(_ORDER[place], []).append(run.id)
    return wanted


def is_waiting(row: QueueRow) -> bool:
    """Whether a run has a place that can be changed."""
    return not row.is_gone and row.entry.state is not QueueState.RUNNING


class QueueActions(QObject):
    """Carries out; `done` follows each change."""

    done = Signal()
    run_wanted = Signal(int)
    task_wanted = Signal(int)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window

    def row_actions(self) -> list[RowAction[QueueRow]]:
        """Return what the table offers for its rows."""
        return [
            RowAction(
                id=QueueActionId.RAISE_PRIORITY,
                text=lambda: tr("Raise priority"),
                do=lambda rows: self.move(rows, steps=1),
                icon_name="raise",
                shortcuts=("Alt+Up",),
                applies=lambda row: is_waiting(row) and row.entry.run.priority is not Priority.CRITICAL,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.LOWER_PRIORITY,
                text=lambda: tr("Lower priority"),
                do=lambda rows: self.move(rows, steps=-1),
                icon_name="lower",
                shortcuts=("Alt+Down",),
                applies=lambda row: is_waiting(row) and row.entry.run.priority is not Priority.LOW,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.START_NOW,
                text=lambda: tr("Start now"),
                do=self.start_now,
                icon_name="bolt",
                shortcuts=("Ctrl+Return", "Ctrl+Enter"),
                applies=is_waiting,
                refusal=self._may_not(Permission.RUN),
            ),
            RowAction(
                id=QueueActionId.CANCEL,
                text=lambda: tr("Cancel"),
                do=self.cancel,
                icon_name="cancel",
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

    def move(self, rows: Sequence[QueueRow], *, steps: int) -> None:
        """Raise or lower each of the runs by a level."""
        runs = [row.entry.run for row in rows if is_waiting(row)]
        wanted = next_priorities(runs, steps=steps)
        moved = {run_id for run_ids in wanted.values() for run_id in run_ids}
        former = next_priorities([run for run in runs if run.id in moved], steps=0)
        words = tr("Raised %1") if steps > 0 else tr("Lowered %1")

        async def set_all(priorities: dict[Priority, list[int]]) -> list[RunsChanged]:
            client = self._context.connection.client
            return [await client.set_priority(run_ids, priority) for priority, run_ids in priorities.items()]

        async def work() -> list[RunsChanged]:
            results = await set_all(wanted)
            self._context.undo.push(
                fill(words, _named([run for run in runs if run.id in moved])), lambda: set_all(former)
            )
            return results

        if wanted:
            self._start(work)

    def start_now(self, rows: Sequence[QueueRow]) -> None:
        """Ask, then let the runs go past every limit."""
        runs = [row.entry.run for row in rows if is_waiting(row)]
        if runs:
            self._ask(
                tr("Start %1 now?", _named(runs)),
                tr(
                    "Skips all limits, delays and dependencies, with critical priority and before all other runs. "
                    "Only a free worker slot is still needed."
                ),
                tr("Start now"),
                lambda: self._each(runs, self._context.connection.client.start_now),
            )

    def cancel(self, rows: Sequence[QueueRow]) -> None:
        """Ask, then cancel the runs."""
        runs = [row.entry.run for row in rows if not row.is_gone]
        if runs:
            self._ask(
                tr("Cancel %1?", _named(runs)),
                tr("Waiting runs are cancelled now. Cancellation of running runs is requested. This cannot be undone."),
                tr("Cancel runs") if len(runs) > 1 else tr("Cancel run"),
                lambda: self._each(runs, self._context.connection.client.cancel_runs),
                keep=tr("Do not cancel"),
            )

    def _ask(self, question: str, effect: str, verb: str, then: Callable[[], None], *, keep: str = "") -> None:
        dialog = ConfirmDialog(self._window, question=question, effect=effect, verb=verb, keep=keep)
        dialog.accepted.connect(then)
        dialog.open()

    def _each(self, runs: Sequence[Run], call: Callable[[Sequence[int]], Awaitable[RunsChanged]]) -> None:
        async def work() -> list[RunsChanged]:
            ids = [run.id for run in runs]
            starts = range(0, len(ids), MOST_RUNS_AT_ONCE)
            return [await call(ids[start : start + MOST_RUNS_AT_ONCE]) for start in starts]

        self._start(work)

    def _start(self, work: Callable[[], Awaitable[list[RunsChanged]]]) -> None:
        async def whole() -> None:
            try:
                results = await work()
            finally:
                self.done.emit()
            refused = [one for result in results for one in result.refused]
            if refused:
                raise ConflictError(" ".join(one.reason for one in refused[:3]))

        self._context.background.start(whole(), name="change the queue")


def _named(runs: Sequence[Run]) -> str:
    if len(runs) == 1:
        return tr("run %1 of %2", runs[0].id, runs[0].task_name)
    return tr("%1 runs", number(len(runs)))
