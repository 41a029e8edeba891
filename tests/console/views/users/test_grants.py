"""Grants in the console: an administrator gives and takes them, and a user is offered what is permitted."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.connection.permissions import access_in
from console.options import Options
from console.views.tasks.editor import TaskEditor
from console.views.tasks.view import TasksView
from console.views.users.grants_dialog import GrantsDialog
from console.views.users.view import UsersView
from console.widgets.confirm import ConfirmDialog
from shared.access import Access, GrantedFolder
from shared.enums import Permission
from shared.models.auth import SignedInUser
from tests.console.conftest import Play, button, dialog_of, drive, undone, until
from tests.local_process import LocalProcess

FOR_GOOD = {"connection"}
"""Background jobs that run as long as the console."""
USER = {"id": 7, "username": "anna", "role": "viewer", "created_at": "2026-11-29T00:00:00Z", "scope": "read"}


def test_an_administrator_grants_and_removes(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        person = {"username": "grants-anna", "password": "long enough by far", "role": "member"}
        await client.request("POST", "/api/users", json=person)
        await client.create_task({"name": "for grants", "folder": "grants/daily", "executor": "noop"})
        console.window.show_view("users")
        view = console.window.current
        assert isinstance(view, UsersView)
        people = view.people

        def anna() -> list[Any]:
            return [user for user in people.model.rows if user.username == "grants-anna"]

        await until(lambda: bool(anna()), people.model.rowsInserted, people.model.modelReset)
        people.table.act(people.table.row_action("grants"), anna())
        dialog = await dialog_of(GrantsDialog)
        assert "grants-anna" in dialog.windowTitle()
        assert dialog.subject.text() == "grants-anna"
        await until(lambda: dialog.folder.completer() is not None, console.background.ended)
        folders = dialog.folder.completer().model()
        assert isinstance(folders, QStringListModel)
        assert {"grants", "grants/daily"} <= set(folders.stringList())
        dialog.folder.setText("grants")
        dialog.permission.setCurrentIndex(dialog.permission.findData("run"))
        dialog.add.click()
        await until(lambda: bool(dialog.model.rows), dialog.model.rowsInserted, dialog.model.modelReset)
        (made,) = dialog.model.rows
        assert (made.folder, made.permission, made.user) == ("grants", Permission.RUN, "grants-anna")
        dialog.subject.setText("nobody-of-this-name")
        dialog.add.click()
        question = await dialog_of(ConfirmDialog)
        assert question.windowTitle() == "Grant in all folders?"
        question.go.click()
        await until(lambda: "does not exist" in dialog.problem.text(), console.background.ended)
        dialog.table.act(dialog.table.row_action("remove"), [made])
        await until(lambda: not dialog.model.rows, console.background.ended)
        await undone(console, "grants-anna")
        assert [one.folder for one in await client.list_grants(user="grants-anna")] == ["grants"]
        dialog.accept()

    play(scenario)


def test_what_is_not_permitted_is_disabled_and_says_why(play: Play) -> None:
    async def scenario(console: Console) -> None:
        permissions = console.context.permissions
        client = console.connection.client
        task = await client.create_task({"name": "not mine", "folder": "grants/other", "executor": "noop"})
        await until(lambda: permissions.is_admin, permissions.changed)
        console.window.show_view("tasks")
        view = console.window.current
        assert isinstance(view, TasksView)
        run, delete = (view.table.row_action(name) for name in ("run_now", "delete"))
        assert run.can_do(task)
        permissions.access = Access(None, (GrantedFolder("grants", Permission.RUN),))
        assert run.can_do(task)
        assert not delete.can_do(task)
        assert delete.why_refused([task]) == "You need the permission “Edit” in the folder grants/other."
        other = task.model_copy(update={"folder": "elsewhere"})
        assert run.why_refused([other]) == "You need the permission “Run” in the folder elsewhere."
        assert run.why_refused([task, other]) == "", "it is done to those that are permitted"
        view.mark(task.id)
        await until(lambda: bool(view.table.selected()), view.table.selectionModel().selectionChanged)
        permissions.changed.emit()
        buttons = {action.id: button for button, action in view.footer.buttons}
        assert buttons["run_now"].isEnabled()
        assert not buttons["delete"].isEnabled()
        assert "permission" in buttons["delete"].toolTip()
        view.table.act(delete, [task])
        assert QApplication.activeModalWidget() is None, "nothing is asked"
        view.task_actions.edit(task)
        editor = await dialog_of(TaskEditor)
        save = button(editor, "Save changes")
        assert not save.isEnabled()
        assert save.toolTip() == delete.why_refused([task])
        editor.reject()
        await client.request("DELETE", f"/api/tasks/{task.id}")

    play(scenario)


def test_a_member_meets_no_refusal_in_what_the_console_offers(
    qapp: QApplication, local_backend: LocalProcess, tmp_path: Path
) -> None:
    url, admin = local_backend.address.url, {"Authorization": f"Bearer {local_backend.address.token}"}
    with httpx.Client(base_url=url, headers=admin) as http:
        person = {"username": "grants-bob", "password": "long enough by far", "role": "member"}
        assert http.post("/api/users", json=person).status_code == 201
        task = {"name": "of grants-bob", "folder": "grants/bob", "executor": "noop"}
        assert http.post("/api/tasks", json=task).status_code == 201
        granted = {"user": "grants-bob", "folder": "grants/bob", "permission": "edit"}
        grant_id = http.post("/api/grants", json=granted).json()["data"]["id"]
        tokens = http.post("/api/auth/login", json={"username": "grants-bob", "password": "long enough by far"})
        token = tokens.json()["data"]["access_token"]

    async def scenario(console: Console) -> None:
        """`drive` checks that no background job failed."""
        await until(lambda: console.context.permissions.is_member, console.context.permissions.changed)
        buttons = console.window.side_bar.buttons
        assert [name for name, button in buttons.items() if button.isHidden()] == ["workers", "audit_log"]
        for name in ("overview", "runs", "queue", "graph", "agenda", "alerts", "users", "tasks"):
            console.window.show_view(name)
            await until(lambda: not console.background.running - FOR_GOOD, console.background.ended)
        view = console.window.current
        assert isinstance(view, TasksView)
        assert view.table.rows_model.rowCount() == 1
        async with httpx.AsyncClient(base_url=url, headers=admin) as other:
            await other.delete(f"/api/grants/{grant_id}")
        await until(lambda: not view.table.rows_model.rowCount(), console.background.ended)

    options = Options(data_dir=tmp_path, url=url, token=token, allows_http=True)
    drive(qapp, options, tmp_path / "settings.ini", scenario)


@pytest.mark.parametrize(
    ("answer", "access"),
    [
        (USER, Access(Permission.READ, (), Permission.READ)),
        ({**USER, "permission": None, "folders": []}, Access(None)),
        (
            {**USER, "permission": "read", "folders": [{"folder": "a", "permission": "edit"}]},
            Access(Permission.READ, (GrantedFolder("a", Permission.EDIT),)),
        ),
    ],
    ids=["of a former version", "nothing", "more in a folder"],
)
def test_the_answer_of_the_backend_is_what_is_offered(answer: dict[str, Any], access: Access) -> None:
    assert access_in(SignedInUser.model_validate(answer)) == access
