"""One kind of object: a table, and a form that creates or changes one."""

from typing import Any
from urllib.parse import quote

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.connection.refresher import Refresher
from console.context import Context
from console.views.policies.form_dialog import FormDialog
from console.views.policies.resource import ResourceSpec
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable
from console.widgets.row_action import ActionGroup, RowAction
from console.widgets.surfaces import Card, EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import tr
from shared.enums import Role
from shared.errors import TaskdeckError


class ResourcePage(QWidget):
    """The objects of one kind; it loads when asked, and opens the forms."""

    def __init__(self, context: Context, spec: ResourceSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._context = context
        self._refresher = Refresher(context.background, self._load, name=spec.name, parent=self)
        columns = [
            Column(
                one.title(),
                one.read,
                stretches=place == 0,
                widest=one.widest,
                is_number=one.is_number,
                is_muted=place > 0,
                grows=place > 0,
                tooltip=one.read,
            )
            for place, one in enumerate(spec.columns)
        ]
        self.model: RowsModel[dict[str, Any]] = RowsModel(columns, key=lambda row: row[spec.key])
        actions = [
            RowAction(
                id="remove",
                text=spec.verb,
                do=self.ask_remove,
                icon_name="delete" if not spec.removal else "cancel",
                group=ActionGroup.END,
                refusal=lambda _row: self.refusal(),
            )
        ]
        if not spec.is_posted and spec.make is not None:
            actions.insert(
                0,
                RowAction(
                    id="edit",
                    text=lambda: tr("Edit…"),
                    do=self._edit_first,
                    icon_name="edit",
                    refusal=lambda _row: self.refusal(),
                ),
            )
        if spec.trial:
            actions.insert(
                1,
                RowAction(
                    id="test",
                    text=lambda: tr("Send a test message"),
                    do=self.send_test,
                    icon_name="play",
                    refusal=lambda _row: self.refusal(),
                ),
            )
        self.table = DataTable(self.model, context.theme, actions)
        self.table.opened.connect(lambda row: self.edit(row))
        remove = self.table.row_action("remove")
        self.table.delete_wanted.connect(lambda rows: self.table.act(remove, rows))
        self.told = label("", "secondary")
        self._empty = EmptyState()
        self._empty.hide()
        self._empty.step.clicked.connect(lambda: self.edit(None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        card = Card()
        card.title.hide()
        card.aside.hide()
        card.body.setContentsMargins(1, 1, 1, 8)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._empty, 1)
        self.told.setVisible(bool(spec.trial))
        layout.addWidget(card, 1)
        layout.addWidget(self.told)

    def refusal(self) -> str:
        """Return why the user may change none of the objects; empty where it is permitted."""
        permissions, needed = self._context.permissions, self.spec.needed
        if isinstance(needed, Role):
            return permissions.why_not_by_role(needed)
        return permissions.why_nowhere(needed)

    def make_words(self) -> str:
        """Return the name of the action that creates an object; empty where none can be created here."""
        return self.spec.make() if self.spec.make is not None else ""

    def refresh(self) -> None:
        """Load the page again."""
        self._refresher.request()

    def edit(self, row: dict[str, Any] | None) -> FormDialog | None:
        """Open the form of an object, or of a new one when None."""
        spec = self.spec
        if spec.make is None or (row is not None and spec.is_posted) or self.refusal():
            return None
        fields = [one for one in spec.fields if row is None or one.name != spec.key]

        async def send(body: dict[str, Any]) -> None:
            client = self._context.connection.client
            if spec.prepare is not None:
                body = await spec.prepare(client, body)
            if spec.is_posted:
                await client.request("POST", spec.path, json=body)
                return
            name = str(row[spec.key] if row is not None else body.pop(spec.key) or "")
            await client.request("PUT", f"{spec.path}/{quote(name, safe='')}", json=body)

        async def tried(body: dict[str, Any]) -> str:
            return await self._trial_words(str(row[spec.key] if row is not None else body[spec.key]))

        title = spec.make() if row is None else str(row[spec.key])
        verb = tr("Create") if row is None else tr("Save")
        draft = f"{spec.path}/" + ("new" if row is None else quote(str(row[spec.key]), safe=""))
        dialog = FormDialog(
            self._context,
            title,
            fields,
            row or {},
            send,
            self,
            verb=verb,
            draft=draft,
            trial=tried if spec.trial else None,
        )
        dialog.saved.connect(self._refresher.request_now)
        dialog.open()
        return dialog

    def _edit_first(self, rows: list[dict[str, Any]]) -> None:
        self.edit(rows[0])

    def send_test(self, rows: list[dict[str, Any]]) -> None:
        self._context.background.start(self._send_trial(str(rows[0][self.spec.key])), name="test message")

    async def _send_trial(self, name: str) -> None:
        self.told.setText(tr("%1: sending a test message…", name))
        try:
            words = await self._trial_words(name)
        except TaskdeckError:
            self.told.setText("")
            raise
        self.told.setText(words)

    async def _trial_words(self, name: str) -> str:
        """Send a test message and return whether it was delivered, as words."""
        path = f"{self.spec.path}/{quote(name, safe='')}{self.spec.trial}"
        outcome = (await self._context.connection.client.request("POST", path))["data"]
        if outcome["status"] == "sent":
            return tr("%1: delivered", name)
        return tr("%1: not delivered: %2", name, outcome["error"])

    def ask_remove(self, rows: list[dict[str, Any]]) -> None:
        row = rows[0]
        name = str(self.spec.columns[0].read(row))
        spec = self.spec
        keep = tr("Do not cancel") if spec.removal else ""
        dialog = ConfirmDialog(self, question=spec.question(name), effect=spec.effect(), verb=spec.verb(), keep=keep)
        dialog.accepted.connect(lambda: self._context.background.start(self._remove(row), name="remove"))
        dialog.open()

    async def _remove(self, row: dict[str, Any]) -> None:
        path = f"{self.spec.path}/{quote(str(row[self.spec.key]), safe='')}"
        method = "POST" if self.spec.removal else "DELETE"
        await self._context.connection.client.request(method, path + self.spec.removal)
        self._refresher.request_now()

    async def _load(self) -> None:
        answer = await self._context.connection.client.request("GET", self.spec.path)
        self.model.set_rows(answer["data"])
        self.table.setVisible(bool(answer["data"]))
        self._empty.setVisible(not answer["data"])
        self._empty.show_text(self.spec.empty(), self.make_words(), refusal=self.refusal())
