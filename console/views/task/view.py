"""The page of one task: how it is, how its runs were, when it runs, what it waits for, and who changed it."""

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.feeds.runs import RunEvent
from console.feeds.tasks import TaskEvent
from console.views.object_page import ObjectPage
from console.views.task import destinations
from console.views.task.alert_section import AlertSection
from console.views.task.command_section import CommandSection
from console.views.task.dependency_section import DependencySection
from console.views.task.facts import TaskFacts, load_alerts, load_facts, load_record
from console.views.task.figures import TaskFigures
from console.views.task.limit_facts import labels_words, limit_facts, placement_facts
from console.views.task.run_section import RunSection
from console.views.task.run_summary import summarise
from console.views.task.schedule_section import ScheduleSection
from console.views.task.state_words import state_words, task_glyph
from console.views.task.version_section import VersionSection
from console.views.tasks.actions import TaskActionId, TaskActions
from console.views.tasks.changes import TaskSelection
from console.views.tasks.history_dialog import HistoryDialog
from console.widgets.action_buttons import ActionButtons
from console.widgets.link import Link
from console.widgets.linked_facts import LinkedFacts
from console.widgets.page_header import PageHeader
from console.widgets.surfaces import Card, label
from console.widgets.text_block import TextBlock
from console.words import tr
from shared.enums import EventType, Permission
from shared.models.alert import Alert
from shared.models.task import Task

_NEIGHBOURS_REST_MS = 2_000
_KEYS: dict[str, str] = {TaskActionId.EDIT: "E", TaskActionId.RUN_NOW: "R", TaskActionId.DELETE: "Del"}
_ON_BAR = (TaskActionId.EDIT, TaskActionId.PAUSE, TaskActionId.RESUME)


class TaskView(ObjectPage[Task]):
    """Live: runs come by their feed, the rest is loaded again when the task or a neighbour changes."""

    name = "task"
    wanted_key = "task"
    link_view = "tasks"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.task: Task | None = None
        self._deleted_name = ""
        self.task_actions = TaskActions(context, self, selection_of=_selection_of, rows_of=_rows_of)
        self.task_actions.follow.connect(self.follow)
        self.task_actions.said.connect(self.said)
        self.task_actions.done.connect(self.refresh)
        self.task_actions.saved.connect(lambda _task_id: self.refresh())
        self.figures = TaskFigures(context.theme)
        self.run_section = RunSection(context)
        self.dependencies = DependencySection(context)
        self.command = CommandSection()
        self.schedule = ScheduleSection(context)
        self.versions = VersionSection(context)
        self.alerts = AlertSection(context)
        self.limits, self.placement = LinkedFacts(), LinkedFacts()
        self.notes = TextBlock(tr("Notes"))
        self._notes_card = _card(tr("Notes"), self.notes)
        self.folder = Link(opens=tr("Show the tasks of this folder"))
        self.labels = Link(opens=tr("Show the tasks with these labels"))
        self.about = label("", "secondary")
        buttons = ActionButtons(
            context.theme, [*self.task_actions.row_actions(), self.copy_link_action()], on_bar=_ON_BAR, keys=_KEYS
        )
        header = PageHeader(context.theme, buttons)
        header.place_below([self.folder, self.labels, self.about])
        self.set_up(buttons, header)
        self.add_tables(self.run_section.table, *self.dependencies.tables, self.versions.table, self.alerts.table)
        self._arrange()
        self._connect_sections()
        self._neighbours = Refresher(
            context.background, self._load_neighbours, name="neighbours", rest_ms=_NEIGHBOURS_REST_MS, parent=self
        )
        self._alerts = Refresher(context.background, self._load_alerts, name="task alerts", parent=self)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.tasks.changed.connect(self._task_changed)
        context.silences.changed.connect(lambda: self.alerts.show_silences(context.silences.current))
        for happened in (context.feeds.alerts.raised, context.feeds.alerts.acknowledged):
            happened.connect(self._alert_raised)

    def _arrange(self) -> None:
        limits, placement = _card(tr("Limits"), self.limits), _card(tr("Placement"), self.placement)
        main = [self._notes_card, self.run_section, self.dependencies, self.command, self.versions]
        side = [self.schedule, self.alerts, limits, placement]
        narrow = [
            self._notes_card,
            self.run_section,
            self.schedule,
            self.dependencies,
            self.alerts,
            self.command,
            limits,
            placement,
            self.versions,
        ]
        self.columns.show_sections([self.figures], main, side, narrow)

    def _connect_sections(self) -> None:
        self.figures.wanted.connect(
            lambda name: self._lead(lambda task: destinations.of_figure(name, task, self.run_section.newest))
        )
        self.run_section.run_wanted.connect(lambda run_id: self.follow.emit("run", {"run": run_id}))
        self.run_section.all_wanted.connect(lambda: self._lead(destinations.of_runs))
        self.dependencies.task_wanted.connect(lambda task_id: self.follow.emit("task", {"task": task_id}))
        self.dependencies.graph_wanted.connect(lambda: self.follow.emit("graph", {"task": self.object_id}))
        self.schedule.day_wanted.connect(lambda at: self.follow.emit("agenda", {"at": at}))
        self.versions.version_wanted.connect(self._open_version)
        self.versions.log_wanted.connect(
            lambda: self.follow.emit("audit_log", {"object": ("task", str(self.object_id))})
        )
        self.alerts.alert_wanted.connect(lambda alert: self.follow.emit(*destinations.of_alert(alert)))
        self.alerts.end_wanted.connect(self._end_silence)
        for facts in (self.schedule, self.limits, self.placement):
            facts.followed.connect(self.follow)
        self.folder.clicked.connect(lambda: self._lead(destinations.of_folder))
        self.labels.clicked.connect(lambda: self._lead(destinations.of_labels))

    def title(self) -> str:
        return tr("Task")

    def window_title(self) -> str:
        """Override View.window_title: the name of the task."""
        return self.task.name if self.task is not None else self.title()

    def primary_action(self) -> str:
        """Offer to run the task."""
        return tr("Run now") if self.task is not None else ""

    def primary_refusal(self) -> str:
        """Return why the user may not run it."""
        return self.context.permissions.why_not(self.task.folder, Permission.RUN) if self.task is not None else ""

    def do_primary_action(self) -> None:
        """Run the task."""
        self.buttons.act(TaskActionId.RUN_NOW)

    async def load_object(self, object_id: int) -> None:
        """Override ObjectPage.load_object: ask for all parts at once."""
        client = self.context.connection.client
        facts, record = await asyncio.gather(load_facts(client, object_id), load_record(client, object_id))
        if object_id != self.object_id:
            return
        task = facts.task
        self.run_section.show_runs(record.runs)
        self.versions.show_versions(record.versions, may_see_log=not self.context.permissions.is_member)
        self.alerts.show_alerts(task, record.alerts, record.silences)
        self.command.show_task(task)
        self.limits.show_facts(limit_facts(task))
        self.placement.show_facts(placement_facts(task))
        self.notes.show_text(task.description or "")
        self._notes_card.setVisible(bool(task.description))
        self._show_facts(facts)

    def forget_object(self) -> None:
        """Override ObjectPage.forget_object."""
        self.task = None

    def missing_words(self) -> str:
        """Override ObjectPage.missing_words."""
        if self._deleted_name:
            return tr("The task %1 was deleted.", self._deleted_name)
        return tr("Task %1 does not exist. It was deleted, or you may not read it.", self.object_id)

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the task with the id `task`."""
        self._deleted_name = ""
        super().show_with(wanted)

    def tick(self) -> None:
        """Override ObjectPage.tick: let all relative times follow."""
        if self.task is not None:
            self._show_state_of(self.task)
        for section in (self.run_section, self.schedule, self.dependencies, self.versions, self.alerts):
            section.tick()

    def _show_head(self, task: Task) -> None:
        self._show_state_of(task)
        self.folder.show_text(task.folder)
        self.folder.setVisible(bool(task.folder))
        self.labels.show_text(labels_words(task.labels))
        self.labels.setVisible(bool(task.labels))
        self.about.setText(tr("Task %1 · version %2", task.id, task.version))

    def _show_state_of(self, task: Task) -> None:
        now, times, newest = self.context.times.now(), self.context.times, self.run_section.newest
        self.header.show_object(task.name, task_glyph(task, newest), state_words(task, newest, times, now))
        self.figures.show_task(task, self.run_section.runs, summarise(self.run_section.runs), times, now)

    def _run_changed(self, event: RunEvent) -> None:
        run = event.run
        if not self.isVisible():
            if run.task_id == self.object_id:
                self.mark_out_of_date()
            return
        if self.task is not None and run.task_id == self.task.id:
            self.run_section.receive(run)
            self._show_state_of(self.task)
            if event.type in (EventType.RUN_CREATED, EventType.RUN_FINISHED):
                self._neighbours.request()
        elif self.dependencies.concerns(run) and event.type is not EventType.RUN_PROGRESS:
            self._neighbours.request()

    def _task_changed(self, event: TaskEvent) -> None:
        if event.task_id != self.object_id:
            return
        if event.task is None and self.task is not None:
            self._deleted_name = self.task.name
            self.show_missing()
        else:
            self.changed()

    def _alert_raised(self, alert: Alert) -> None:
        if alert.task_id == self.object_id:
            if self.isVisible():
                self._alerts.request()
            else:
                self.mark_out_of_date()

    async def _load_neighbours(self) -> None:
        """Load what follows from runs: the next occurrence, and how the neighbours are."""
        wanted = self.object_id
        if wanted is None or self.task is None:
            return
        with self.missing_if_gone(wanted):
            facts = await load_facts(self.context.connection.client, wanted)
            if wanted == self.object_id and self.task is not None:
                self._show_facts(facts)

    def _show_facts(self, facts: TaskFacts) -> None:
        self.task = facts.task
        self.schedule.show_schedule(facts.task, facts.upcoming)
        self.dependencies.show_neighbours(facts.task, facts.graph)
        self._show_head(facts.task)
        self.show_object(facts.task)

    async def _load_alerts(self) -> None:
        wanted = self.object_id
        if wanted is None or self.task is None:
            return
        with self.missing_if_gone(wanted):
            alerts, silences = await load_alerts(self.context.connection.client, wanted)
            if wanted == self.object_id and self.task is not None:
                self.alerts.show_alerts(self.task, alerts, silences)

    def _lead(self, find: Callable[[Task], destinations.Destination | None]) -> None:
        """Show where a part of the page leads, if it leads anywhere by now."""
        found = find(self.task) if self.task is not None else None
        if found is not None:
            self.follow.emit(*found)

    def _open_version(self, version: int) -> None:
        if self.task is not None:
            dialog = HistoryDialog(self.context, self.task, self, version=version)
            dialog.restored.connect(lambda _task: self.refresh())
            dialog.open()

    def _end_silence(self, silence_id: int) -> None:
        self.context.background.start(self._do_end_silence(silence_id), name="end silence")

    async def _do_end_silence(self, silence_id: int) -> None:
        await self.context.connection.client.end_silence(silence_id)
        self.context.silences.refresh()
        self._alerts.request_now()


async def _selection_of(tasks: list[Task]) -> TaskSelection:
    """Return the one task of a page as a selection."""
    return TaskSelection.of(tasks)


async def _rows_of(tasks: list[Task]) -> list[Task]:
    """Return the one task of a page: nothing beyond it is selected."""
    return tasks


def _card(title: str, inside: QWidget) -> Card:
    card = Card(title)
    assert isinstance(card.body, QVBoxLayout)
    card.body.addWidget(inside)
    return card
