"""What a task waits for, and what waits for it: each a link to its page, and all of them to the graph."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.context import Context
from console.status_words import last_run_words
from console.views.task.neighbours import Neighbour, condition_words, downstreams_of, upstreams_of
from console.widgets.short_table import ShortTable
from console.widgets.surfaces import Card, label
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, tr
from shared.models.run import Run
from shared.models.task import Task
from shared.models.task_graph import TaskGraph


def _last(one: Neighbour, times: Times) -> str:
    if one.last_run is None:
        return tr("never") if one.name else ""
    return last_run_words(one.last_run.status, one.last_run.completed_at or one.last_run.started_at, times)


def _columns(title: str, times: Times) -> list[Column[Neighbour]]:
    return [
        Column(
            title,
            lambda one: one.shown_name,
            glyph=lambda one: one.glyph,
            stretches=True,
            tooltip=lambda one: one.shown_name,
        ),
        Column(
            tr("Condition"),
            condition_words,
            widest=tr("after all runs of the period succeeded"),
            is_muted=True,
            grows=True,
            tooltip=condition_words,
        ),
        Column(
            tr("Last run"),
            lambda one: _last(one, times),
            widest="Succeeded 59 min ago",
            is_muted=True,
            goes_at=1,
            tooltip=lambda one: absolute(one.last_run.completed_at) if one.last_run else "",
        ),
    ]


class DependencySection(Card):
    """`task_wanted` carries the id of a neighbour, `graph_wanted` asks for the graph around the task."""

    task_wanted = Signal(int)
    graph_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Dependencies"), parent)
        self.graph = QPushButton(tr("Show in the graph"))
        self.graph.setObjectName("pageLink")
        self.graph.clicked.connect(self.graph_wanted)
        self.head.addWidget(self.graph)
        self.upstreams: RowsModel[Neighbour] = RowsModel(
            _columns(tr("Runs after"), context.times), key=lambda one: one.task_id
        )
        self.downstreams: RowsModel[Neighbour] = RowsModel(
            _columns(tr("Tasks that run after it"), context.times), key=lambda one: one.task_id
        )
        self.tables = [ShortTable(model, context.theme) for model in (self.upstreams, self.downstreams)]
        for table, name in zip(self.tables, (tr("Runs after"), tr("Tasks that run after it")), strict=True):
            table.setAccessibleName(name)
            table.opened.connect(self._open)
            self.body.addWidget(table)
        self._none = label(tr("This task has no dependencies, and no task depends on it."), "secondary")
        self._none.setWordWrap(True)
        self.body.addWidget(self._none)

    def show_neighbours(self, task: Task, graph: TaskGraph) -> None:
        """Show the edges of a task."""
        self.upstreams.set_rows(upstreams_of(task, graph))
        self.downstreams.set_rows(downstreams_of(task.id, graph))
        for table in self.tables:
            table.setVisible(table.rows_model.rowCount() > 0)
        has_any = bool(self.upstreams.rows or self.downstreams.rows)
        self._none.setVisible(not has_any)
        self.graph.setVisible(has_any)

    def concerns(self, run: Run) -> bool:
        """Whether a run is one of a neighbour."""
        return any(model.row_of(run.task_id) is not None for model in (self.upstreams, self.downstreams))

    def tick(self) -> None:
        """Show how time has passed."""
        for model in (self.upstreams, self.downstreams):
            model.times_passed()

    def _open(self, one: Neighbour) -> None:
        if one.name:
            self.task_wanted.emit(one.task_id)
