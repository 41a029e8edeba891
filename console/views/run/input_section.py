"""What a run was given: its command, arguments and environment."""

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from console.theme.current import monospace
from console.views.runs.inputs_panel import environment_lines
from console.widgets.linked_facts import Fact, LinkedFacts
from console.widgets.surfaces import Card, label
from console.widgets.text_block import TextBlock
from console.words import duration, tr
from shared.models.run import RunInputs


class InputSection(Card):
    """The values of the environment are shown when one asks for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Inputs"), parent)
        self._inputs: RunInputs | None = None
        self.command = TextBlock(tr("Command"), font=monospace())
        self.environment = TextBlock(tr("Environment"), font=monospace())
        self._environment_title = label(tr("Environment"), "secondary")
        self.reveal = QPushButton()
        self.reveal.setObjectName("pageLink")
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(lambda _on: self._show_environment())
        self.facts = LinkedFacts()
        self.body.addWidget(self.command)
        self.body.addWidget(self.facts)
        self.body.addWidget(self._environment_title)
        self.body.addWidget(self.environment)
        self.body.addWidget(self.reveal, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_inputs(self, inputs: RunInputs) -> None:
        """Show the inputs of a run."""
        self._inputs = inputs
        own = tr(" (set for this run)") if "arguments" in inputs.own and inputs.arguments else ""
        self.command.show_text((inputs.command or "").rstrip("\n"))
        self.command.setVisible(bool(inputs.command))
        arguments = " ".join(json.dumps(one, ensure_ascii=False) for one in inputs.arguments)
        self.facts.show_facts(
            [
                Fact(tr("Executor"), inputs.executor),
                Fact(tr("Arguments"), arguments + own),
                Fact(tr("Directory"), inputs.working_directory or ""),
                Fact(tr("Run as user"), inputs.run_as or ""),
                Fact(
                    tr("Timeout"),
                    "" if inputs.timeout_seconds is None else duration(inputs.timeout_seconds * 1000),
                ),
                Fact(tr("Version"), str(inputs.task_version)),
            ]
        )
        self._show_environment()

    def hide_values(self) -> None:
        """Hide the values again: another run is shown."""
        self.reveal.setChecked(False)

    def _show_environment(self) -> None:
        if self._inputs is None:
            return
        shows = self.reveal.isChecked()
        self.reveal.setText(tr("Hide values") if shows else tr("Show values"))
        self.environment.show_text(environment_lines(self._inputs, shows_values=shows))
        for part in (self._environment_title, self.environment, self.reveal):
            part.setVisible(bool(self._inputs.environment))
