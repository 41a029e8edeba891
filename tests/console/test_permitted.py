"""Each action that an account may never do is disabled, with the reason as its tooltip."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.options import Options
from console.views.known_views import VIEWS
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.view import TasksView
from tests.api_calls import make_user
from tests.console.conftest import button, dialog_of, drive, until
from tests.local_process import LocalProcess

FOR_GOOD = {"connection"}
PASSWORD = "long enough by far"
ONLY_LOOKS = {
    "edit",
    "history",
    "show_audit_log",
    "show_faults",
    "show_object",
    "show_run",
    "show_runs",
    "show_task",
    "only_this_person",
    "subscribe",
}
"""Actions that change nothing on the backend. `edit` of a task is refused in its folder, which a viewer may read."""
OFFERED_TO_ALL = {"New token"}
"""Primary actions that concern what is one's own."""


@contextmanager
def signed_in(backend: LocalProcess, name: str, role: str, tmp_path: Path) -> Iterator[Options]:
    url, token = backend.address.url, backend.address.token
    make_user(url, token, name, PASSWORD, role=role)
    answer = httpx.post(f"{url}/api/auth/login", json={"username": name, "password": PASSWORD})
    yield Options(data_dir=tmp_path, url=url, token=answer.json()["data"]["access_token"], allows_http=True)


async def loaded(console: Console) -> None:
    await until(lambda: not console.background.running - FOR_GOOD, console.background.ended)


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_who_may_change_nothing_is_offered_no_change(
    qapp: QApplication, local_backend: LocalProcess, tmp_path: Path, role: str
) -> None:
    admin = {"Authorization": f"Bearer {local_backend.address.token}"}
    with httpx.Client(base_url=local_backend.address.url, headers=admin) as http:
        assert http.put("/api/calendars/offered-to-nobody", json={"dates": ["2026-12-25"]}).is_success

    async def scenario(console: Console) -> None:
        window, permissions = console.window, console.context.permissions
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        await permissions.loaded()
        for spec in VIEWS:
            if window.side_bar.buttons[spec.name].isHidden():
                continue
            window.show_view(spec.name)
            view = window.current
            await loaded(console)
            if view.primary_action() and view.primary_action() not in OFFERED_TO_ALL:
                assert not window.strip.primary.isEnabled(), spec.name
                assert window.strip.primary.toolTip() == view.primary_refusal() != ""
            for table in view.tables:
                rows = [table.rows_model.row_at(place) for place in range(table.rows_model.rowCount())]
                for action in table.row_actions:
                    fitting = [row for row in rows if row is not None and action.applies(row)]
                    if fitting and action.id not in ONLY_LOOKS and view.name != "users":
                        assert action.why_refused(fitting), (spec.name, action.id)
        actions = {action.id: action for action in window.all_actions()}
        assert not actions["task.new"].can_run
        assert "Edit" in actions["task.new"].refusal()
        for button_of in window.greeting.steps.values():
            assert not button_of.isEnabled()

        window.show_view("tasks")
        view = window.current
        assert isinstance(view, TasksView)
        view.menu.fill()
        [entry] = [one for one in view.menu.menu.actions() if one.text() == "Import a crontab…"]
        assert not entry.isEnabled()
        assert "Edit" in entry.toolTip()
        # A deep link or a window that was open before the grant was removed leads here.
        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        for words in ("Test run", "Create task", "Save and run"):
            assert not button(editor, words).isEnabled()
            assert "Edit" in button(editor, words).toolTip()
        editor.done(0)
        view.task_actions.import_crontab()
        dialog = await dialog_of(CrontabDialog)
        dialog.text.setPlainText("0 3 * * * /usr/local/bin/backup.sh")
        await until(lambda: bool(dialog.chosen()), dialog.text.textChanged, console.background.ended)
        assert not dialog.go.isEnabled()
        assert "Edit" in dialog.go.toolTip()
        dialog.done(0)

    with signed_in(local_backend, f"offered-{role}", role, tmp_path) as options:
        drive(qapp, options, tmp_path / "settings.ini", scenario)
