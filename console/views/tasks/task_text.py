"""The text form of the task editor: what a person writes there is brought into the fields of the form."""

from collections.abc import Mapping

from console.theme.current import Theme
from console.views.tasks.editor_form import EditorForm
from console.views.tasks.form import Texts, changes
from console.views.tasks.task_yaml import TextProblem, YamlError, parse_yaml, texts_from, yaml_of
from console.views.tasks.yaml_pane import YamlPane
from console.words import tr


class TaskText(YamlPane):
    """`problems` says why the text is not one task; it is empty where it is one."""

    def __init__(self, theme: Theme, form: EditorForm) -> None:
        super().__init__(theme)
        self._form = form
        self._executors = {one.name: one for one in form.known.executors}
        self._lines: Mapping[str, int] = {}
        self.problems: list[TextProblem] = []

    def write(self, *, before: Texts | None) -> None:
        """Show the task of the form; `before` are the texts of the stored task."""
        self.show_text(yaml_of(self._form.texts(), self._form.known.task_ids, self._executors, before=before))
        self.read()

    def read(self) -> bool:
        """Bring the text into the form, and return whether it is one task."""
        now = self._form.texts()
        try:
            values, self._lines = parse_yaml(self.text())
            found = texts_from(values, self._lines, now, self._form.known.task_ids, self._executors)
        except YamlError as error:
            self.problems = error.problems
            return False
        self.problems = []
        for name, text in changes(now, found).items():
            self._form.fields.set_text(name, text)
        return True

    def show_why_not(self) -> None:
        """Show why the text is not one task, and go to the first line that is wrong."""
        self.show_problems(self.problems)
        self.go_to(self.problems[0].line)

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show errors of fields at their lines, unless the text is not one task."""
        if not self.problems:
            shown = [
                TextProblem(self._line_of(name), tr("%1: %2", name.removeprefix("http_"), words))
                for name, words in errors.items()
            ]
            self.show_problems(sorted(shown, key=lambda one: one.line))

    def point_at(self, errors: Mapping[str, str]) -> None:
        """Go to the first line of the fields that are wrong."""
        self.go_to(min(map(self._line_of, errors)))

    def _line_of(self, name: str) -> int:
        name = "command" if name.startswith("http_") else name
        return self._lines.get(name, self._lines.get("", 0))
