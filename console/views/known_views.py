"""The views, in the order of the side bar, and the pages of single objects; each is imported when it is first shown."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from console.context import Context
from console.views.view import View
from console.words import tr


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """One entry: `name` is also that of its icon, `place` says `module:class`, `help_page` the page that F1 opens.

    The first nine get Ctrl+1 … Ctrl+9 and Alt+1 … Alt+9, the tenth Ctrl+0 and Alt+0; `keys` are more of its own. What
    `is_of_system` belongs to no folder: users who have nothing but grants do not see it. A page has the list of its
    objects as `parent`, which the side bar marks while the page is shown.
    """

    name: str
    title: Callable[[], str]
    place: str
    help_page: str
    keys: tuple[str, ...] = ()
    is_of_system: bool = False
    parent: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it shows one object, and so is nothing without one."""
        return bool(self.parent)

    def make(self, context: Context) -> View:
        """Return a new view."""
        module, _, kind = self.place.partition(":")
        made = getattr(importlib.import_module(module), kind)(context)
        assert isinstance(made, View)
        return made


VIEWS: tuple[ViewSpec, ...] = (
    ViewSpec("overview", lambda: tr("Overview"), "console.views.overview.view:OverviewView", "start/console#overview"),
    ViewSpec("tasks", lambda: tr("Tasks"), "console.views.tasks.view:TasksView", "start/console#tasks"),
    ViewSpec("runs", lambda: tr("Runs"), "console.views.runs.view:RunsView", "start/console#runs"),
    ViewSpec("queue", lambda: tr("Queue"), "console.views.queue.view:QueueView", "start/console#queue"),
    ViewSpec("graph", lambda: tr("Graph"), "console.views.graph.view:GraphView", "how-to/dependencies"),
    ViewSpec("agenda", lambda: tr("Agenda"), "console.views.agenda.view:AgendaView", "start/console#agenda"),
    ViewSpec(
        "workers",
        lambda: tr("Workers"),
        "console.views.workers.view:WorkersView",
        "start/console#workers",
        is_of_system=True,
    ),
    ViewSpec("alerts", lambda: tr("Alerts"), "console.views.alerts.view:AlertsView", "how-to/alerts"),
    ViewSpec(
        "audit_log",
        lambda: tr("Audit log"),
        "console.views.audit_log.view:AuditLogView",
        "start/console#audit-log",
        is_of_system=True,
    ),
    ViewSpec("policies", lambda: tr("Policies"), "console.views.policies.view:PoliciesView", "how-to/schedules"),
    ViewSpec("users", lambda: tr("Users and tokens"), "console.views.users.view:UsersView", "how-to/permissions"),
    ViewSpec(
        "settings",
        lambda: tr("Settings"),
        "console.views.settings.view:SettingsView",
        "start/console#settings",
        ("Ctrl+,",),
    ),
)

PAGES: tuple[ViewSpec, ...] = (
    ViewSpec("task", lambda: tr("Task"), "console.views.task.view:TaskView", "how-to/schedules", parent="tasks"),
    ViewSpec("run", lambda: tr("Run"), "console.views.run.view:RunView", "start/console#run", parent="runs"),
)
"""Each shows one object, and is reached by links to it."""

_NUMBERED = 10


def shortcuts_of(place: int) -> tuple[str, ...]:
    """Return the keys of the view at `place` in the side bar, from 0."""
    numbered = (f"Ctrl+{(place + 1) % 10}", f"Alt+{(place + 1) % 10}") if place < _NUMBERED else ()
    return (*numbered, *VIEWS[place].keys)


def spec_of(name: str) -> ViewSpec:
    """Return the view or page `name`; an unknown name, such as one remembered by another version, gives the first."""
    return next((spec for spec in (*VIEWS, *PAGES) if spec.name == name), VIEWS[0])
