"""What a run was given, and what it gave."""

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from console.theme.current import monospace
from console.widgets.surfaces import label
from console.words import duration, tr
from shared.models.run import Run, RunInputs

HIDDEN = "••••••"


def environment_lines(inputs: RunInputs, *, shows_values: bool) -> str:
    """Return the environment, a variable a line, with its values or without."""
    return "\n".join(
        f"{name}={value if shows_values else HIDDEN}" for name, value in sorted(inputs.environment.items())
    )


def output_text(run: Run) -> str:
    """Return a run's result as readable JSON; empty without one."""
    return "" if run.output is None else json.dumps(run.output, ensure_ascii=False, indent=2)


def code(text: str) -> QLabel:
    """Return a label for a command, which can be marked."""
    made = label(text)
    made.setFont(monospace())
    made.setWordWrap(True)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


class InputsPanel(QScrollArea):
    """The inputs above the result; values of the environment are shown when one asks for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inputs: RunInputs | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        page = QWidget()
        page.setObjectName("plain")
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 8, 8, 8)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._values: dict[str, QLabel] = {}
        for name, caption in (
            ("command", tr("Command")),
            ("arguments", tr("Arguments")),
            ("environment", tr("Environment")),
            ("directory", tr("Directory")),
            ("run_as", tr("Run as user")),
            ("timeout", tr("Timeout")),
            ("version", tr("Version")),
        ):
            self._values[name] = code("")
            self._form.addRow(label(caption, "secondary"), self._values[name])
        self._reveal = QPushButton(tr("Show values"))
        self._reveal.setCheckable(True)
        self._reveal.setObjectName("link")
        self._reveal.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._reveal.toggled.connect(lambda _on: self._show_environment())
        self._form.insertRow(3, label(""), self._reveal)
        self._output_title = label(tr("Result"), "cardTitle")
        self._output = QPlainTextEdit()
        self._output.setReadOnly(True)
        self._output.setFont(monospace())
        self._output.setAccessibleName(tr("Result"))
        self._output.setMinimumHeight(120)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._form)
        layout.addWidget(self._output_title)
        layout.addWidget(self._output, 1)
        layout.addStretch(1)
        self.setWidget(page)

    def show_inputs(self, run: Run, inputs: RunInputs) -> None:
        """Show what a run was given and gave."""
        self._inputs = inputs
        own = tr(" (set for this run)")
        arguments = "\n".join(json.dumps(one, ensure_ascii=False) for one in inputs.arguments)
        self._set_row("command", inputs.command or "")
        self._set_row("arguments", arguments + (own if "arguments" in inputs.own and arguments else ""))
        self._set_row("directory", inputs.working_directory or "")
        self._set_row("run_as", inputs.run_as or "")
        self._set_row("timeout", "" if inputs.timeout_seconds is None else duration(inputs.timeout_seconds * 1000))
        self._set_row("version", str(inputs.task_version))
        self._show_environment()
        text = output_text(run)
        if self._output.toPlainText() != text:
            self._output.setPlainText(text)
        self._output_title.setVisible(bool(text))
        self._output.setVisible(bool(text))

    def text_of(self, name: str) -> str:
        """Return what a field says."""
        return self._values[name].text()

    def _show_environment(self) -> None:
        if self._inputs is None:
            return
        shows = self._reveal.isChecked()
        self._reveal.setText(tr("Hide values") if shows else tr("Show values"))
        self._set_row("environment", environment_lines(self._inputs, shows_values=shows))
        self._form.setRowVisible(self._reveal, bool(self._inputs.environment))

    def _set_row(self, name: str, text: str) -> None:
        self._values[name].setText(text)
        self._form.setRowVisible(self._values[name], bool(text))
