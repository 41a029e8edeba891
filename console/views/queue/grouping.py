"""The choice between the queue run by run and by task, and the one task whose runs are shown alone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from console.words import tr
from shared.models.queue import QueuedTask

_WIDEST_NAME = 200
"""Pixels of the task's name."""


class Grouping(QWidget):
    """`changed` follows each choice of a person."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: QueuedTask | None = None
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.only = QPushButton()
        self.only.setObjectName("link")
        self.only.setToolTip(tr("Show the runs of all tasks"))
        self.only.clicked.connect(self._forget_task)
        self.only.hide()
        row.addWidget(self.only)
        row.addSpacing(8)
        self.by_run, self.by_task = QPushButton(tr("By run")), QPushButton(tr("By task"))
        for button, place in ((self.by_run, "first"), (self.by_task, "last")):
            button.setObjectName("range")
            button.setCheckable(True)
            button.setProperty("place", place)
            button.clicked.connect(self.changed)
            group.addButton(button)
            row.addWidget(button)
        self.by_run.setChecked(True)

    @property
    def is_by_task(self) -> bool:
        """Whether tasks are listed."""
        return self.by_task.isChecked()

    @property
    def task_id(self) -> int | None:
        """The task whose runs alone are shown."""
        return self._task.task_id if self._task is not None and not self.is_by_task else None

    def group_by_task(self, by_task: bool) -> None:
        """Choose for the person."""
        (self.by_task if by_task else self.by_run).setChecked(True)

    def choose(self, task: QueuedTask | None) -> None:
        """Show runs, those of one task alone or of all."""
        self._task = task
        self.group_by_task(False)
        name = task.task_name if task is not None else ""
        shown = self.only.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST_NAME)
        self.only.setText(f"{shown}  ×")
        self.only.setVisible(task is not None)

    def _forget_task(self) -> None:
        self.choose(None)
        self.changed.emit()
