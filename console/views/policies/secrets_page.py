"""The secrets of the backend: listed without their values, set, deleted."""

from typing import Any
from urllib.parse import quote

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.theme.glyphs import Glyph
from console.views.policies.form_dialog import FormDialog
from console.views.policies.form_field import FormField
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable
from console.widgets.row_action import ActionGroup, RowAction
from console.widgets.surfaces import Card, EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, tr
from shared.enums import Permission
from shared.models.secret import Secret


def secret_columns(times: Times) -> list[Column[Secret]]:
    return [
        Column(
            tr("Secret"),
            lambda secret: secret.name,
            glyph=lambda secret: Glyph.TICK if secret.is_readable else Glyph.RING_SLASH,
            stretches=True,
            tooltip=lambda secret: (
                "" if secret.is_readable else tr("The backend does not have its key %1. Set it again.", secret.key_id)
            ),
        ),
        Column(
            tr("Folder"),
            lambda secret: secret.folder or tr("all"),
            widest="finance/monthly",
            is_muted=True,
            tooltip=lambda secret: secret.folder,
        ),
        Column(
            tr("Last set"),
            lambda secret: times.show(secret.updated_at),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda secret: absolute(secret.updated_at),
        ),
        Column(tr("Set by"), lambda secret: secret.updated_by, widest="wei.zhang", is_muted=True),
        Column(
            tr("Last used"),
            lambda secret: times.show(secret.last_used_at) or tr("never"),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda secret: absolute(secret.last_used_at),
        ),
    ]


class SecretsPage(QWidget):
    """Set a secret, see when it was used, delete it. Its value is sent to the backend and never comes back."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._refresher = Refresher(context.background, self._load, name="secrets", parent=self)
        self.model: RowsModel[Secret] = RowsModel(
            secret_columns(context.times), key=lambda secret: (secret.name, secret.folder)
        )
        self.table = DataTable(
            self.model,
            context.theme,
            [
                RowAction(
                    id="edit",
                    text=lambda: tr("Set another value…"),
                    do=lambda secrets: self.edit(secrets[0]),
                    icon_name="edit",
                    refusal=self._may_not,
                ),
                RowAction(
                    id="delete",
                    text=lambda: tr("Delete…"),
                    do=self.ask_remove,
                    icon_name="delete",
                    group=ActionGroup.END,
                    refusal=self._may_not,
                ),
            ],
        )
        edit, delete = self.table.row_action("edit"), self.table.row_action("delete")
        self.table.opened.connect(lambda secret: self.table.act(edit, [secret]))
        self.table.delete_wanted.connect(lambda secrets: self.table.act(delete, secrets))
        self._empty = EmptyState()
        self._empty.step.clicked.connect(lambda: self.edit(None))
        self._empty.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        row = QHBoxLayout()
        use = label(tr("A task uses a secret as ${secret:NAME}. Nobody can read its value."), "secondary")
        row.addWidget(use, 1)
        layout.addLayout(row)
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        layout.addWidget(card, 1)

    def make_words(self) -> str:
        """Return the name of the action that creates a secret."""
        return tr("New secret")

    def refusal(self) -> str:
        """Return why the user may set no secret; empty where it is permitted."""
        return self._context.permissions.why_nowhere(Permission.ADMIN)

    def _may_not(self, secret: Secret) -> str:
        return self._context.permissions.why_not(secret.folder, Permission.ADMIN)

    def refresh(self) -> None:
        """Load the page again."""
        self._refresher.request()

    def edit(self, secret: Secret | None) -> FormDialog:
        """Open the form for another value of a secret, or for a new one when None."""
        fields = [
            FormField(
                name="value",
                title=lambda: tr("Value (at least 4 characters; it cannot be shown later)"),
                read=lambda text: text.rstrip("\n"),
                has_lines=True,
            )
        ]
        if secret is None:
            fields = [
                FormField(name="name", title=lambda: tr("Name"), hint="DB_PASSWORD", read=str.strip),
                FormField(
                    name="folder",
                    title=lambda: tr("Folder whose tasks may use it, with its subfolders (empty: all)"),
                    read=str.strip,
                    hint="finance",
                ),
                *fields,
            ]

        async def send(body: dict[str, Any]) -> None:
            name = secret.name if secret is not None else str(body.pop("name"))
            folder = secret.folder if secret is not None else body["folder"]
            await self._context.connection.client.request(
                "PUT", f"/api/secrets/{quote(name, safe='')}", json={"value": body["value"], "folder": folder}
            )

        title = tr("New secret") if secret is None else secret.name
        dialog = FormDialog(self._context, title, fields, {}, send, self, verb=tr("Save secret"))
        dialog.saved.connect(self._refresher.request_now)
        dialog.open()
        return dialog

    def ask_remove(self, secrets: list[Secret]) -> None:
        one = secrets[0]
        dialog = ConfirmDialog(
            self,
            question=tr("Delete the secret %1?", one.name),
            effect=tr("Tasks that use it fail from now on, unless their worker has a secret of this name."),
            verb=tr("Delete"),
        )
        dialog.accepted.connect(lambda: self._context.background.start(self._remove(one), name="delete secret"))
        dialog.open()

    async def _remove(self, secret: Secret) -> None:
        path = f"/api/secrets/{quote(secret.name, safe='')}"
        await self._context.connection.client.request("DELETE", path, params={"folder": secret.folder})
        self._refresher.request_now()

    async def _load(self) -> None:
        answer = await self._context.connection.client.request("GET", "/api/secrets")
        found = [Secret.model_validate(one) for one in answer["data"]]
        self.model.set_rows(found)
        self.table.setVisible(bool(found))
        self._empty.setVisible(not found)
        words = tr("Passwords and keys that tasks use. They are encrypted, and nobody can read them.")
        self._empty.show_text(words, self.make_words(), refusal=self.refusal())
