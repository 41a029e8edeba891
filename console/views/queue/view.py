"""The queue: what runs and what waits, in the order of start, and why it has not started."""

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout

from console.actions import Action
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.queue_forecast import forecast_basis, forecast_of
from console.views.list_view import EmptyWords, ListView, changes_words
from console.views.queue.actions import QueueActionId, QueueActions
from console.views.queue.grouping import Grouping
from console.views.queue.model import LEAVING_SECONDS, QueueRow, queue_columns, settle, with_leaving
from console.views.queue.state_choice import StateChoice
from console.views.queue.task_list import QueuedTaskList
from console.widgets.filter_bar import FilterBar
from console.widgets.plain_tip import plain_tip
from console.widgets.selection_buttons import SelectionButtons
from console.widgets.still_rows import StillRows
from console.widgets.surfaces import label
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.enums import EventType, QueueState
from shared.models.queue import QueuedTask, QueueEntry, QueueFilterFields, QueueMeta, QueuePage

_STEP = 200
"""Rows that are loaded at first, and more at the end of the list."""
_MOST = 2000
"""Rows that are loaded at most; a person who needs more narrows the list."""
_PAGE = 500
_RELOAD_TICKS = 5
_FIGURES_REST_MS = 4000
"""Reasons such as a rate's or a delay's end without an event, so the list is loaded again every 5 s."""
_BY_TASK = "by_task"


class QueueView(ListView[QueueRow]):
    """A table in the order of start; rows stay where they are while the pointer is over them."""

    name = "queue"
    model: RowsModel[QueueRow]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._limit = _STEP
        self._fresh: list[QueueEntry] = []
        self._meta: QueueMeta | None = None
        self._ticks = 0
        self._was_asked = False
        self._takes_more = False
        self._goes_to_end = False
        self._leaving = QTimer(self)
        self._leaving.setTimerType(Qt.TimerType.PreciseTimer)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(round(LEAVING_SECONDS * 1000))
        self._leaving.timeout.connect(lambda: self._settle(lets_rows_leave=True))
        self._refresher = Refresher(context.background, self._load, name="queue", parent=self)
        self.queue_actions = QueueActions(context, self, wanted=self._wanted)
        self.queue_actions.done.connect(self._refresher.request_now)
        self.queue_actions.said.connect(self.said)
        self.queue_actions.run_wanted.connect(lambda run_id: self.follow.emit("run", {"run": run_id}))
        self.queue_actions.task_wanted.connect(lambda task_id: self.follow.emit("task", {"task": task_id}))
        model: RowsModel[QueueRow] = RowsModel(
            queue_columns(context.times), key=lambda row: row.entry.run.id, is_past=lambda row: row.is_gone
        )
        bar = FilterBar(context.theme, tr("Search tasks  ( / )"))
        bar.changed.connect(self._refilter)
        self.set_up(model, bar, self.queue_actions.row_actions(), name=tr("Queue"))
        self.waiting_button.setToolTip(tr("Show the current queue"))
        self.table.opened.connect(lambda row: self.queue_actions.run_wanted.emit(row.entry.run.id))
        self.selection_line = self.offer_whole_list(self._fetch_whole)
        self.selection_line.changed.connect(self._enable)
        self.buttons = SelectionButtons(context.theme, self.table, can_act=lambda: context.connection.is_online)
        cancel = self.table.row_action(QueueActionId.CANCEL)
        self.table.delete_wanted.connect(lambda rows: self.table.act(cancel, rows))
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.table.selecting.connect(self._stay)
        self.table.end_wanted.connect(self._go_to_end)
        self.states = StateChoice()
        self.states.changed.connect(self._refilter)
        self.forecast = label("", "secondary")
        self.forecast.setToolTip(plain_tip(forecast_basis()))
        self.figures = Refresher(
            context.background, self._load_figures, name="queue figures", rest_ms=_FIGURES_REST_MS, parent=self
        )
        self.grouping = Grouping()
        self.grouping.changed.connect(self._regroup)
        self.by_task = self._made_task_list()
        self.task_buttons = SelectionButtons(
            context.theme, self.by_task.table, can_act=lambda: context.connection.is_online
        )
        self.page.addLayout(self._forecast_row())
        self.page.addLayout(self._filter_row())
        self.page.addWidget(self.states)
        self.page.addWidget(self.card, 1)
        self.page.addWidget(self.by_task, 1)
        context.connection.state_changed.connect(self._enable)
        context.permissions.changed.connect(self._enable)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.workers.changed.connect(self.changed)
        self._regroup()

    def _made_task_list(self) -> QueuedTaskList:
        made = QueuedTaskList(self.context, words=lambda: self.filter.text)
        made.loaded.connect(lambda: self.show_count(made.count_words()))
        made.actions_of_tasks.said.connect(self.said)
        made.actions_of_tasks.runs_wanted.connect(self._show_runs_of)
        made.actions_of_tasks.task_wanted.connect(lambda task_id: self.follow.emit("task", {"task": task_id}))
        self.add_tables(made.table)
        return made

    def _forecast_row(self) -> QHBoxLayout:
        self.forecast.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.forecast, 1)
        row.addWidget(self.grouping)
        return row

    def _filter_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.filter, 1)
        row.addWidget(self.buttons)
        row.addWidget(self.task_buttons)
        return row

    def commands(self) -> list[Action]:
        """Return what can be done with the selected runs, by key."""
        mine = self.buttons.commands(
            "queue",
            self.title(),
            active=lambda: self.task_buttons if self.grouping.is_by_task else self.buttons,
        )
        mine.append(
            Action(
                "queue.group",
                tr("Group by task"),
                self._toggle_grouping,
                group=self.title(),
                shortcuts=("G",),
                icon_name="tasks",
            )
        )
        ids = {one.id for one in mine}
        return mine + [one for one in super().commands() if one.id not in ids]

    def title(self) -> str:
        return tr("Queue")

    def show_with(self, wanted: dict[str, Any]) -> None:
        """Show the tasks whose names contain `q`, a `state`, or all; with `by` "task" the tasks themselves."""
        self.filter.clear()
        self.grouping.choose(None)
        self.grouping.group_by_task(wanted.get("by") == "task")
        if "q" in wanted:
            self.filter.set_text(str(wanted["q"]))
        self.states.choose(QueueState(str(wanted["state"])) if "state" in wanted else None)
        self._regroup()

    def state(self) -> Mapping[str, Any]:
        """Override View.state: with the grouping."""
        return {**super().state(), _BY_TASK: self.grouping.is_by_task}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Override View.restore_state: with the grouping."""
        super().restore_state(state)
        self.grouping.group_by_task(state.get(_BY_TASK) is True)
        self._regroup()

    def refresh(self) -> None:
        """Load the queue."""
        if self.grouping.is_by_task:
            self.by_task.refresh()
        else:
            self._refresher.request()
        self.figures.request()

    @property
    def holds_still(self) -> bool:
        """Override ListView.holds_still: an action must not change its meaning while several rows are selected."""
        return super().holds_still or (self.has_marked_several and not self.selection_line.is_whole)

    def count_words(self) -> str:
        """Return how many runs are in the queue."""
        shown = sum(not row.is_gone for row in self.model.rows)
        total = self._meta.total if self._meta is not None else 0
        if total is None or total > shown:
            return tr("%1 of %2 runs", number(shown), number(total) if total is not None else tr("many"))
        return tr("1 run") if shown == 1 else tr("%1 runs", number(shown))

    def empty_words(self) -> EmptyWords:
        """Return what is missing."""
        if self.filter.text or self.states.chosen is not None or self.grouping.task_id is not None:
            return EmptyWords(tr("No matching runs in the queue."))
        return EmptyWords(
            tr("Nothing is running or waiting. Runs appear here from the moment they are due."),
            tr("Go to tasks"),
        )

    def take_first_step(self) -> None:
        """Go where runs come from."""
        self.follow.emit("tasks", {})

    def show_waiting(self) -> None:
        """Show the queue as it is now."""
        self._show(settle([], self._fresh, holds_still=False))
        self.table.scrollToTop()

    def tick(self) -> None:
        """Load again now and then."""
        self._ticks += 1
        if self._ticks % _RELOAD_TICKS == 0 and self.context.connection.is_online:
            self.refresh()

    def _run_changed(self, event: RunEvent) -> None:
        if event.type is not EventType.RUN_PROGRESS:
            self.changed()

    def _wanted(self) -> QueueFilterFields:
        """Return the filter of what is looked for."""
        chosen = self.states.chosen
        return QueueFilterFields(
            state=[] if chosen is None else [chosen], task_id=self.grouping.task_id, q=self.filter.text or None
        )

    async def _fetch_whole(self) -> list[QueueRow]:
        """Return all runs that match, loaded or not."""
        found: list[QueueEntry] = []
        cursor: str | None = None
        while True:
            page = await self._page_of(self._wanted(), limit=_PAGE, cursor=cursor)
            found += page.data
            cursor = page.meta.next_cursor
            if cursor is None:
                return [QueueRow(entry) for entry in found]

    async def _load_figures(self) -> None:
        self.forecast.setText(forecast_of(await self.context.connection.client.stats()))

    async def _load(self) -> None:
        entries: list[QueueEntry] = []
        cursor: str | None = None
        asked = self._wanted()
        while len(entries) < self._limit:
            page = await self._page_of(asked, limit=min(_PAGE, self._limit - len(entries)), cursor=cursor)
            entries += page.data
            if cursor is None:
                self._meta = page.meta
            cursor = page.meta.next_cursor
            if cursor is None:
                break
        if asked != self._wanted():
            self._refresher.request()
            return
        seen = {entry.run.id: entry for entry in entries}  # a run may move between two pages
        self._fresh = list(seen.values())
        was_asked, self._was_asked = self._was_asked, False
        takes_more, self._takes_more = self._takes_more, False
        self._settle(lets_rows_leave=not was_asked, takes_more=takes_more)
        self.question_answered()
        self.loaded.emit()
        if self._goes_to_end:
            self._stay()
            self.table.go_to_end()

    async def _page_of(self, wanted: QueueFilterFields, *, limit: int, cursor: str | None) -> QueuePage:
        return await self.context.connection.client.queue(
            state=wanted.state, task_id=wanted.task_id, q=wanted.q, limit=limit, cursor=cursor
        )

    def _settle(self, *, lets_rows_leave: bool, takes_more: bool = False) -> None:
        """Show what was loaded last; rows that have left stay for a moment, unless something else was asked."""
        # Where nothing is left there is nothing that could be hit by mistake.
        holds_still = self.holds_still and lets_rows_leave and bool(self._fresh)
        settled = settle(self.model.rows, self._fresh, holds_still=holds_still, takes_more=takes_more)
        if lets_rows_leave and not holds_still:
            settled = StillRows(with_leaving(self.model.rows, settled.rows, now=time.monotonic()), 0)
        self._show(settled)
        if not holds_still and any(row.is_gone for row in settled.rows):
            self._leaving.start()

    def _show(self, settled: StillRows[QueueRow]) -> None:
        self.model.set_rows(settled.rows)
        if self._meta is not None:
            self.states.show_counts(self._meta.counts, counted_up_to=self._meta.counted_up_to)
            self.selection_line.show_total(self._meta.total)
        self.show_state(waiting_words=changes_words(settled.changes))
        self._enable()

    def _go_to_end(self) -> None:
        """Load what follows the last row that is loaded, as far as the list goes, and go to its end."""
        if self._meta is not None and self._meta.next_cursor is not None and self._limit < _MOST:
            self._limit = _MOST
            self._takes_more = self._goes_to_end = True
            self._refresher.request_now()

    def _stay(self) -> None:
        self._goes_to_end = False

    def _scrolled(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        has_more = self._meta is not None and self._meta.next_cursor is not None
        if value == bar.maximum() and has_more and self._limit < _MOST and len(self._fresh) >= self._limit:
            self._limit += _STEP
            self._takes_more = True
            self._refresher.request_now()
        elif value == 0:
            self._limit = _STEP
            self.pointer_left()

    def _show_runs_of(self, task: QueuedTask) -> None:
        self.grouping.choose(task)
        self._regroup()
        self.table.setFocus()

    def _toggle_grouping(self) -> None:
        self.grouping.group_by_task(not self.grouping.is_by_task)
        self._regroup()

    def _regroup(self) -> None:
        """Show the runs or the tasks."""
        by_task = self.grouping.is_by_task
        for widget, is_of_tasks in (
            (self.states, False),
            (self.card, False),
            (self.buttons, False),
            (self.by_task, True),
            (self.task_buttons, True),
        ):
            widget.setVisible(by_task is is_of_tasks)
        self._refilter()

    def _enable(self, *_: object) -> None:
        self.buttons.show_state()
        self.task_buttons.show_state()

    def _refilter(self) -> None:
        self._limit = _STEP
        self._was_asked = True
        self.selection_line.forget()
        if self.grouping.is_by_task:
            self.waiting_button.hide()
            self.by_task.refresh(is_asked=True)
            return
        self.question_asked()
        self._refresher.request_now()
