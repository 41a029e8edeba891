"""The dependency graph, live."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QSize, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton

from console.actions import Action, tip
from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.theme.icons import icon
from console.views.graph.actions import GraphActions
from console.views.graph.canvas import GraphCanvas
from console.views.graph.foot import GraphFoot
from console.views.graph.layout_slices import lay_out_model
from console.views.graph.model import GraphModel
from console.views.graph.unconnected import unconnected_words
from console.views.view import View
from console.widgets.filter_bar import FilterBar
from console.widgets.plain_tip import plain_tip
from console.widgets.surfaces import Card, EmptyState
from console.words import number, tr
from shared.enums import EventType, Permission
from shared.models.task_graph import GraphEdge, GraphNode, TaskGraph

_TICK_MS = 10_000
_ADD, _REMOVE = "graph.depend", "graph.remove_dependency"
_NEEDED = {
    "graph.task": Permission.EDIT,
    "graph.trigger": Permission.RUN,
    _ADD: Permission.EDIT,
    _REMOVE: Permission.EDIT,
}
"""The permissions that actions on a task need."""
_UNCONNECTED = "unconnected"


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
        self.graph_actions = GraphActions(context, self, model=lambda: self.model)
        self.graph_actions.follow.connect(self.follow)
        self.graph_actions.said.connect(self.said)
        self.graph_actions.done.connect(self.refresher.request_now)
        self.graph_actions.ended.connect(self.canvas.end_drawing)
        self.canvas.refusal = self.graph_actions.refusal
        self.canvas.drawn.connect(self.graph_actions.ask_condition)
        self.canvas.chosen.connect(self._show_current)
        self.canvas.edge_chosen.connect(self._show_current)
        self.canvas.opened.connect(lambda _task: self._do(self.graph_actions.show_runs))
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
        self.foot = GraphFoot(context, self._deeds[5:9], self._deeds[-1:], self._why_not)
        card.body.addWidget(self.foot)
        self.page.addWidget(self.filter)
        self.page.addWidget(card, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        context.theme.changed.connect(self._restyle)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.tasks.changed.connect(self.changed)
        context.connection.state_changed.connect(self.foot.enable)
        context.permissions.changed.connect(self.foot.enable)
        self._restyle()
        self._show_current()

    def _make_deeds(self) -> list[Action]:
        def of_task() -> bool:
            return self.current is not None

        def online(deed_id: str) -> Callable[[], bool]:
            def can_do() -> bool:
                has_object = self.selected_edge is not None if deed_id == _REMOVE else of_task()
                return has_object and self.context.connection.is_online and not self._may_not(deed_id)

            return can_do

        group, act, canvas, do = self.title(), self.graph_actions, self.canvas, self._do
        only = tr("Only its upstream and downstream tasks")
        show, add, remove = tr("Show or hide unconnected tasks"), tr("Add dependency…"), tr("Remove dependency")
        return [
            Action("graph.in", tr("Zoom in"), canvas.zoom_in, group, ("+", "="), "zoom-in"),
            Action("graph.out", tr("Zoom out"), canvas.zoom_out, group, ("-",), "zoom-out"),
            Action("graph.fit", tr("Fit to view"), canvas.fit, group, ("0",), "fit"),
            Action("graph.size", tr("Actual size"), canvas.actual_size, group, ("1",), "search"),
            Action("graph.unconnected", show, self.toggle_unconnected, group, ("U",), "graph"),
            Action("graph.runs", tr("Show runs"), lambda: do(act.show_runs), group, ("R",), "runs", of_task),
            Action("graph.task", tr("Edit task"), lambda: do(act.edit), group, ("E",), "edit", online("graph.task")),
            Action(
                "graph.trigger",
                tr("Run task now"),
                lambda: do(act.trigger),
                group,
                ("Ctrl+Return",),
                "play",
                online("graph.trigger"),
            ),
            Action("graph.focus", only, self._toggle_focus, group, ("F",), "graph", of_task),
            Action(_ADD, add, lambda: do(act.choose_dependencies), group, ("D",), "add", online(_ADD)),
            Action(_REMOVE, remove, self._remove_edge, group, ("Del",), "delete", online(_REMOVE)),
        ]

    def _add_tool(self, deed: Action) -> None:
        button = QToolButton()
        button.setIconSize(QSize(16, 16))
        button.setToolTip(plain_tip(tip(deed.text, deed.shortcuts[0])))
        button.setAccessibleName(deed.text)
        button.clicked.connect(partial(_run, deed))
        self._tools.append((button, deed.icon_name))
        self.filter.add_widget(button)

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
            self._show_current()
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
            layout = await lay_out_model(model)
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
        self._show_current()

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
            tr(
                "No task depends on another. Show unconnected tasks, then drag from one to another to add a dependency."
            ),
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

    @property
    def current(self) -> GraphNode | None:
        """The current task."""
        return self.model.nodes.get(self.canvas.current or 0)

    @property
    def selected_edge(self) -> GraphEdge | None:
        """The dependency that is selected."""
        pair = self.canvas.edges.selected
        return self.model.edges.get(pair) if pair is not None else None

    def _show_current(self, *_: object) -> None:
        edge = self.selected_edge
        sentence = self.canvas.sentence_of(edge) if edge is not None else ""
        self.foot.show_current(self.current, sentence, has_legend=bool(self.model.nodes))

    def _why_not(self, deed: Action) -> str:
        return self._may_not(deed.id)

    def _may_not(self, deed_id: str) -> str:
        """Return why the user may never do something with what is current; empty where they may."""
        needed, edge = _NEEDED.get(deed_id), self.selected_edge
        node = self.model.nodes.get(edge.task_id) if deed_id == _REMOVE and edge is not None else self.current
        if needed is None or node is None:
            return ""
        return self.context.permissions.why_not(node.folder, needed)

    def _do(self, deed: Callable[[GraphNode], None]) -> None:
        if self.current is not None:
            deed(self.current)

    def _remove_edge(self) -> None:
        if self.selected_edge is not None:
            self.graph_actions.remove(self.selected_edge)

    def _toggle_focus(self) -> None:
        current = self.canvas.current
        self._wanted = current
        self.focus(None if self._focus == current else current)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for deed in self._deeds[5:-1]:
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
        self._show_current()

    def _restyle(self) -> None:
        for button, name in self._tools:
            button.setIcon(icon(name, self.context.theme.palette.text))


def _run(deed: Action, *_: object) -> None:
    deed.run()
