"""When a task runs: its schedule in words, the next occurrences, and what bounds them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from console.context import Context
from console.translation import language
from console.views.task.facts import MOST_OCCURRENCES
from console.views.task.limit_facts import schedule_facts
from console.views.tasks.schedule_times import time_words
from console.widgets.link import Link
from console.widgets.linked_facts import LinkedFacts
from console.widgets.surfaces import Card, label
from console.words import tr
from shared.enums import TaskStatus
from shared.models.task import Task
from shared.schedule.description import describe


def schedule_words(task: Task) -> str:
    """Return a task's schedule as a sentence, or what starts the task without one."""
    if task.schedule is None:
        return (
            tr("Runs after other tasks, and when it is triggered.")
            if task.depends_on
            else tr("Runs when it is triggered.")
        )
    try:
        return describe(task.schedule, language=language(), name=task.name)
    except ValueError:
        return task.schedule


class ScheduleSection(Card):
    """`day_wanted` carries an occurrence, whose day the agenda shows; `followed` what a link shows."""

    day_wanted = Signal(object)
    followed = Signal(str, dict)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(tr("Schedule"), parent)
        self._times = context.times
        self._next: list[datetime] = []
        self.words = label("")
        self.words.setWordWrap(True)
        self.body.addWidget(self.words)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self.links: list[Link] = []
        self._away: list[QLabel] = []
        for row in range(MOST_OCCURRENCES):
            link, away = Link(opens=tr("Show this day in the agenda")), label("", "secondary")
            link.clicked.connect(lambda _checked=False, at=row: self.day_wanted.emit(self._next[at]))
            self._grid.addWidget(link, row, 0, alignment=Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(away, row, 1, alignment=Qt.AlignmentFlag.AlignRight)
            self.links.append(link)
            self._away.append(away)
        self.body.addLayout(self._grid)
        self.facts = LinkedFacts()
        self.facts.followed.connect(self.followed)
        self.body.addWidget(self.facts)

    def show_schedule(self, task: Task, upcoming: Sequence[datetime]) -> None:
        """Show a task's schedule and its next occurrences, in the zone of the task."""
        is_paused = task.status is TaskStatus.PAUSED
        self.words.setText(schedule_words(task))
        self._next = [] if is_paused else [at.astimezone(ZoneInfo(task.timezone)) for at in upcoming[:MOST_OCCURRENCES]]
        for place, (link, away) in enumerate(zip(self.links, self._away, strict=True)):
            is_there = place < len(self._next)
            link.setVisible(is_there)
            away.setVisible(is_there)
            if is_there:
                link.show_text(time_words(self._next[place]))
        self.tick()
        self.facts.show_facts(schedule_facts(task))

    def tick(self) -> None:
        """Show how soon the occurrences are."""
        for at, away in zip(self._next, self._away, strict=False):
            away.setText(self._times.due(at))
