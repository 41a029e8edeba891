"""How the last runs of the tasks in view ended: one call for all of them, then kept up by the live stream."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from shared.enums import EventType
from shared.models.run import Run
from shared.models.task_overview import Outcome

SHOWN = 20
_MOST_AT_ONCE = 200
_MOST_TASKS = 5_000


def with_newer(known: list[Outcome], run: Run) -> list[Outcome]:
    """Return outcomes, the newest first, with a run that has ended among them once."""
    if run.completed_at is None:
        return known
    newer = Outcome(
        run_id=run.id, status=run.status, completed_at=run.completed_at, execution_time_ms=run.execution_time_ms
    )
    others = [one for one in known if one.run_id != run.id]
    return sorted([newer, *others], key=lambda one: -one.run_id)[:SHOWN]


class RecentOutcomes(QObject):
    """`changed` says that some of what `of` gives is another."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: dict[int, list[Outcome]] = {}
        context.feeds.runs.changed.connect(self._run_changed)
        self._missing: set[int] = set()
        self._refresher = Refresher(context.background, self._load, name="outcomes", rest_ms=50, parent=self)

    def of(self, task_id: int) -> list[Outcome]:
        """Return what is known of a task, the newest first."""
        return self._known.get(task_id, [])

    def want(self, task_ids: Iterable[int]) -> None:
        """Load what is not known of these tasks; what was wanted before and is not now is left alone."""
        self._missing = {task_id for task_id in task_ids if task_id not in self._known}
        if self._missing:
            self._refresher.request()

    def forget(self) -> None:
        """Know nothing: events were missed."""
        self._known.clear()

    def _run_changed(self, event: RunEvent) -> None:
        run = event.run
        known = self._known.get(run.task_id)
        if event.type is EventType.RUN_FINISHED and known is not None and run.fan_out_run_id is None:
            self._known[run.task_id] = with_newer(known, run)
            self.changed.emit()

    async def _load(self) -> None:
        wanted = sorted(self._missing)[:_MOST_AT_ONCE]
        if not wanted:
            return
        found = await self._context.connection.client.recent_outcomes(wanted, count=SHOWN)
        if len(self._known) > _MOST_TASKS:
            self._known.clear()
        self._known.update(found)
        self._missing -= set(found)
        self.changed.emit()
        if self._missing:
            self._refresher.request()
