"""The user's own tokens for scripts; the value of a token is shown once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.theme.glyphs import Glyph
from console.views.policies.form_dialog import FormDialog
from console.views.policies.form_field import FormField
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.secret_dialog import SecretDialog
from console.widgets.surfaces import Card, EmptyState
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, tr
from shared.enums import Scope
from shared.errors import FieldError, ValidationFailedError
from shared.models.auth import ApiToken


def is_over(token: ApiToken, now: datetime) -> bool:
    """Whether a token has expired."""
    return token.expires_at is not None and token.expires_at <= now


def scope_words(scope: Scope) -> str:
    """Return the name of a scope."""
    return {
        Scope.READ: tr("Read only"),
        Scope.RUN: tr("Run tasks"),
        Scope.EDIT: tr("Edit tasks"),
        Scope.ADMIN: tr("Administer"),
    }[scope]


def _scopes() -> list[tuple[str, Any]]:
    return [
        (Scope.READ, lambda: tr("Read only")),
        (Scope.RUN, lambda: tr("Run tasks: also triggers, cancels and retries")),
        (Scope.EDIT, lambda: tr("Edit tasks: also creates, changes and deletes")),
        (Scope.ADMIN, lambda: tr("Administer: also manages users and policies")),
    ]


def token_columns(times: Times) -> list[Column[ApiToken]]:
    now = datetime.now
    return [
        Column(
            tr("Token"),
            lambda token: token.name,
            glyph=lambda token: Glyph.RING_SLASH if is_over(token, now(UTC)) else Glyph.TICK,
            stretches=True,
        ),
        Column(
            tr("Scope"),
            lambda token: scope_words(token.scope),
            widest=max(map(scope_words, Scope), key=len),
            is_muted=True,
        ),
        Column(
            tr("Created"),
            lambda token: times.show(token.created_at),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda token: absolute(token.created_at),
        ),
        Column(
            tr("Last used"),
            lambda token: times.show(token.last_used_at) or tr("never"),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda token: absolute(token.last_used_at),
        ),
        Column(
            tr("Expires"),
            lambda token: times.show(token.expires_at) or tr("no expiry"),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda token: absolute(token.expires_at),
        ),
    ]


class TokensPage(QWidget):
    """Create a token, see when it was used, delete it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._refresher = Refresher(context.background, self._load, name="tokens", parent=self)
        self.model: RowsModel[ApiToken] = RowsModel(token_columns(context.times), key=lambda token: token.id)
        self.table = DataTable(
            self.model,
            context.theme,
            [
                RowAction(
                    id="delete",
                    text=lambda: tr("Delete…"),
                    do=self._ask_delete,
                    icon_name="delete",
                )
            ],
        )
        self.table.delete_wanted.connect(self._ask_delete)
        self._empty = EmptyState()
        self._empty.step.clicked.connect(self.add)
        self._empty.hide()
        self.shown: SecretDialog | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        row = QHBoxLayout()
        row.addStretch(1)
        self.password = QPushButton(tr("Change password…"))
        self.password.clicked.connect(self.change_password)
        row.addWidget(self.password)
        layout.addLayout(row)
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        layout.addWidget(card, 1)

    def refresh(self) -> None:
        """Load the page again."""
        self._refresher.request()

    def add(self) -> FormDialog:

        def days(text: str) -> int | None:
            return int(text) or None

        fields = [
            FormField(name="name", title=lambda: tr("Purpose"), hint="nightly deploy script"),
            FormField(name="scope", title=lambda: tr("Scope"), choices=_scopes()),
            FormField(
                name="days",
                title=lambda: tr("Expires after"),
                read=days,
                choices=[
                    ("30", lambda: tr("30 days")),
                    ("90", lambda: tr("90 days")),
                    ("365", lambda: tr("1 year")),
                    ("0", lambda: tr("no expiry")),
                ],
            ),
        ]

        async def send(body: dict[str, Any]) -> None:
            lasts = body.pop("days")
            body["expires_at"] = (datetime.now(UTC) + timedelta(days=lasts)).isoformat() if lasts is not None else None
            answer = await self._context.connection.client.request("POST", "/api/tokens", json=body)
            self._show(ApiToken.model_validate(answer["data"]))

        dialog = FormDialog(
            self._context,
            tr("New token"),
            fields,
            {"days": 90, "scope": Scope.READ},
            send,
            self,
            verb=tr("Create token"),
        )
        dialog.saved.connect(self._refresher.request_now)
        dialog.open()
        return dialog

    def change_password(self) -> FormDialog:
        """Open the form for the user's own password; the console goes on with a new session."""

        async def send(body: dict[str, Any]) -> None:
            if body["new_password"] != body["repeated"]:
                raise ValidationFailedError.of("repeated", tr("The two passwords differ."))
            try:
                await self._context.connection.client.change_password(body["current_password"], body["new_password"])
            except ValidationFailedError as error:
                known = {
                    "current_password": tr("This is not your current password."),
                    "new_password": tr("Use 10 to 1,000 characters."),
                }
                raise ValidationFailedError.of_fields(
                    [FieldError(one.field, known.get(one.field, one.message)) for one in error.errors]
                ) from error

        dialog = FormDialog(
            self._context,
            tr("Change password"),
            [
                FormField(name="current_password", title=lambda: tr("Current password"), read=str, is_secret=True),
                FormField(
                    name="new_password",
                    title=lambda: tr("New password (at least 10 characters)"),
                    read=str,
                    is_secret=True,
                    hint=lambda: tr("It ends your other sessions and your tokens."),
                ),
                FormField(name="repeated", title=lambda: tr("New password again"), read=str, is_secret=True),
            ],
            {},
            send,
            self,
            verb=tr("Change password"),
        )
        dialog.saved.connect(self._refresher.request_now)
        dialog.open()
        return dialog

    def _show(self, token: ApiToken) -> None:
        words = tr("The token is shown only once. Copy it now.")
        self.shown = SecretDialog(tr("Token %1", token.name), words, token.token or "", self)
        self.shown.open()

    def _ask_delete(self, tokens: list[ApiToken]) -> None:
        one = tokens[0]
        dialog = ConfirmDialog(
            self,
            question=tr("Delete the token %1?", one.name),
            effect=tr("Programs that use it are rejected from now on."),
            verb=tr("Delete"),
        )
        dialog.accepted.connect(lambda: self._context.background.start(self._delete(one), name="delete token"))
        dialog.open()

    async def _delete(self, token: ApiToken) -> None:
        await self._context.connection.client.request("DELETE", f"/api/tokens/{token.id}")
        self._refresher.request_now()

    async def _load(self) -> None:
        answer = await self._context.connection.client.request("GET", "/api/tokens")
        self.model.set_rows([ApiToken.model_validate(one) for one in answer["data"]])
        has_any = bool(self.model.rows)
        self.table.setVisible(has_any)
        self._empty.setVisible(not has_any)
        self._empty.show_text(
            tr("A token lets a script act with your permissions, without your password. You have no tokens."),
            tr("New token"),
        )
