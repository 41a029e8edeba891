"""The dependencies of one task, searched and chosen by keys: what dragging does in the graph."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.context import Context
from console.views.graph.edge_changes import EdgeChanges, differences
from console.views.tasks.dependency_picker import DependencyPicker, Match
from console.views.tasks.field_texts import dependencies_text, read_dependencies
from console.widgets.form_window import FormWindow
from console.widgets.surfaces import label
from console.words import tr
from shared.models.task import Dependency, Task

_MOST_MATCHES = 50


class DependencyDialog(FormWindow):
    """`chosen` carries the changes; `refusal_of` returns why one of them cannot be made."""

    chosen = Signal(object)

    def __init__(
        self,
        context: Context,
        task: Task,
        names: Mapping[int, str],
        *,
        refusal_of: Callable[[EdgeChanges], str],
        parent: QWidget | None = None,
    ) -> None:
        """`names` are those of the tasks that the graph shows, by id."""
        super().__init__(parent)
        self._context = context
        self._task = task
        self._refusal_of = refusal_of
        self._ids = {name: one for one, name in names.items()}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Dependencies of %1", task.name))
        self.setMinimumWidth(560)
        self.picker = DependencyPicker(context.theme, self._ids, _task_words)
        known = {edge.task_id: names[edge.task_id] for edge in task.depends_on if edge.task_id in names}
        self._before = dependencies_text(task.depends_on, known)
        self.picker.setText(self._before)
        self.picker.search_wanted.connect(self._search)
        self.picker.textChanged.connect(self._show_refusal)
        self.problem = label("", "fieldError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go = QPushButton(tr("Save"))
        self.go.setObjectName("primary")
        self.go.setAutoDefault(False)
        self.go.setShortcut("Ctrl+Return")
        self.go.clicked.connect(self._accept)
        row.addWidget(cancel)
        row.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        caption = label(tr("Runs after"), "cardTitle")
        for widget in (caption, self.picker, self.problem):
            layout.addWidget(widget)
        layout.addLayout(row)
        self._search("")
        self._show_refusal()
        self.picker.search.setFocus()

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a dependency is other than before."""
        return self.picker.text() != self._before

    def changes(self) -> EdgeChanges:
        """Return what is other than before."""
        return differences(self._task.depends_on, self._edges())

    def _edges(self) -> Sequence[Dependency]:
        return [Dependency.model_validate(one) for one in read_dependencies(self.picker.text(), self._ids)]

    def _show_refusal(self) -> None:
        words = self._refusal_of(self.changes())
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.go.setEnabled(not words and self.has_unsaved_work())

    def _accept(self) -> None:
        self.chosen.emit(self.changes())
        self.accept()

    def _search(self, text: str) -> None:
        wanted = text.strip().casefold()
        names = sorted(name for name in self._ids if wanted in name.casefold() and name != self._task.name)
        self.picker.show_matches([Match(name, "") for name in names[:_MOST_MATCHES]])
        self._context.background.start(self._search_all(text), name="search tasks")

    async def _search_all(self, text: str) -> None:
        found = await self._context.connection.client.list_tasks(q=text.strip(), sort="name", limit=_MOST_MATCHES)
        if isValid(self) and self.picker.search.text() == text:
            others = [task for task in found.data if task.id != self._task.id]
            self._ids.update({task.name: task.id for task in others})
            self.picker.show_matches([Match(task.name, task.folder) for task in others])


def _task_words(name: str) -> str:
    """Return how a task is called; one without a name is one that the person may not read."""
    return tr("task %1, which you may not read", name[1:]) if name[:1] == "#" and name[1:].isdigit() else name
