"""What users and groups may do in folders: listed, granted, removed."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.connection.errors import explain
from console.connection.permissions import permission_words
from console.context import Context
from console.theme.glyphs import Glyph
from console.widgets.boxes import ComboBox
from console.widgets.confirm import ConfirmDialog
from console.widgets.data_table import DataTable
from console.widgets.row_action import RowAction
from console.widgets.surfaces import EmptyState, label
from console.widgets.table_model import Column, RowsModel
from console.words import Times, absolute, tr
from shared.enums import Permission
from shared.errors import TaskdeckError
from shared.models.grant import Grant

_FOLDER_WIDTH = 200
_PERMISSION_LETTERS = 14
_BESIDE_ITEM = 16


def _permissions() -> list[tuple[str, Permission]]:
    return [
        (tr("Read"), Permission.READ),
        (tr("Run: also triggers, cancels and retries"), Permission.RUN),
        (tr("Edit: also creates, changes and deletes tasks"), Permission.EDIT),
        (tr("Administer: also grants in the folder"), Permission.ADMIN),
    ]


def grant_columns(times: Times) -> list[Column[Grant]]:
    return [
        Column(
            tr("Folder"),
            lambda grant: grant.folder or tr("all folders"),
            stretches=True,
            tooltip=lambda grant: grant.folder,
        ),
        Column(tr("Permission"), lambda grant: permission_words(grant.permission), widest="Administer"),
        Column(
            tr("User or group"),
            lambda grant: grant.user if grant.user is not None else tr("group %1", grant.group),
            glyph=lambda grant: Glyph.TICK if grant.user is not None else Glyph.RING,
            widest="group finance-oncall",
        ),
        Column(
            tr("Granted"),
            lambda grant: times.show(grant.created_at),
            widest="11-23 19:00:00",
            is_muted=True,
            tooltip=lambda grant: absolute(grant.created_at),
        ),
        Column(tr("By"), lambda grant: grant.created_by, widest="wei.zhang", is_muted=True),
    ]


class GrantsDialog(QDialog):
    """The grants in the folders that the user administers, of one user at first if `username` is given."""

    def __init__(self, context: Context, parent: QWidget, *, username: str = "") -> None:
        super().__init__(parent)
        self._context = context
        self._username = username
        self.setWindowTitle(tr("Grants of %1", username) if username else tr("Grants"))
        self.resize(800, 460)
        self.model: RowsModel[Grant] = RowsModel(grant_columns(context.times), key=lambda grant: grant.id)
        self.table = DataTable(self.model, context.theme, [self._remove_action()])
        self.table.setAccessibleName(tr("Grants"))
        self.table.delete_wanted.connect(lambda grants: self._start(self._remove(grants)))
        self.empty = EmptyState()
        self.empty.show_text(
            tr("No grants yet. A role applies to all folders; a grant adds permissions in one folder.")
        )
        self.all = QCheckBox(tr("All users and groups"))
        self.all.setVisible(bool(username))
        self.all.toggled.connect(lambda _on: self._start(self._load()))
        self.kind = ComboBox()
        self.kind.addItem(tr("User"), "user")
        self.kind.addItem(tr("Group"), "group")
        self.subject = QLineEdit(username)
        self.folder = QLineEdit()
        self.folder.setPlaceholderText(tr("finance/daily; empty: all folders"))
        self.folder.setMinimumWidth(_FOLDER_WIDTH)
        self.permission = ComboBox()
        # Its list explains each permission; the box itself may be narrower than that.
        self.permission.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.permission.setMinimumContentsLength(_PERMISSION_LETTERS)
        for words, permission in _permissions():
            self.permission.addItem(words, permission.value)
        popup = self.permission.view()
        popup.setMinimumWidth(popup.sizeHintForColumn(0) + 2 * _BESIDE_ITEM)
        self.add = QPushButton(tr("Grant"))
        self.add.setObjectName("primary")
        self.add.clicked.connect(self._begin)
        self.problem = label("", "fieldError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out()
        self.folder.setFocus()
        self._start(self._load())
        self._start(self._load_folders())

    def _lay_out(self) -> None:
        explanation = label(
            tr(
                "A grant takes effect immediately. It adds permissions in its folder and all subfolders to those of "
                "the role."
            ),
            "secondary",
        )
        explanation.setWordWrap(True)
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(3)
        for place, (words, field) in enumerate(
            (
                (tr("For"), self.kind),
                (tr("Name"), self.subject),
                (tr("Folder"), self.folder),
                (tr("Permission"), self.permission),
            )
        ):
            caption = label(words, "secondary")
            caption.setBuddy(field)
            field.setAccessibleName(words)
            form.addWidget(caption, 0, place)
            form.addWidget(field, 1, place)
        form.addWidget(self.add, 1, 4)
        form.setColumnStretch(2, 1)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.all)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(explanation)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)

    def _remove_action(self) -> RowAction[Grant]:
        return RowAction(
            id="remove",
            text=lambda: tr("Remove grant"),
            do=lambda grants: self._start(self._remove(grants)),
            icon_name="delete",
        )

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.background.start(work, name="grants")

    async def _load(self) -> None:
        user = None if self.all.isChecked() or not self._username else self._username
        found = await self._context.connection.client.list_grants(user=user)
        if isValid(self):
            self.model.set_rows(found)
            self.table.setVisible(bool(found))
            self.empty.setVisible(not found)

    async def _load_folders(self) -> None:
        """Complete the folders that contain tasks, and those above them."""
        folders = await self._context.connection.client.task_folders()
        if not isValid(self):
            return
        parts = [one.path.split("/") for one in folders if one.path]
        paths = sorted({"/".join(path[:length]) for path in parts for length in range(1, len(path) + 1)})
        completer = QCompleter(paths, self.folder)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.folder.setCompleter(completer)

    def _begin(self) -> None:
        """Grant, after a question where it is for all folders: an empty field may be an oversight."""
        if self.folder.text().strip():
            self._start(self._add())
            return
        permission = permission_words(Permission(self.permission.currentData()))
        dialog = ConfirmDialog(
            self,
            question=tr("Grant in all folders?"),
            effect=tr("%1 gets the permission “%2” in every folder.", self.subject.text().strip(), permission),
            verb=tr("Grant"),
        )
        dialog.accepted.connect(lambda: self._start(self._add()))
        dialog.open()

    async def _add(self) -> None:
        name = self.subject.text().strip()
        is_user = self.kind.currentData() == "user"
        self.problem.hide()
        try:
            await self._context.connection.client.add_grant(
                self.folder.text(),
                Permission(self.permission.currentData()),
                user=name if is_user else None,
                group=None if is_user else name,
            )
        except TaskdeckError as error:
            if not isValid(self):  # closed while it was sent: the window shows the error
                raise
            words = "; ".join(one.message for one in error.errors)
            self.problem.setText(words or explain(error).text)
            self.problem.show()
            return
        if isValid(self):
            self.folder.clear()
            await self._load()

    async def _remove(self, grants: list[Grant]) -> None:
        client = self._context.connection.client
        for one in grants:
            await client.remove_grant(one.id)

        async def take_back() -> None:
            for one in grants:
                await client.add_grant(one.folder, one.permission, user=one.user, group=one.group)
            if isValid(self):
                await self._load()

        words = tr("Removed a grant of %1", grants[0].user or grants[0].group)
        self._context.undo.push(words, take_back)
        if isValid(self):
            await self._load()
