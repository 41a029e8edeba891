"""The dependency graph, live."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton

from console.actions import Action, tip
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.theme.icons import icon
from console.views.graph.canvas import GraphCanvas
from console.views.graph.edges import label_widths
from console.views.graph.items import node_words
from console.views.graph.layout import Edge, Layout, lay_out
from console.views.graph.legend import Legend
from console.views.graph.model import GraphModel
from console.views.graph.unconnected import with_grid
from console.views.view import View
from console.widgets.filter_bar import FilterBar
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import Card, EmptyState, label
from console.words import number, tr
from shared.enums import EventType, Permission
from shared.models.task_graph import TaskGraph

_SLICE_SECONDS = 0.006
_TICK_MS = 10_000
_NEEDED = {"graph.task": Permission.EDIT, "graph.trigger": Permission.RUN}
"""The permissions that actions on a task need."""
_MIDDLE = Qt.TextElideMode.ElideMiddle
_UNCONNECTED = "unconnected"
_COUNTED_UP_TO = 10_000


async def lay_out_in_slices(
    nodes: Sequence[int], edges: Sequence[Edge], widths: Mapping[Edge, float] | None = None
) -> Layout:
    """Return the layout; it is computed a few milliseconds at a time, so that the window stays responsive."""
    steps = lay_out(nodes, edges, widths)
    begun = time.perf_counter()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Layout = end.value
            return found
        if time.perf_counter() - begun > _SLICE_SECONDS:
            await asyncio.sleep(0)
            begun = time.perf_counter()


def unconnected_words(count: int, *, shown: int) -> str:
    """Return what the button says that shows the tasks without dependencies, or hides those that are shown."""
    words = f"{number(count)}{'+' if count >= _COUNTED_UP_TO else ''}"
    if not shown:
        return tr("Show %1 unconnected tasks", words) if count != 1 else tr("Show 1 unconnected task")
    if shown < count:
        return tr("Hide unconnected tasks (%1 of %2)", number(shown), words)
    return tr("Hide %1 unconnected tasks", words) if count != 1 else tr("Hide 1 unconnected task")


class GraphView(View):
    """The drawing, a line to search in, and what can be done with the task that is current."""

    name = "graph"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._focus: int | None = None
        self._wanted: int | None = None
        self._found: list[int] = []
        self.model = GraphModel()
        self._shape: object = None
        self.refresher = Refresher(context.background, self._load, name="graph", rest_ms=1000, parent=self)
        self.canvas = GraphCanvas(context.theme, context.times)
        self.canvas.setAccessibleName(tr("Graph"))
        self.canvas.chosen.connect(self._show_current)
        self.canvas.opened.connect(lambda _task: self._show_runs())
        self.canvas.menu_wanted.connect(self._show_menu)
        self.filter = FilterBar(context.theme, tr("Search tasks  ( / )"))
        self.filter_bars.append(self.filter)
        self.filter.changed.connect(self._search)
        self._whole = QPushButton()
        self._whole.setToolTip(tr("Show the whole graph"))
        self._whole.clicked.connect(lambda: self.focus(None))
        self._whole.hide()
        self.filter.add_widget(self._whole)
        self._shows_unconnected = False
        self.unconnected = QPushButton()
        self.unconnected.clicked.connect(self.toggle_unconnected)
        self.unconnected.hide()
        self.filter.add_widget(self.unconnected)
        self._deeds = self._make_deeds()
        self._tools: list[tuple[QToolButton, str]] = []
        for deed in self._deeds[:3]:
            self._add_tool(deed)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(lambda: self.follow.emit("tasks", {}))
        self._empty.hide()
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.canvas, 1)
        card.body.addWidget(self._empty, 1)
        card.body.addLayout(self._foot())
        self.page.addWidget(self.filter)
        self.page.addWidget(card, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.theme.changed.connect(self._restyle)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.tasks.changed.connect(self.changed)
        context.connection.state_changed.connect(self._enable)
        context.permissions.changed.connect(self._enable)
        self._restyle()
        self._show_current(None)

    def _make_deeds(self) -> list[Action]:
        def of_current() -> bool:
            return self.canvas.current is not None

        def online() -> bool:
            return of_current() and self.context.connection.is_online

        def may(needed: Permission) -> Callable[[], bool]:
            return lambda: online() and not self._refusal(needed)

        group = self.title()
        return [
            Action("graph.in", tr("Zoom in"), self.canvas.zoom_in, group, ("+", "="), "zoom-in"),
            Action("graph.out", tr("Zoom out"), self.canvas.zoom_out, group, ("-",), "zoom-out"),
            Action("graph.fit", tr("Fit to view"), self.canvas.fit, group, ("0",), "fit"),
            Action("graph.size", tr("Actual size"), self.canvas.actual_size, group, ("1",), "search"),
            Action(
                "graph.unconnected",
                tr("Show or hide unconnected tasks"),
                self.toggle_unconnected,
                group,
                ("U",),
                "graph",
            ),
            Action("graph.runs", tr("Show runs"), self._show_runs, group, ("R",), "runs", of_current),
            Action("graph.task", tr("Edit task"), self._edit, group, ("E",), "edit", may(Permission.EDIT)),
            Action(
                "graph.trigger", tr("Run task now"), self._trigger, group, ("Ctrl+Return",), "play", may(Permission.RUN)
            ),
            Action(
                "graph.focus",
                tr("Only its upstream and downstream tasks"),
                self._toggle_focus,
                group,
                ("F",),
                "graph",
                of_current,
            ),
        ]

    def _add_tool(self, deed: Action) -> None:
        button = QToolButton()
        button.setIconSize(QSize(16, 16))
        button.setToolTip(plain_tip(tip(deed.text, deed.shortcuts[0])))
        button.setAccessibleName(deed.text)
        button.clicked.connect(partial(_run, deed))
        self._tools.append((button, deed.icon_name))
        self.filter.add_widget(button)

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 8, 0)
        row.setSpacing(8)
        self._name = label("")
        self._words = label("", "secondary")
        self._legend = Legend(self.context.theme)
        row.addWidget(self._name)
        row.addWidget(self._words)
        row.addWidget(self._legend)
        row.addStretch(1)
        self._buttons: list[tuple[QPushButton, Action]] = []
        for deed in self._deeds[5:]:
            button = QPushButton(deed.text)
            button.setToolTip(plain_tip(tip(deed.text, deed.shortcuts[0])))
            button.clicked.connect(partial(_run, deed))
            row.addWidget(button)
            self._buttons.append((button, deed))
        return row

    def title(self) -> str:
        return tr("Graph")

    def commands(self) -> list[Action]:
        """Return what can be done with the drawing and with the current task."""
        return [*self._deeds, *super().commands()]

    def focus_filter(self) -> None:
        """Focus the search field."""
        self.filter.focus_line()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the `task` with its up- and downstream."""
        task_id = wanted.get("task")
        if isinstance(task_id, int):
            self._wanted = task_id
            self.focus(task_id)

    def refresh(self) -> None:
        """Load the page again."""
        self.refresher.request()

    def _run_changed(self, event: RunEvent) -> None:
        """Show the new state of a run at once; counts and edges follow with the next load."""
        if event.type is EventType.RUN_PROGRESS:
            return
        changed = self.model.apply(event.run)
        if changed is not None and self.isVisible():
            self.canvas.update_states(self.model, [changed])
            self._show_current(self.canvas.current)
        if event.run.task_id in self.model.nodes:
            self.changed()

    def activated(self) -> None:
        """Update relative times, and focus the drawing."""
        super().activated()
        self._clock.start()
        self.canvas.setFocus()

    def focus(self, task_id: int | None) -> None:
        """Show one task with its upstream and downstream tasks, or the whole graph."""
        self._focus = task_id
        self.canvas.keep_whole()
        self.refresher.request_now()

    def toggle_unconnected(self) -> None:
        """Show or hide the tasks without dependencies."""
        self._shows_unconnected = not self._shows_unconnected
        self.canvas.keep_whole()
        self.refresher.request_now()

    def state(self) -> Mapping[str, Any]:
        """Override View.state: remember whether unconnected tasks are shown."""
        return {**super().state(), _UNCONNECTED: self._shows_unconnected}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Override View.restore_state."""
        super().restore_state(state)
        self._shows_unconnected = state.get(_UNCONNECTED) is True

    def _question(self) -> tuple[int | None, bool]:
        return self._focus, self._shows_unconnected and self._focus is None

    async def _load(self) -> None:
        asked = self._question()
        graph = await self.context.connection.client.task_graph(asked[0], unconnected=asked[1])
        model = GraphModel.of(graph)
        if model.shape != self._shape:
            lone = set(model.unconnected)
            connected = [node for node in model.nodes if node not in lone]
            layout = await lay_out_in_slices(connected, list(model.edges), label_widths(model.edges))
            layout = with_grid(layout, model.unconnected)
            if asked != self._question():
                self.refresher.request()
                return
            self.model, self._shape = model, model.shape
            self.canvas.show_graph(model, layout)
        else:
            self.model = model
            self.canvas.update_states(model)
        if self._wanted is not None:
            self.canvas.choose(self._wanted, is_shown=False)
            self._wanted = None
        self._show_counts(graph)
        self._search(moves=False)
        self._show_current(self.canvas.current)

    def _show_counts(self, graph: TaskGraph) -> None:
        shown = len(graph.nodes)
        words = tr("%1 tasks, %2 dependencies", number(shown), number(len(graph.edges)))
        if graph.is_capped:
            words = tr("%1 of %2 tasks. Focus on a task to see others.", number(shown), number(graph.total))
        self.filter.show_text(words)
        self.canvas.setVisible(shown > 0)
        self._empty.setVisible(shown == 0)
        self._show_toggle(graph)
        self._empty.show_text(
            tr("No task depends on another. Add dependencies in the task editor, and the graph appears here."),
            tr("Go to tasks"),
        )
        node = self.model.nodes.get(self._focus) if self._focus is not None else None
        self._whole.setVisible(self._focus is not None)
        if node is not None:
            self._whole.setText(f"{tr('around %1', node.name)}  ×")

    def _show_toggle(self, graph: TaskGraph) -> None:
        is_shown = self._shows_unconnected
        self.unconnected.setVisible(self._focus is None and (is_shown or graph.unconnected > 0))
        self.unconnected.setText(
            unconnected_words(graph.unconnected, shown=len(self.model.unconnected) if is_shown else 0)
        )

    def _search(self, *, moves: bool = True) -> None:
        words = self.filter.text
        if not words:
            self.canvas.highlight(None)
            return
        self._found = self.model.matches(words)
        self.canvas.highlight(set(self._found))
        if self._found and moves and self.canvas.current not in self._found:
            self.canvas.choose(self._found[0], is_shown=True)

    def _show_current(self, task_id: int | None) -> None:
        node = self.model.nodes.get(task_id) if task_id is not None else None
        self._legend.setVisible(node is None and bool(self.model.nodes))
        self._name.setVisible(node is not None)
        self._words.setVisible(node is not None)
        if node is not None:
            metrics = self._name.fontMetrics()
            self._name.setText(metrics.elidedText(node.name, _MIDDLE, 260))
            self._words.setText(node_words(node, self.context.times))
        self._enable()

    def _enable(self) -> None:
        for button, deed in self._buttons:
            button.setEnabled(deed.is_enabled())
            button.setVisible(self.canvas.current is not None)
            needed = _NEEDED.get(deed.id)
            words = self._refusal(needed) if needed is not None else ""
            button.setToolTip(plain_tip(words or tip(deed.text, deed.shortcuts[0])))

    def _refusal(self, needed: Permission) -> str:
        """Return why the user may not do something with the current task; empty where they may."""
        node = self.model.nodes.get(self.canvas.current or 0)
        return self.context.permissions.why_not(node.folder, needed) if node is not None else ""

    def _show_runs(self) -> None:
        node = self.model.nodes.get(self.canvas.current or 0)
        if node is not None:
            self.follow.emit("runs", {"task": node.id, "task_name": node.name})

    def _edit(self) -> None:
        if self.canvas.current is not None:
            self.context.background.start(self._do_edit(self.canvas.current), name="edit")

    async def _do_edit(self, task_id: int) -> None:
        task = await self.context.connection.client.get_task(task_id)
        self.follow.emit("tasks", {"task": task_id, "edit": task})

    def _trigger(self) -> None:
        if self.canvas.current is not None:
            self.context.background.start(self._do_trigger(self.canvas.current), name="trigger")

    async def _do_trigger(self, task_id: int) -> None:
        await self.context.connection.client.trigger_task(task_id)

    def _toggle_focus(self) -> None:
        current = self.canvas.current
        self._wanted = current
        self.focus(None if self._focus == current else current)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for deed in self._deeds[5:]:
            entry = QAction(icon(deed.icon_name, self.context.theme.palette.muted), deed.text, menu)
            entry.setEnabled(deed.is_enabled())
            entry.triggered.connect(partial(_run, deed))
            menu.addAction(entry)
        menu.popup(at)

    def _tick(self) -> None:
        if not self.isVisible():
            self._clock.stop()
            return
        self.canvas.times_passed()
        self._show_current(self.canvas.current)

    def _restyle(self) -> None:
        for button, name in self._tools:
            button.setIcon(icon(name, self.context.theme.palette.text))


def _run(deed: Action, *_: object) -> None:
    deed.run()
