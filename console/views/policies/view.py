"""Concurrency groups, calendars, backfills and secrets."""

from PySide6.QtWidgets import QTabWidget

from console.context import Context
from console.feeds.runs import RunEvent
from console.feeds.tasks import TaskEvent
from console.views.policies.resource_page import ResourcePage
from console.views.policies.resources import ALERT_PAGES, RESOURCES
from console.views.policies.secrets_page import SecretsPage
from console.views.view import View
from console.words import tr
from shared.enums import EventType


class PoliciesView(View):
    """A page for each kind of policy; only the visible one loads."""

    name = "policies"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tabs = QTabWidget()
        self.tab_widgets.append(self.tabs)
        self.tabs.setDocumentMode(True)
        self.pages = {spec.name: ResourcePage(context, spec) for spec in RESOURCES if spec.name not in ALERT_PAGES}
        for page in self.pages.values():
            self.tabs.addTab(page, page.spec.title())
        self.secrets = SecretsPage(context)
        self.tabs.addTab(self.secrets, tr("Secrets"))
        self.add_tables(*(page.table for page in self.pages.values()), self.secrets.table)
        self.tabs.currentChanged.connect(self._page_changed)
        self.page.addWidget(self.tabs, 1)
        context.feeds.runs.changed.connect(self._run_changed)
        context.feeds.tasks.changed.connect(self._task_changed)

    def title(self) -> str:
        return tr("Policies")

    def primary_action(self) -> str:
        """Offer to create an object of the visible page."""
        return self._page.make_words()

    def primary_refusal(self) -> str:
        """Return why the user may create none."""
        return self._page.refusal()

    def do_primary_action(self) -> None:
        """Open the form."""
        self._page.edit(None)

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the wanted page."""
        name = str(wanted.get("page"))
        page = self.secrets if name == "secrets" else self.pages.get(name)
        if page is not None:
            self.tabs.setCurrentWidget(page)

    def refresh(self) -> None:
        """Load the visible page."""
        self._page.refresh()

    @property
    def _page(self) -> ResourcePage | SecretsPage:
        page = self.tabs.currentWidget()
        assert isinstance(page, ResourcePage | SecretsPage)
        return page

    def _page_changed(self) -> None:
        self.primary_changed.emit()
        self.refresh()

    def _run_changed(self, event: RunEvent) -> None:
        """Backfills and concurrency groups change with the runs."""
        if event.type in (EventType.RUN_FINISHED, EventType.RUN_STARTED):
            self.changed()

    def _task_changed(self, event: TaskEvent) -> None:
        if event.type is EventType.TASK_UPDATED:
            self.changed()
