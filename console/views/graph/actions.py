"""What a person can do with the tasks and the dependencies of the graph."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.context import Context
from console.views.graph.dependency_dialog import DependencyDialog
from console.views.graph.edge_changes import EdgeChanges, applied, edge_choices, refusal, reverted
from console.views.graph.model import GraphModel
from console.words import tr
from shared.enums import Permission
from shared.models.task import Dependency
from shared.models.task_graph import GraphEdge, GraphNode


class GraphActions(QObject):
    """`follow` asks for another view, `done` follows each change of dependencies, `said` carries why there is none.

    `ended` says that the choice of a drawn dependency's condition has ended, with or without one.
    """

    follow = Signal(str, dict)
    done = Signal()
    said = Signal(str)
    ended = Signal()

    def __init__(self, context: Context, window: QWidget, *, model: Callable[[], GraphModel]) -> None:
        """`model` returns the graph that is shown."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._model = model

    def show_runs(self, node: GraphNode) -> None:
        """Show the runs of a task."""
        self.follow.emit("runs", {"task": node.id, "task_name": node.name})

    def edit(self, node: GraphNode) -> None:
        """Open the editor of a task."""

        async def edit() -> None:
            task = await self._context.connection.client.get_task(node.id)
            self.follow.emit("tasks", {"task": task.id, "edit": task})

        self._context.background.start(edit(), name="edit")

    def trigger(self, node: GraphNode) -> None:
        """Run a task now."""

        async def trigger() -> None:
            await self._context.connection.client.trigger_task(node.id)

        self._context.background.start(trigger(), name="trigger")

    def refusal(self, upstream_id: int, task_id: int) -> str:
        """Return why a dependency cannot be drawn; empty where it can."""
        node = self._model().nodes.get(task_id)
        words = refusal(self._model(), upstream_id=upstream_id, task_id=task_id)
        return words or (self._context.permissions.why_not(node.folder, Permission.EDIT) if node is not None else "")

    def ask_condition(self, upstream_id: int, task_id: int, at: QPoint) -> None:
        """Let a person choose the condition of a dependency that was drawn, or say why there can be none."""
        words = self.refusal(upstream_id, task_id)
        if words:
            self.ended.emit()
            self.said.emit(words)
            return
        nodes = self._model().nodes
        menu = QMenu(self._window)
        title = menu.addAction(tr("%1 runs after %2", nodes[task_id].name, nodes[upstream_id].name))
        title.setEnabled(False)
        menu.addSeparator()
        for choice in edge_choices(has_schedule=nodes[task_id].schedule is not None):
            entry = QAction(choice.words, menu)
            edge = Dependency(task_id=upstream_id, condition=choice.condition, window=choice.window)
            entry.triggered.connect(partial(self._add, task_id, edge))
            menu.addAction(entry)
        menu.aboutToHide.connect(self.ended)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
        menu.setActiveAction(menu.actions()[2])

    def _add(self, task_id: int, edge: Dependency, *_: object) -> None:
        nodes = self._model().nodes
        words = tr("Added the dependency of %1 on %2", nodes[task_id].name, nodes[edge.task_id].name)
        self._start(self._change(task_id, {edge.task_id: (None, edge)}, words))

    def remove(self, edge: GraphEdge) -> None:
        """Remove a dependency."""
        nodes = self._model().nodes
        before = Dependency(task_id=edge.upstream_id, condition=edge.condition, window=edge.window)
        words = tr("Removed the dependency of %1 on %2", nodes[edge.task_id].name, nodes[edge.upstream_id].name)
        self._start(self._change(edge.task_id, {edge.upstream_id: (before, None)}, words))

    def choose_dependencies(self, node: GraphNode) -> None:
        """Open the dialog in which the dependencies of a task are searched and chosen."""
        self._context.background.start(self._open_dialog(node), name="open dependencies")

    async def _open_dialog(self, node: GraphNode) -> None:
        task = await self._context.connection.client.get_task(node.id)

        def refused(changes: EdgeChanges) -> str:
            added = [one for one, (before, _) in changes.items() if before is None]
            return next(filter(None, (self.refusal(one, node.id) for one in added)), "")

        names = {one.id: one.name for one in self._model().nodes.values()}
        dialog = DependencyDialog(self._context, task, names, refusal_of=refused, parent=self._window)
        words = tr("Changed the dependencies of %1", task.name)
        dialog.chosen.connect(lambda changes: self._start(self._change(task.id, changes, words)))
        dialog.open()

    async def _change(self, task_id: int, changes: EdgeChanges, words: str) -> None:
        await self._save(task_id, changes)
        self._context.undo.push(words, partial(self._save, task_id, reverted(changes)))

    async def _save(self, task_id: int, changes: EdgeChanges) -> None:
        """Change these dependencies of a task, and leave what else was changed in between as it is."""
        client = self._context.connection.client
        task = await client.get_task(task_id)
        await client.update_task(task_id, {"depends_on": applied(task.depends_on, changes)}, etag=task.etag)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        async def whole() -> None:
            try:
                await work
            finally:
                self.done.emit()

        self._context.background.start(whole(), name="change dependencies")
