"""What a task executes: its command, and what the command is given."""

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from console.theme.current import monospace
from console.widgets.linked_facts import Fact, LinkedFacts
from console.widgets.surfaces import Card
from console.widgets.text_block import TextBlock
from console.words import enumeration, number, tr
from shared.models.task import Task

SHOWN_LINES = 12


class CommandSection(Card):
    """The first lines of a long command, and the rest when a person asks for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Command"), parent)
        self._command = ""
        self._is_whole = False
        self.text = TextBlock(tr("Command"), font=monospace())
        self.more = QPushButton()
        self.more.setObjectName("pageLink")
        self.more.clicked.connect(self._toggle)
        self.facts = LinkedFacts()
        self.body.addWidget(self.text)
        self.body.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.facts)

    def show_task(self, task: Task) -> None:
        """Show the command of a task; the values of its environment are for the editor."""
        if task.command != self._command:
            self._command, self._is_whole = task.command, False
        self._show()
        self.facts.show_facts(
            [
                Fact(tr("Arguments"), " ".join(json.dumps(one, ensure_ascii=False) for one in task.arguments)),
                Fact(tr("Environment"), enumeration(sorted(task.environment))),
                Fact(tr("Directory"), task.working_directory or ""),
            ]
        )
        self.setVisible(bool(task.command or task.arguments or task.environment))

    def _show(self) -> None:
        lines = self._command.splitlines()
        is_long = len(lines) > SHOWN_LINES
        self.text.show_text("\n".join(lines if self._is_whole or not is_long else lines[:SHOWN_LINES]))
        self.text.setVisible(bool(self._command))
        self.more.setVisible(is_long)
        self.more.setText(tr("Show less") if self._is_whole else tr("Show all %1 lines", number(len(lines))))

    def _toggle(self) -> None:
        self._is_whole = not self._is_whole
        self._show()
