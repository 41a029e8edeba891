"""The form of the task editor: its sections, what is wrong in them, and what follows from what is entered."""

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QWidget
from shiboken6 import isValid

from console.context import Context
from console.translation import language
from console.views.tasks.choices import executor_words
from console.views.tasks.cron_builder import CronBuilder
from console.views.tasks.dependency_picker import DependencyPicker, Match
from console.views.tasks.editor_sections import Parts, Section, pages_of, section_titles
from console.views.tasks.field_set import FieldSet
from console.views.tasks.field_texts import read_pairs
from console.views.tasks.form import next_times, read_texts
from console.views.tasks.highlighting import Highlighter, language_of
from console.views.tasks.http_request import JSON_BODY, NO_BODY
from console.views.tasks.known import Known
from console.views.tasks.notifications import Notifications
from console.views.tasks.schedule_times import SHOWN, ScheduleTimes, own_zone
from console.views.tasks.task_kinds import missing_fields
from console.widgets.section_list import SectionList
from console.widgets.surfaces import label
from console.words import tr
from shared.enums import RunDistribution
from shared.models.system import ExecutorInfo
from shared.schedule.description import describe
from shared.schedule.seconds_hint import seconds_hint

_MOST_MATCHES = 20


class EditorForm(QWidget):
    """`touched` names the field that was changed."""

    touched = Signal(str)

    def __init__(
        self, context: Context, known: Known, parent: QWidget | None = None, *, is_for_many: bool = False
    ) -> None:
        """With `is_for_many` the fields of several tasks are changed, of which each is chosen by a check box."""
        super().__init__(parent)
        self._context = context
        self._is_for_many = is_for_many
        self.known = known
        self.fields = FieldSet(self, has_choice=is_for_many)
        self.builder = CronBuilder()
        self.times = ScheduleTimes(own_zone(), context.times)
        self.upstream = DependencyPicker(context.theme, known.task_ids, _task_words)
        self.notifications = Notifications(known.rules)
        self._executor_words = label("", "secondary")
        self._executor_words.setWordWrap(True)
        parts = Parts(self._executor_words, self.builder, self.times, self.upstream, self.notifications)
        self.sections = SectionList(context.theme, tr("Sections"))
        self._pages = QStackedWidget()
        self._page_of: dict[Section, QWidget] = {}
        for section, page in pages_of(self.fields, known, context.theme, parts).items():
            self.sections.add(section, section_titles()[section])
            self._pages.addWidget(page)
            self._page_of[section] = page
        command, body = self.fields["command"], self.fields["http_body"]
        assert isinstance(command, QPlainTextEdit)
        assert isinstance(body, QPlainTextEdit)
        self.highlighter = Highlighter(command.document(), context.theme)
        self._body_highlighter = Highlighter(body.document(), context.theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.sections)
        layout.addWidget(self._pages, 1)
        self.sections.chosen.connect(lambda name: self._pages.setCurrentWidget(self._page_of[Section(name)]))
        self.sections.choose(Section.BASICS)
        self.fields.touched.connect(self.touched)
        self.builder.built.connect(lambda text: self.fields.set_text("schedule", text))
        self.upstream.search_wanted.connect(self._search)
        self._search("")
        for widget in (self.notifications, self.times):
            widget.setVisible(not is_for_many)

    def texts(self) -> dict[str, str]:
        """Return the text of every field."""
        return self.fields.texts()

    def section_of(self, name: str) -> Section:
        """Return the section of a field."""
        return next(section for section, page in self._page_of.items() if page.isAncestorOf(self.fields[name]))

    def step(self, by: int) -> None:
        """Go to the next section, or the one before, into its first field."""
        self.sections.step(by)
        first = next(
            (
                name
                for name in self.fields
                if self.section_of(name) == self.sections.current and self.fields.is_shown(name)
            ),
            None,
        )
        (self.fields[first] if first is not None else self.sections).setFocus()

    def point_at(self, name: str) -> None:
        """Go to a field."""
        self.sections.choose(self.section_of(name))
        self.fields[name].setFocus()

    def executor(self, texts: Mapping[str, str]) -> ExecutorInfo | None:
        """Return the executor that is chosen; None where the backend has none of this name."""
        return self.known.executor(texts["executor"])

    def problems(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return what is wrong with which field, whether it was touched or not."""
        executor = self.executor(texts)
        _fields, errors = read_texts(texts, self.known.task_ids, executor)
        missing = missing_fields(texts, executor)
        if (
            executor is not None
            and executor.requires_command
            and "command" not in missing
            and not texts["command"].strip()
        ):
            errors.setdefault("command", tr("Enter a command."))
        return errors

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show errors below their fields, and count them on their sections."""
        self.fields.show_errors(errors)
        self.sections.show_errors(Counter(self.section_of(name).value for name in self.fields.wrong()))

    def follow(self, texts: Mapping[str, str]) -> None:
        """Show what follows from the texts: the fields of the executor, the next times, the alert rules."""
        executor = self.executor(texts)
        self._executor_words.setText(executor_words(executor) if executor else "")
        self._executor_words.setVisible(executor is not None)
        self.highlighter.speak(language_of(texts["executor"], texts["command"]))
        self._body_highlighter.speak(language_of("http" if texts["http_body_kind"] == JSON_BODY else "", ""))
        self.fields.show_only_without(missing_fields(texts, executor) | self._needless(texts))
        if not self._is_for_many:
            self._show_times(texts)
        self.builder.show_text(texts["schedule"])
        try:
            labels = read_pairs(texts["labels"])
        except ValueError:
            labels = {}
        self.notifications.show_rules(folder=texts["folder"].strip(" /"), labels=labels)

    def _needless(self, texts: Mapping[str, str]) -> set[str]:
        """Return the fields that mean nothing with the others, unless something is wrong in them."""
        needless = {"name"} if self._is_for_many else set()
        if texts["http_body_kind"] == NO_BODY:
            needless.add("http_body")
        if texts["distribution"] != RunDistribution.SHARDED:
            needless.add("shard_count")
        if not texts["calendar"]:
            needless.add("calendar_policy")
        return needless.difference(self.fields.wrong())

    def _show_times(self, texts: Mapping[str, str]) -> None:
        if not texts["schedule"].strip():
            self.times.show_text(tr("Without a schedule, the task runs only when triggered or after another task."))
            return
        try:
            times = next_times(texts, calendar=self.known.calendar(texts["calendar"]), count=SHOWN)
        except ValueError:
            self.times.show_text("")
            return
        words = describe(texts["schedule"], language=language(), name=texts["name"].strip())
        if hint := seconds_hint(texts["schedule"], language=language()):
            words += "\n" + hint
        if not times:
            words += "\n" + tr("This schedule has no future times, so the task will never run on its own.")
        self.times.show_times(words, times, texts["timezone"])

    # upstream tasks

    def _search(self, text: str) -> None:
        wanted = text.strip().lower()
        known = [Match(name, "") for name in sorted(self.known.task_ids) if wanted in name.lower()]
        self.upstream.show_matches(known[:_MOST_MATCHES])
        if wanted:
            self._context.background.start(self._search_all(text), name="search tasks")

    async def _search_all(self, text: str) -> None:
        found = await self._context.connection.client.list_tasks(q=text.strip(), limit=_MOST_MATCHES)
        if isValid(self) and self.upstream.search.text() == text:
            self.known.task_ids.update({task.name: task.id for task in found.data})
            self.upstream.show_matches([Match(task.name, task.folder) for task in found.data])


def _task_words(name: str) -> str:
    """Return how a task is called: one without a name is one that the person may not read."""
    if name.startswith("#") and name[1:].isdigit():
        return tr("task %1, which you may not read", name[1:])
    return name
