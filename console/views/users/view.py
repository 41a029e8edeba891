"""The users, and the user's own tokens."""

from PySide6.QtWidgets import QTabWidget

from console.context import Context
from console.views.users.people import PeoplePage
from console.views.users.tokens import TokensPage
from console.views.view import View
from console.words import tr
from shared.enums import Role


class UsersView(View):
    """A page of users, for administrators, and one of tokens; only the visible one loads."""

    name = "users"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.people = PeoplePage(context)
        self.tokens = TokensPage(context)
        self.add_tables(self.people.table, self.tokens.table)
        self.tabs = QTabWidget()
        self.tab_widgets.append(self.tabs)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.people, tr("Users"))
        self.tabs.addTab(self.tokens, tr("Your tokens"))
        self.tabs.currentChanged.connect(self._page_changed)
        self.page.addWidget(self.tabs, 1)

    def title(self) -> str:
        return tr("Users and tokens")

    def primary_action(self) -> str:
        """Offer a new user or token, as the visible page has."""
        return tr("Add user") if self.tabs.currentWidget() is self.people else tr("New token")

    def primary_refusal(self) -> str:
        """Return why the user may add no other; everybody may make tokens of one's own."""
        is_of_others = self.tabs.currentWidget() is self.people
        return self.context.permissions.why_not_by_role(Role.ADMIN) if is_of_others else ""

    def do_primary_action(self) -> None:
        """Open the form."""
        (self.people if self.tabs.currentWidget() is self.people else self.tokens).add()

    def show_with(self, wanted: dict[str, object]) -> None:
        """Show the page `people` or `tokens`."""
        self.tabs.setCurrentWidget(self.tokens if wanted.get("page") == "tokens" else self.people)

    def refresh(self) -> None:
        """Load the visible page."""
        (self.people if self.tabs.currentWidget() is self.people else self.tokens).refresh()

    def _page_changed(self) -> None:
        self.primary_changed.emit()
        if self.context.connection.is_online:
            self.refresh()
