"""The overview's list of the latest failures: it loads, and offers what can be done about one."""

import asyncio
from dataclasses import replace

from PySide6.QtCore import QObject

from console.acknowledging import Acknowledger, open_alerts
from console.context import Context
from console.silencing import SilencedTask, Silencer, silence_actions
from console.theme.glyphs import GLYPH_OF
from console.views.alerts.model import silence_sign
from console.views.overview.failures import Failure, failure_name, fold, why_details, why_words
from console.views.overview.short_lists import short_table
from console.views.run.state_words import last_error_line
from console.views.runs.actions import RunActions
from console.widgets.row_action import ActionGroup, RowAction
from console.widgets.table_model import Column, RowsModel
from console.words import absolute, tr
from shared.enums import Permission, RunStatus
from shared.errors import NotFoundError
from shared.models.run import Run

_RUNS = 100
"""How many failed runs are folded."""
_LINES_AT_ONCE = 12
"""How many last lines one load asks for at most, one request each; the others follow with the next load."""
_NAME_WIDTH = 150


class FailureList(QObject):
    """A table of failures; `run_actions` starts runs again."""

    def __init__(self, context: Context, run_actions: RunActions, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._lines: dict[int, str] = {}
        silencer: Silencer[Failure] = Silencer(
            context, lambda failure: SilencedTask(failure.newest.task_id, failure.newest.task_name)
        )
        may_run, may_edit = (run_actions.may_not(one) for one in (Permission.RUN, Permission.EDIT))
        acknowledger: Acknowledger[Failure] = Acknowledger(
            context,
            lambda failures: open_alerts(context.connection.client, (one.newest.task_id for one in failures)),
        )
        times = context.times
        self.model: RowsModel[Failure] = RowsModel(
            [
                Column(
                    tr("Task"),
                    failure_name,
                    glyph=lambda failure: GLYPH_OF[failure.newest.status],
                    stretches=True,
                    tooltip=why_details,
                    sign=lambda failure: silence_sign(context.silences, failure.newest.task_id, failure.newest.folder),
                ),
                Column(
                    tr("Why"),
                    why_words,
                    widest=tr("timed out after %1 s", "10"),
                    is_muted=True,
                    grows=True,
                    tooltip=why_details,
                ),
                Column(
                    tr("When"),
                    lambda failure: times.show(failure.newest.completed_at),
                    widest="59 min ago",
                    is_muted=True,
                    goes_at=1,
                    tooltip=lambda failure: absolute(failure.newest.completed_at),
                ),
            ],
            key=lambda failure: failure.key,
        )
        self.table = short_table(
            self.model,
            context.theme,
            [
                RowAction(
                    id="retry",
                    text=lambda: tr("Re-run"),
                    do=lambda rows: run_actions.retry([failure.newest for failure in rows]),
                    icon_name="retry",
                    group=ActionGroup.RUN,
                    refusal=lambda failure: may_run(failure.newest),
                ),
                acknowledger.action(refusal=lambda failure: may_run(failure.newest), on_hover=True),
                *silence_actions(silencer.start, refusal=lambda failure: may_edit(failure.newest), on_hover=True),
            ],
        )
        self.table.stretch_minimum = _NAME_WIDTH
        context.silences.changed.connect(self.model.times_passed)

    async def load(self, *, rows: int) -> None:
        """Load the newest failures and show as many as there are `rows`."""
        bad = [RunStatus.FAILED, RunStatus.TIMED_OUT]
        runs = await self._context.connection.client.list_runs(status=bad, limit=_RUNS, sort="-completed_at")
        shown = fold(runs.data)[:rows]
        self._show(shown)
        unknown = [failure.newest for failure in shown if failure.newest.id not in self._lines][:_LINES_AT_ONCE]
        found = await asyncio.gather(*map(self._line_of, unknown))
        wanted = {failure.newest.id for failure in shown}
        known = self._lines | {run.id: line for run, line in zip(unknown, found, strict=True)}
        self._lines = {run_id: line for run_id, line in known.items() if run_id in wanted}
        self._show(shown)

    def _show(self, failures: list[Failure]) -> None:
        self.model.set_rows([replace(one, line=self._lines.get(one.newest.id, "")) for one in failures])

    async def _line_of(self, run: Run) -> str:
        try:
            return last_error_line(await self._context.connection.client.get_run(run.id))
        except NotFoundError:  # deleted with its task since the list was loaded
            return ""
