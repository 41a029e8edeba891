"""Labels for many tasks at once: which to add, which to remove."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.views.tasks.field_texts import read_pairs
from console.widgets.form_window import FormWindow
from console.widgets.surfaces import label
from console.words import listed, number, tr
from shared.models.task import Task

_MOST_SHOWN = 200


class LabelDialog(FormWindow):
    """`chosen` carries the labels to add and the names to remove."""

    chosen = Signal(dict, list)

    def __init__(self, tasks: Sequence[Task], what: str, parent: QWidget | None) -> None:
        """`what` names the tasks."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Labels of %1", what))
        self.setMinimumWidth(420)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        caption = label(tr("Labels to add (name=value, separated by commas)"), "secondary")
        self.line = QLineEdit()
        self.line.setPlaceholderText("team=billing, tier=1")
        self.line.setAccessibleName(caption.text())
        caption.setBuddy(self.line)
        self.problem = label("", "fieldError")
        self.problem.hide()
        for widget in (caption, self.line, self.problem):
            layout.addWidget(widget)
        self.boxes: dict[str, QCheckBox] = {}
        self._list_present(tasks, layout)
        row = QHBoxLayout()
        row.addStretch(1)
        keep = QPushButton(tr("Cancel"))
        keep.setAutoDefault(False)
        keep.clicked.connect(self.reject)
        self.go = QPushButton(tr("Change labels"))
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._accept)
        row.addWidget(keep)
        row.addWidget(self.go)
        layout.addLayout(row)
        self.line.setFocus()

    def _list_present(self, tasks: Sequence[Task], layout: QVBoxLayout) -> None:
        present = Counter((name, value) for task in tasks for name, value in task.labels.items())
        if not present:
            return
        layout.addWidget(label(tr("Remove"), "secondary"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        counts = Counter(name for name, _ in present.elements())
        for name, count in counts.most_common(_MOST_SHOWN):
            values = sorted({value for other, value in present if other == name})
            words = f"{name}={', '.join(values[:3])}{' …' if len(values) > 3 else ''}"
            box = QCheckBox(f"{words}   ({number(count)})" if len(tasks) > 1 else words)
            column.addWidget(box)
            self.boxes[name] = box
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setMaximumHeight(180)
        layout.addWidget(area)

    def has_unsaved_work(self) -> bool:
        """Override FormWindow.has_unsaved_work: whether a label is entered or chosen."""
        return bool(self.line.text().strip()) or any(box.isChecked() for box in self.boxes.values())

    def _accept(self) -> None:
        try:
            added = read_pairs("\n".join(listed(self.line.text())))
        except ValueError:
            self.problem.setText(tr("Use name=value, such as team=billing."))
            self.problem.show()
            return
        removed = [name for name, box in self.boxes.items() if box.isChecked()]
        if added or removed:
            self.chosen.emit(added, removed)
        self.accept()
