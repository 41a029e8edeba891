"""The text form of a task: YAML as `taskdeck apply` takes it, with what is wrong in which line."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from console.theme.current import Theme, monospace
from console.views.tasks.field_problems import joined_problems
from console.views.tasks.highlighting import Highlighter, Language
from console.views.tasks.task_yaml import TextProblem
from console.widgets.surfaces import label
from console.words import tr


class YamlPane(QWidget):
    """`edited` follows each change that a person makes."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problems: Sequence[TextProblem] = ()
        self._is_filling = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        words = label(
            tr("The task as YAML, in the format of “taskdeck apply”. Fields that are not listed have their defaults."),
            "secondary",
        )
        words.setWordWrap(True)
        column.addWidget(words)
        self.edit = QPlainTextEdit()
        self.edit.setFont(monospace())
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setAccessibleName(tr("Task as YAML"))
        self.highlighter = Highlighter(self.edit.document(), theme, Language.YAML)
        column.addWidget(self.edit, 1)
        self.problem = label("", "fieldError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        column.addWidget(self.problem)
        self._text = ""
        self.edit.textChanged.connect(self._changed)
        theme.changed.connect(self._mark)
        self.setFocusProxy(self.edit)

    def text(self) -> str:
        """Return the text."""
        return self.edit.toPlainText()

    def show_text(self, text: str) -> None:
        """Show another text, which is no change of a person's."""
        self._is_filling = True
        self.edit.setPlainText(text)
        self._is_filling = False
        self._text = self.text()
        self.show_problems(())

    def show_problems(self, problems: Sequence[TextProblem]) -> None:
        """Show what is wrong below the text, and mark the lines."""
        self._problems = problems
        self.problem.setText(joined_problems(one.text for one in problems))
        self.problem.setVisible(bool(problems))
        self._mark()

    def go_to(self, line: int) -> None:
        """Move the cursor to a line, from 1, and focus the text."""
        block = self.edit.document().findBlockByNumber(max(line, 1) - 1)
        self.edit.setTextCursor(QTextCursor(block))
        self.edit.setFocus()

    def _mark(self) -> None:
        marks = []
        for problem in self._problems:
            block = self.edit.document().findBlockByNumber(problem.line - 1)
            if problem.line and block.isValid():
                mark = QTextEdit.ExtraSelection()
                colour = QColor(self._theme.palette.bad)
                colour.setAlphaF(0.16)
                mark.format.setBackground(colour)
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                mark.cursor = QTextCursor(block)
                marks.append(mark)
        self.edit.setExtraSelections(marks)

    def _changed(self) -> None:
        """Report a change of the text; colouring it signals too."""
        if not self._is_filling and self.text() != self._text:
            self._text = self.text()
            self.edited.emit()
