"""The users of a backend, for its administrators."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.theme.glyphs import Glyph
from console.views.policies.form_dialog import FormDialog
from console.views.policies.form_field import FormField
from console.views.users.grants_dialog import GrantsDialog
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable
from console.widgets.row_action import ActionGroup, RowAction
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, enumeration, number, tr
from shared.enums import Permission, Role
from shared.errors import ForbiddenError
from shared.models.auth import User

_LOCAL_USER = "local"


def _has_sign_in(user: User) -> bool:
    """Whether a user is a person: a change of the local backend's own user would end the console's token."""
    return user.username != _LOCAL_USER


def _is_of_taskdeck(user: User) -> bool:
    """Whether role and password are set here: the provider decides those of its users."""
    return _has_sign_in(user) and not user.single_sign_on


def _sign_in_words(user: User) -> str:
    if user.disabled:
        return tr("disabled")
    return tr("single sign-on") if user.single_sign_on else tr("enabled")


def role_words(role: Role) -> str:
    """Return the name of a role."""
    return {
        Role.MEMBER: tr("Member"),
        Role.VIEWER: tr("Viewer"),
        Role.OPERATOR: tr("Operator"),
        Role.ADMIN: tr("Administrator"),
    }[role]


def _roles() -> list[tuple[str, Any]]:
    return [
        (Role.MEMBER, lambda: tr("Member: only what is granted in folders")),
        (Role.VIEWER, lambda: tr("Viewer: read only")),
        (Role.OPERATOR, lambda: tr("Operator: also creates, edits and runs tasks")),
        (Role.ADMIN, lambda: tr("Administrator: also manages users and policies")),
    ]


def people_columns(times: Times) -> list[Column[User]]:
    return [
        Column(
            tr("User"),
            lambda user: user.username,
            glyph=lambda user: Glyph.RING_SLASH if user.disabled else Glyph.TICK,
            stretches=True,
        ),
        Column(tr("Role"), lambda user: role_words(user.role), widest="Administrator"),
        Column(
            tr("Sign-in"),
            _sign_in_words,
            widest="single sign-on",
            is_muted=True,
            tooltip=lambda user: tr("Groups: %1", enumeration(user.groups)) if user.groups else "",
        ),
        Column(
            tr("Created"),
            lambda user: times.show(user.created_at),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda user: absolute(user.created_at),
        ),
    ]


class PeoplePage(QWidget):
    """Create, change the role, set a password, disable, remove."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._refresher = Refresher(context.background, self._load, name="people", parent=self)
        self.model: RowsModel[User] = RowsModel(people_columns(context.times), key=lambda user: user.id)
        self.table = DataTable(self.model, context.theme, self._actions())
        self.table.setAccessibleName(tr("Users"))
        self.table.opened.connect(self._open)
        self.table.delete_wanted.connect(self._ask_remove)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(self._next_step)
        self._empty.hide()
        self._is_refused = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        self.card = Card()
        self.card.title.hide()
        self.card.body.setContentsMargins(1, 1, 1, 8)
        self.card.aside.hide()
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self._empty, 1)
        layout.addWidget(self.card, 1)

    def refresh(self) -> None:
        """Load the page again."""
        self._refresher.request()

    def _actions(self) -> list[RowAction[User]]:
        return [
            RowAction(
                id="change_role",
                text=lambda: tr("Change role…"),
                do=lambda users: self.change_role(users[0]),
                icon_name="edit",
                group=ActionGroup.ORGANISE,
                applies=_is_of_taskdeck,
            ),
            RowAction(
                id="grants",
                text=lambda: tr("Grants…"),
                do=lambda users: self.show_grants(users[0].username),
                icon_name="folder",
                group=ActionGroup.ORGANISE,
                applies=_has_sign_in,
            ),
            RowAction(
                id="set_password",
                text=lambda: tr("Set password…"),
                do=lambda users: self.set_password(users[0]),
                icon_name="key",
                group=ActionGroup.ORGANISE,
                applies=_is_of_taskdeck,
            ),
            RowAction(
                id="disable",
                text=lambda: tr("Disable sign-in"),
                do=lambda users: self._switch(users, disabled=True),
                icon_name="pause",
                group=ActionGroup.END,
                applies=lambda user: not user.disabled and user.username != _LOCAL_USER,
            ),
            RowAction(
                id="enable",
                text=lambda: tr("Enable sign-in"),
                do=lambda users: self._switch(users, disabled=False),
                icon_name="play",
                group=ActionGroup.END,
                applies=lambda user: user.disabled,
            ),
            RowAction(
                id="show_audit_log",
                text=lambda: tr("Show activity"),
                do=lambda users: self._show_events(users[0]),
                icon_name="audit_log",
                on_hover=False,
            ),
            RowAction(
                id="remove",
                text=lambda: tr("Remove…"),
                do=self._ask_remove,
                icon_name="delete",
                group=ActionGroup.END,
                applies=lambda user: user.username != _LOCAL_USER,
                on_hover=False,
            ),
        ]

    def _next_step(self) -> None:
        if self._is_refused:
            self.show_grants()
        else:
            self.add()

    def add(self) -> FormDialog:
        fields = [
            FormField(name="username", title=lambda: tr("User name"), hint="anna"),
            FormField(name="password", title=lambda: tr("Password (at least 10 characters)"), is_secret=True),
            FormField(name="role", title=lambda: tr("Role"), choices=_roles()),
        ]

        async def send(body: dict[str, Any]) -> None:
            await self._context.connection.client.request("POST", "/api/users", json=body)

        return self._open_form(tr("Add user"), fields, {"role": Role.VIEWER}, send, verb=tr("Create user"))

    def _open(self, user: User) -> None:
        if _is_of_taskdeck(user):
            self.change_role(user)

    def change_role(self, user: User) -> FormDialog:
        return self._open_form(
            user.username,
            [FormField(name="role", title=lambda: tr("Role"), choices=_roles())],
            {"role": user.role},
            lambda body: self._patch(user, body),
        )

    def set_password(self, user: User) -> FormDialog:
        return self._open_form(
            user.username,
            [FormField(name="password", title=lambda: tr("New password (at least 10 characters)"), is_secret=True)],
            {},
            lambda body: self._patch(user, body),
        )

    def show_grants(self, username: str = "") -> GrantsDialog:
        """Open the grants of a user, or of all."""
        dialog = GrantsDialog(self._context, self, username=username)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _open_form(
        self, title: str, fields: list[FormField], values: dict[str, Any], send: Any, *, verb: str = ""
    ) -> FormDialog:
        dialog = FormDialog(self._context, title, fields, values, send, self, verb=verb)
        dialog.saved.connect(self._refresher.request_now)
        dialog.open()
        return dialog

    async def _patch(self, user: User, changes: dict[str, Any]) -> None:
        await self._context.connection.client.request("PATCH", f"/api/users/{user.id}", json=changes)

    def _switch(self, users: list[User], *, disabled: bool) -> None:
        self._context.background.start(self._switch_now(users, disabled=disabled), name="change people")

    async def _switch_now(self, users: list[User], *, disabled: bool) -> None:
        for user in users:
            await self._patch(user, {"disabled": disabled})
        names = enumeration(user.username for user in users)
        words = tr("Disabled %1", names) if disabled else tr("Enabled %1", names)

        async def take_back() -> None:
            for user in users:
                await self._patch(user, {"disabled": user.disabled})
            self._refresher.request_now()

        self._context.undo.push(words, take_back)
        self._refresher.request_now()

    def _show_events(self, user: User) -> None:
        parent = self.parent()
        while parent is not None and not hasattr(parent, "follow"):
            parent = parent.parent()
        if parent is not None:
            parent.follow.emit("audit_log", {"q": user.username})

    def _ask_remove(self, users: list[User]) -> None:
        one = users[0]
        dialog = ConfirmDialog(
            self,
            question=tr("Remove %1?", one.username),
            effect=tr(
                "The user can no longer sign in, and their tokens stop working. Their actions stay in the audit log."
            ),
            verb=tr("Remove"),
            typed=one.username,
        )
        dialog.accepted.connect(lambda: self._context.background.start(self._remove(one), name="remove person"))
        dialog.open()

    async def _remove(self, user: User) -> None:
        await self._context.connection.client.request("DELETE", f"/api/users/{user.id}")
        self._refresher.request_now()

    async def _load(self) -> None:
        try:
            answer = await self._context.connection.client.request("GET", "/api/users")
        except ForbiddenError:
            self.model.set_rows([])
            self.table.hide()
            self._empty.show()
            grants_some = self._context.permissions.access.permits_somewhere(Permission.ADMIN)
            self._is_refused = True
            self._empty.show_text(
                tr("Only administrators can see the users."), tr("Grants in your folders…") if grants_some else ""
            )
            return
        self._is_refused = False
        users = [User.model_validate(one) for one in answer["data"]]
        self.model.set_rows(users)
        self.table.setVisible(bool(users))
        self._empty.setVisible(not users)
        self._empty.show_text(tr("No users yet."), tr("Add user"))
        self.card.aside.setText(tr("%1 users", number(len(users))))
