"""Limits, calendars and alert rules: what holds for many tasks."""

from PySide6.QtWidgets import QTabWidget

from console.context import Context
from console.views.policies.resource_page import ResourcePage
from console.views.policies.resources import RESOURCES
from console.views.view import View
from console.words import tr
from shared.client.stream import StreamEvent


class PoliciesView(View):
    """A page for each kind of policy; only the one that is seen loads."""

    name = "policies"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.pages = {spec.name: ResourcePage(context, spec) for spec in RESOURCES}
        for spec in RESOURCES:
            self.tabs.addTab(self.pages[spec.name], spec.title())
        self.tabs.currentChanged.connect(lambda _place: self.refresh())
        self.page.addWidget(self.tabs, 1)

    def title(self) -> str:
        """Return the title."""
        return tr("Policies")

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the page that was asked for."""
        page = self.pages.get(str(wanted.get("page")))
        if page is not None:
            self.tabs.setCurrentWidget(page)

    def refresh(self) -> None:
        """Load the page that is seen."""
        page = self.tabs.currentWidget()
        if isinstance(page, ResourcePage):
            page.refresh()

    def hear(self, event: StreamEvent) -> None:
        """Backfills and groups change with the runs."""
        if event.type in ("run.finished", "run.started", "task.updated"):
            self.changed()
