"""What an operator does in the window, on a real backend."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox

from console.application import Console
from console.connection.backend_connection import ConnectionState
from console.connection.endpoint import RemoteEndpoint
from console.connection.saved_connections import host_of
from console.connection_dialog import ConnectionDialog
from console.options import Options
from console.translation import speak
from console.views.agenda.words import first_weekday
from console.views.overview.view import OverviewView
from console.views.run.view import RunView
from console.views.runs.view import RunsView
from console.views.tasks.editor import TaskEditor
from console.views.tasks.view import TasksView
from console.views.workers.view import WorkersView
from console.widgets.confirm import ConfirmDialog
from console.words import number
from shared.enums import RunStatus, TaskStatus
from shared.errors import ConflictError
from shared.models.run import Run
from shared.models.task import Task
from tests.api_calls import make_user
from tests.console.conftest import Play, activate, button, dialog_of, drive, line_edit, until, words_in
from tests.free_port import free_port
from tests.local_process import LocalProcess


def tasks_of(console: Console) -> TasksView:
    console.window.show_view("tasks")
    view = console.window.current
    assert isinstance(view, TasksView)
    return view


def runs_of(console: Console) -> RunsView:
    console.window.show_view("runs")
    view = console.window.current
    assert isinstance(view, RunsView)
    return view


def changes_of(view: TasksView | RunsView | WorkersView) -> tuple[object, ...]:
    model = view.model
    return model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset, model.layoutChanged


async def until_shown(view: TasksView | RunsView | WorkersView, predicate: Callable[[], bool]) -> None:
    await until(predicate, *changes_of(view))  # type: ignore[arg-type]


def start_sign_in(dialog: ConnectionDialog, address: str, username: str, password: str) -> None:
    dialog.add.click()
    for caption, text in (("Address", address), ("User name", username), ("Password", password)):
        line_edit(dialog, caption).setText(text)
    QTest.keyClick(line_edit(dialog, "Password"), Qt.Key.Key_Return)


async def make_task(console: Console, **fields: object) -> Task:
    return await console.connection.client.create_task({"executor": "shell", **fields})


def test_the_first_screen_lives(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = console.window.current
        assert isinstance(view, OverviewView)
        next_up, workers = view.next_up.rows_model, view.workers.rows_model
        await until(
            lambda: next_up.rowCount() > 0 and workers.rowCount() > 0, next_up.rowsInserted, workers.rowsInserted
        )
        assert {next_up.index(place, 0).data() for place in range(next_up.rowCount())} <= {
            "disk-usage-home",
            "backend-ready",
            "backup-own-database",
            "rotate-old-logs",
            "load-report",
            "flaky-upload",
            "extract-orders",
            "report-orders",
            "extract-customers",
            "collect-hourly",
            "summarise-day",
        }
        _busy, slots = workers.index(0, 1).data().split("/")
        assert int(slots) >= 4

    play(scenario)


def test_a_task_is_typed_created_run_and_deleted(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        view.do_primary_action()
        editor = await dialog_of(TaskEditor)
        assert isinstance(editor, TaskEditor)
        editor.set_text("schedule", "61 * * * *")
        await until(lambda: "minute" in editor.error_of("schedule"), editor.checking.timeout)
        assert editor.error_of("name") == ""
        editor.set_text("schedule", "30 8 * * 1-5")
        editor.set_text("timezone", "Asia/Shanghai")
        await until(lambda: "08:30:00 CST" in editor.preview, editor.checking.timeout)
        assert editor.error_of("schedule") == ""
        editor.save_now()
        assert "Enter a name" in editor.error_of("name")
        editor.set_text("name", "typed-in")
        editor.set_text("command", "echo typed; echo wrong >&2; sleep 0.2; echo done")
        editor.save_now()
        await until_shown(view, lambda: any(task.name == "typed-in" for task in view.model.rows))
        task = next(task for task in view.model.rows if task.name == "typed-in")
        assert task.timezone == "Asia/Shanghai"
        assert view.table.selected() == [task]
        assert console.window.toast.words.text() == "typed-in was created."

        view.table.act(view.table.row_action("run_now"), [task])
        await until(lambda: console.window.current.name == "run", console.window.view_shown)
        page = console.window.current
        assert isinstance(page, RunView)
        await until(lambda: "done" in page.log.toPlainText(), page.log.textChanged)
        assert sorted(page.log.toPlainText().split()) == ["done", "typed", "wrong"]
        runs = runs_of(console)
        await until_shown(
            runs, lambda: any(r.task_name == "typed-in" and r.status is RunStatus.SUCCEEDED for r in runs.model.rows)
        )

        view = tasks_of(console)
        await until_shown(view, lambda: view.model.row_of(task.id) is not None)
        view.table.selectRow(view.model.row_of(task.id) or 0)
        view.table.delete_wanted.emit(view.table.selected())
        dialog = await dialog_of(ConfirmDialog)
        assert isinstance(dialog, ConfirmDialog)
        assert not dialog.go.isEnabled()
        dialog.line.setText("typed-in")
        dialog.go.click()
        await until_shown(view, lambda: view.model.row_of(task.id) is None)

    play(scenario)


def test_a_name_that_is_taken_is_said_beside_the_field(play: Play) -> None:
    async def scenario(console: Console) -> None:
        await make_task(console, name="taken", command="true")
        view = tasks_of(console)
        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        assert isinstance(editor, TaskEditor)
        editor.set_text("name", "taken")
        editor.set_text("command", "true")
        button(editor, "Create task").click()
        await until(lambda: bool(editor.error_of("name")), console.background.ended)
        assert "taken" in editor.error_of("name")
        assert editor.isVisible()
        editor.set_text("command", "false")
        await until(lambda: not editor.checking.isActive(), editor.checking.timeout)
        assert "taken" in editor.error_of("name")
        editor.set_text("name", "not-taken")
        await until(lambda: not editor.error_of("name"), editor.checking.timeout)
        editor.done(0)

    play(scenario)


def test_an_edit_changes_the_task_and_keeps_the_rest(play: Play) -> None:
    async def scenario(console: Console) -> None:
        made = await make_task(console, name="edited", command="true", environment={"A": "1"}, priority="low")
        view = tasks_of(console)
        view.task_actions.edit(made)
        editor = await dialog_of(TaskEditor)
        assert isinstance(editor, TaskEditor)
        editor.set_text("priority", "critical")
        editor.save_now()
        await until_shown(view, lambda: any((task.id, task.version) == (made.id, 2) for task in view.model.rows))
        stored = await console.connection.client.get_task(made.id)
        assert (stored.priority, stored.environment, stored.version) == ("critical", {"A": "1"}, 2)

    play(scenario)


def test_an_editor_that_is_closed_while_it_saves_does_no_harm(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        assert isinstance(editor, TaskEditor)
        editor.set_text("name", "saved-behind-the-back")
        editor.set_text("command", "true")
        editor.save_now()
        editor.done(0)
        await until_shown(view, lambda: any(task.name == "saved-behind-the-back" for task in view.model.rows))

    play(scenario)


def test_pause_and_resume_show_in_the_table(play: Play) -> None:
    async def scenario(console: Console) -> None:
        made = await make_task(console, name="paused-soon", command="true", schedule="0 0 1 1 *")
        view = tasks_of(console)

        def status() -> TaskStatus | None:
            place = view.model.row_of(made.id)
            return None if place is None else view.model.rows[place].status

        await until_shown(view, lambda: status() is TaskStatus.ACTIVE)
        view.table.act(view.table.row_action("pause"), [made])
        await until_shown(view, lambda: status() is TaskStatus.PAUSED)

    play(scenario)


def test_search_finds_and_says_when_nothing_fits(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        await until_shown(view, lambda: len(view.model.rows) > 1)
        view.filter.set_text("disk-usage")
        await until_shown(view, lambda: [task.name for task in view.model.rows] == ["disk-usage-home"])
        view.filter.set_text("no such task at all")
        await until_shown(view, lambda: not view.model.rows)
        assert "No matching" in view.empty.words.text()

    play(scenario)


def test_a_running_run_is_cancelled_from_its_detail(play: Play) -> None:
    async def scenario(console: Console) -> None:
        made = await make_task(console, name="long", command="echo begun; sleep 300")
        run = await console.connection.client.trigger_task(made.id)
        view = runs_of(console)
        view.open(run.id)
        await until(lambda: "begun" in view.detail.log.toPlainText(), view.detail.log.textChanged)

        def now() -> Run | None:
            place = view.model.row_of(run.id)
            return None if place is None else view.model.rows[place]

        await until_shown(view, lambda: (found := now()) is not None and found.status is RunStatus.RUNNING)
        button(view.detail, "Cancel run").click()
        await until_shown(view, lambda: (found := now()) is not None and found.status is RunStatus.CANCELLED)

    play(scenario)


def test_a_worker_is_drained_and_resumed(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("workers")
        view = console.window.current
        assert isinstance(view, WorkersView)
        await until_shown(view, lambda: bool(view.model.rows))
        view.table.act(view.table.row_action("drain"), view.model.rows)
        dialog = await dialog_of(ConfirmDialog)
        assert isinstance(dialog, ConfirmDialog)
        dialog.go.click()
        await until_shown(view, lambda: view.model.rows[0].status == "draining")
        view.table.act(view.table.row_action("resume"), view.model.rows)
        await until_shown(view, lambda: view.model.rows[0].status == "online")

    play(scenario)


def test_views_are_drawn_in_both_themes(play: Play) -> None:
    async def scenario(console: Console) -> None:
        pictures = []
        for theme in ("light", "dark"):
            console.context.theme.choose("light" if theme == "light" else "dark")
            for name in ("overview", "tasks", "runs", "workers"):
                console.window.show_view(name)
                assert console.window.current.name == name
                pictures.append(console.window.grab().toImage())
        assert len({bytes(picture.constBits()) for picture in pictures}) == 8

    play(scenario)


def test_a_lost_connection_is_said_and_made_up_for(qapp: QApplication, tmp_path: Path) -> None:
    backend = LocalProcess(tmp_path / "data")
    backend.start()

    async def scenario(console: Console) -> None:
        link, banner = console.connection, console.window.connection_banner
        await until(lambda: link.is_online, link.state_changed)
        view = tasks_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        await asyncio.to_thread(backend.stop)
        await until(lambda: link.state is ConnectionState.OFFLINE, link.state_changed)
        assert not banner.isHidden()
        assert "not running" in banner.what.text()
        assert "You see data from" in banner.why.text()
        assert view.model.rows, "the last known state stays"
        assert not console.window.strip.primary.isEnabled()
        by_id = {action.id: action for action in console.window.all_actions()}
        assert not by_id["task.new"].is_enabled()
        assert by_id["theme.toggle"].is_enabled()
        assert not view.table.can_act
        await asyncio.to_thread(backend.start)
        await until(lambda: link.is_online, link.state_changed)
        assert banner.isHidden()
        assert view.table.can_act
        await make_task(console, name="after-the-loss", command="true")
        await until_shown(view, lambda: any(task.name == "after-the-loss" for task in view.model.rows))

    try:
        drive(qapp, Options(data_dir=backend.data_dir, is_local=True), tmp_path / "settings.ini", scenario)
    finally:
        backend.stop()


@pytest.fixture
def silent_address() -> str:
    """An address where connections are taken and nothing is ever answered."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    port = listening.getsockname()[1]
    _OPEN.append(listening)
    return f"http://127.0.0.1:{port}"


_OPEN: list[socket.socket] = []


def test_no_view_blocks_while_the_backend_is_slow(qapp: QApplication, tmp_path: Path, silent_address: str) -> None:
    async def scenario(console: Console) -> None:
        ticks: list[int] = []
        done = asyncio.Event()
        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(lambda: ticks.append(1) or (done.set() if len(ticks) >= 40 else None))  # type: ignore[func-returns-value]
        timer.start()
        for name in ("tasks", "runs", "workers", "overview"):
            console.window.show_view(name)
            console.window.current.refresh()
        async with asyncio.timeout(5):
            await done.wait()
        assert console.connection.state is ConnectionState.CONNECTING

    options = Options(data_dir=tmp_path, url=silent_address, token="t")
    drive(qapp, options, tmp_path / "settings.ini", scenario)
    _OPEN.pop().close()


def test_a_backend_that_refuses_the_token_asks_for_a_sign_in(
    qapp: QApplication, tmp_path: Path, local_backend: LocalProcess
) -> None:
    async def scenario(console: Console) -> None:
        await until(lambda: console.connection.state is ConnectionState.SIGNED_OUT, console.connection.state_changed)
        banner = console.window.connection_banner
        assert not banner.isHidden()
        assert banner.action.text() == "Sign in"

    options = Options(data_dir=tmp_path, url=local_backend.address.url, token="wrong")
    drive(qapp, options, tmp_path / "settings.ini", scenario)


def test_the_chooser_says_why_a_sign_in_failed(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.choose_backend()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConnectionDialog)
        start_sign_in(dialog, console.connection.client.base_url, "nobody", "wrong password")
        await until(lambda: "refused" in words_in(dialog), console.background.ended)
        host = host_of(str(console.connection.client.base_url))
        words = f"{host} refused the sign-in of nobody: check the user name and the password."
        assert words in words_in(dialog).splitlines()
        line_edit(dialog, "User name").setText(" ")
        button(dialog, "Sign in").click()
        assert "Enter your user name." in words_in(dialog).splitlines()
        dialog.done(0)

    play(scenario)


def test_a_password_is_sent_in_clear_only_if_the_person_ticks_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.choose_backend()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConnectionDialog)
        box = next(box for box in dialog.findChildren(QCheckBox) if "without encryption" in box.text())
        dialog.add.click()
        for address in ("taskdeck.example", "https://taskdeck.example", "http://localhost:1", "http://[::1"):
            line_edit(dialog, "Address").setText(address)
            assert not box.isVisibleTo(dialog), address
        # 0.0.0.0 is not a loopback address, and yet leads nowhere else than to this machine.
        start_sign_in(dialog, f"http://0.0.0.0:{free_port()}", "somebody", "a long password")
        assert "not encrypted" in words_in(dialog)
        assert box.isVisibleTo(dialog)
        box.click()
        button(dialog, "Sign in").click()
        await until(lambda: "cannot be reached" in words_in(dialog), console.background.ended)
        assert dialog.typed.allows_http
        line_edit(dialog, "Address").setText("https://taskdeck.example")
        assert not dialog.typed.allows_http
        dialog.done(0)

    play(scenario)


def test_a_sign_in_changes_to_the_other_backend(play: Play, local_backend: LocalProcess) -> None:
    url, password = local_backend.address.url, "a long password"
    make_user(url, local_backend.address.token, "console-operator", password, role="operator")

    async def scenario(console: Console) -> None:
        console.choose_backend()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConnectionDialog)
        start_sign_in(dialog, url, "console-operator", password)
        await until(lambda: isinstance(console.connection.endpoint, RemoteEndpoint), console.rebuilt)
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        assert (await console.connection.client.me()).username == "console-operator"
        view = tasks_of(console)
        await until_shown(view, lambda: bool(view.model.rows))
        assert [one.url for one in console.connections.all()] == ["", url]

    play(scenario)


def test_an_error_stays_in_its_view_and_moves_nothing(play: Play) -> None:
    async def scenario(console: Console) -> None:
        window = console.window
        window.show_view("tasks")
        await activate(window)
        central = window.centralWidget()
        layout = central.layout() if central is not None else None
        assert layout is not None
        layout.activate()
        before = window.current.mapTo(window, QPoint())
        window.show_error(ConflictError("Nothing was changed."))
        assert not window.error_banner.isHidden()
        layout.activate()
        assert window.current.mapTo(window, QPoint()) == before
        window.show_view("runs")
        assert window.error_banner.isHidden()
        window.show_view("tasks")
        assert "Nothing was changed." in words_in(window.error_banner)
        window.error_banner.dismiss.click()
        window.show_view("runs")
        window.show_view("tasks")
        assert window.error_banner.isHidden()

    play(scenario)


def test_the_window_is_named_after_view_and_backend(play: Play) -> None:
    async def scenario(console: Console) -> None:
        for name in ("agenda", "queue"):
            console.window.show_view(name)
            where = console.context.saved_connection.shown_name
            assert console.window.windowTitle() == f"{console.window.current.title()} — {where} — Taskdeck"

    play(scenario)


def test_numbers_have_separators_where_the_system_has_no_language(qapp: QApplication) -> None:
    before = QLocale()
    try:
        speak(qapp, "C")
        assert number(1984) == "1,984"
        assert first_weekday() == 0
    finally:
        QLocale.setDefault(before)
