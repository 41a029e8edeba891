"""The queue: what runs and what waits, in the order of start, and why it has not started."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton

from console.actions import Action, tip
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.theme.icons import icon
from console.views.queue.actions import QueueActions
from console.views.queue.model import QueueRow, Settled, queue_columns, settle
from console.views.queue.words import state_words
from console.views.view import View
from console.widgets.data_table import DataTable
from console.widgets.filter_bar import FilterBar
from console.widgets.row_action import RowAction
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import RowsModel
from console.words import number, tr
from shared.enums import EventType, QueueState
from shared.models.queue import QueueEntry, QueueMeta

_STEP = 200
_MOST = 2000
_PAGE = 500
_TICK_MS = 1000
_LOOK_TICKS = 5


class QueueView(View):
    """A table in the order of start; rows stay where they are while the pointer is over them."""

    name = "queue"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._limit = _STEP
        self._fresh: list[QueueEntry] = []
        self._meta: QueueMeta | None = None
        self._ticks = 0
        self._is_asked_anew = False
        self._refresher = Refresher(context.background, self._load, name="queue", parent=self)
        self.queue_actions = QueueActions(context, self)
        self.queue_actions.done.connect(self._refresher.request_now)
        self.queue_actions.show_run = lambda run_id: self.follow.emit("runs", {"run": run_id})
        self.queue_actions.show_task = lambda task_id: self.follow.emit("tasks", {"task": task_id})
        self.model: RowsModel[QueueRow] = RowsModel(queue_columns(), key=lambda row: row.entry.run.id)
        self.table = DataTable(self.model, context.theme, self.queue_actions.row_actions())
        self.add_tables(self.table)
        self.table.setAccessibleName(tr("Queue"))
        self.table.opened.connect(lambda row: self.queue_actions.show_run(row.entry.run.id))
        self.table.delete_wanted.connect(self.queue_actions.cancel)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.table.viewport().installEventFilter(self)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(lambda: self.follow.emit("tasks", {}))
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self._build_filter()
        self.page.addWidget(self.filter)
        self.page.addLayout(self._states_row())
        self.page.addWidget(card, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.connection.state_changed.connect(self._show_link)
        context.theme.changed.connect(self._restyle)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.workers.changed.connect(self.changed)
        self._enable()

    def _build_filter(self) -> None:
        self.filter = FilterBar(self.context.theme, tr("Find tasks in the queue"))
        self.filter_bars.append(self.filter)
        self.filter.changed.connect(self._refilter)
        self.changes = QPushButton()
        self.changes.setObjectName("link")
        self.changes.setToolTip(tr("Show the current queue"))
        self.changes.clicked.connect(self._show_fresh)
        self.changes.hide()
        self.filter.add_widget(self.changes)

    def _states_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        segments = QHBoxLayout()
        segments.setSpacing(0)
        self._states = QButtonGroup(self)
        self._state_buttons: dict[QueueState | None, QPushButton] = {}
        widest = f"{number(10_000)}+"
        for state in (None, *QueueState):
            button = QPushButton()
            button.setObjectName("range")
            button.setCheckable(True)
            button.setChecked(state is None)
            words = tr("All") if state is None else state_words(state)
            button.setMinimumWidth(self.fontMetrics().horizontalAdvance(f"{words}  {widest}") + 20)
            button.clicked.connect(self._refilter)
            self._states.addButton(button)
            self._state_buttons[state] = button
            segments.addWidget(button)
        self._state_buttons[None].setProperty("place", "first")
        self._state_buttons[QueueState.BLOCKED].setProperty("place", "last")
        row.addLayout(segments)
        row.addStretch(1)
        self._buttons: list[tuple[QToolButton, RowAction[QueueRow]]] = []
        for action in self.table.row_actions:
            if not action.on_hover:
                continue
            made = QToolButton()
            made.setIconSize(QSize(16, 16))
            made.setToolTip(tip(action.text(), (action.shortcuts or ("Del",))[0]))
            made.setAccessibleName(action.text())
            made.clicked.connect(lambda _checked=False, chosen=action: self._act(chosen))
            row.addWidget(made)
            self._buttons.append((made, action))
        self._show_counts()
        return row

    def commands(self) -> list[Action]:
        """Return what can be done with the selected runs, by key."""
        mine = [
            Action(
                f"queue.{action.id}",
                action.text(),
                partial(self._act, action),
                group=self.title(),
                shortcuts=action.shortcuts,
                icon_name=action.icon_name,
                is_enabled=button.isEnabled,
            )
            for button, action in self._buttons
        ]
        ids = {one.id for one in mine}
        return mine + [one for one in super().commands() if one.id not in ids]

    def title(self) -> str:
        """Return the title."""
        return tr("Queue")

    def focus_filter(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, Any]) -> None:
        """Narrow to the tasks whose names contain `q`, or to a `state`."""
        if "q" in wanted:
            self.filter.set_text(str(wanted["q"]))
        if "state" in wanted:
            self._state_buttons[QueueState(str(wanted["state"]))].setChecked(True)
            self._refilter()

    def refresh(self) -> None:
        """Load anew."""
        self._refresher.request()

    def _run_changed(self, event: RunEvent) -> None:
        if event.type is not EventType.RUN_PROGRESS:
            self.changed()

    def activated(self) -> None:
        """Let times pass."""
        super().activated()
        self._clock.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show what has waited when the pointer leaves the rows."""
        if watched is self.table.viewport() and event.type() == QEvent.Type.Leave:
            QTimer.singleShot(0, self._pointer_left)
        return super().eventFilter(watched, event)

    @property
    def chosen_state(self) -> QueueState | None:
        """The state that is shown alone."""
        return next(state for state, button in self._state_buttons.items() if button.isChecked())

    @property
    def holds_still(self) -> bool:
        """Whether rows must stay where they are: somebody points at one, or has scrolled to one."""
        return self.table.viewport().underMouse() or self.table.verticalScrollBar().value() > 0

    async def _load(self) -> None:
        entries: list[QueueEntry] = []
        cursor: str | None = None
        asked = (self.chosen_state, self.filter.text)
        while len(entries) < self._limit:
            page = await self.context.connection.client.queue(
                state=asked[0],
                q=asked[1] or None,
                limit=min(_PAGE, self._limit - len(entries)),
                cursor=cursor,
            )
            entries += page.data
            if cursor is None:
                self._meta = page.meta
            cursor = page.meta.next_cursor
            if cursor is None:
                break
        if asked != (self.chosen_state, self.filter.text):
            self._refresher.request()
            return
        seen = {entry.run.id: entry for entry in entries}  # a run may move between two pages
        self._fresh = list(seen.values())
        self._show(settle(self.model.rows, self._fresh, holds_still=self.holds_still and not self._is_asked_anew))
        self._is_asked_anew = False
        self.table.set_stale(False)

    def _show(self, settled: Settled) -> None:
        self.model.set_rows(settled.rows)
        self.changes.setText(tr("%1 changes", number(settled.waiting)))
        self.changes.setVisible(settled.waiting > 0)
        self._show_counts()
        self._enable()
        self.table.setVisible(bool(settled.rows))
        self._empty.setVisible(not settled.rows)
        if self.filter.text or self.chosen_state is not None:
            self._empty.say(tr("Nothing in the queue fits what you look for."))
        else:
            self._empty.say(
                tr("Nothing is running or waiting. Runs appear here from the moment they are due."),
                tr("Go to tasks"),
            )

    def _show_fresh(self) -> None:
        self._show(settle([], self._fresh, holds_still=False))
        self.table.scrollToTop()

    def _pointer_left(self) -> None:
        if not self.changes.isHidden() and not self.holds_still:
            self._show_fresh()

    def _show_counts(self) -> None:
        meta = self._meta
        for state, button in self._state_buttons.items():
            words = tr("All") if state is None else state_words(state)
            if meta is not None:
                counts = [meta.counts[one] for one in ([state] if state else QueueState)]
                more = "+" if any(count >= meta.counted_up_to for count in counts) else ""
                words = f"{words}  {number(sum(counts))}{more}"
            button.setText(words)
        shown = len(self.model.rows)
        total = meta.total if meta is not None else 0
        if total is None or total > shown:
            said = number(total) if total is not None else tr("many")
            self.filter.say(tr("%1 of %2 runs", number(shown), said))
        else:
            self.filter.say(tr("1 run") if shown == 1 else tr("%1 runs", number(shown)))

    def _scrolled(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        has_more = self._meta is not None and self._meta.next_cursor is not None
        if value == bar.maximum() and has_more and self._limit < _MOST and len(self._fresh) >= self._limit:
            self._limit += _STEP
            self._refresher.request_now()
        elif value == 0:
            self._limit = _STEP
            self._pointer_left()

    def _act(self, action: RowAction[QueueRow]) -> None:
        self.table.act(action, self.table.selected())

    def _enable(self, *_: object) -> None:
        rows: Sequence[QueueRow] = self.table.selected()
        for button, action in self._buttons:
            button.setEnabled(self.context.connection.is_online and any(action.applies(row) for row in rows))
        self._restyle()

    def _refilter(self) -> None:
        self._limit = _STEP
        self._is_asked_anew = True
        self.table.set_stale(True)
        self._refresher.request_now()

    def _show_link(self) -> None:
        self.table.set_stale(not self.context.connection.is_online)
        self._enable()

    def _restyle(self) -> None:
        palette = self.context.theme.palette
        for button, action in self._buttons:
            button.setIcon(icon(action.icon_name, palette.text if button.isEnabled() else palette.idle))

    def _tick(self) -> None:
        if not self.isVisible():
            self._clock.stop()
            return
        self.model.times_passed()
        self._ticks += 1
        if self._ticks % _LOOK_TICKS == 0 and self.context.connection.is_online and self.model.rows:
            self._refresher.request()
