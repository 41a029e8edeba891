from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.options import Options
from console.preferences import Preference
from console.translation import speak
from console.views.audit_log.view import AuditLogView
from console.views.known_views import VIEWS
from console.views.object_page import PageState
from console.views.task.view import TaskView
from console.views.tasks.view import TasksView
from tests.console.conftest import Play, drive, until
from tests.local_process import LocalProcess


@pytest.fixture
def english_after(qapp: QApplication) -> object:
    before = QLocale()
    yield
    speak(qapp, "en")
    QLocale.setDefault(before)


@pytest.mark.usefixtures("english_after")
def test_the_language_changes_while_it_runs(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("settings")
        former = console.window
        console.preferences.put(Preference.LANGUAGE, "zh_CN")
        assert console.window is not former
        assert console.window.current.name == "settings"
        assert console.window.strip.title.text() == "设置"
        assert console.window.side_bar.buttons["tasks"].text() == "任务"
        await until(lambda: console.connection.is_online, console.connection.state_changed)
        console.preferences.put(Preference.LANGUAGE, "en")
        assert console.window.strip.title.text() == "Settings"
        await until(lambda: console.connection.is_online, console.connection.state_changed)

    play(scenario)


def test_nothing_is_left_of_a_window_that_was_closed(play: Play) -> None:
    """A window is built again when the language or the backend changes: what it leaves adds up."""
    before = set(QApplication.allWidgets())

    async def scenario(console: Console) -> None:
        for view in VIEWS:
            console.window.show_view(view.name)
        console.window.show_view("overview")
        await until(lambda: console.connection.is_online, console.connection.state_changed)

    play(scenario)
    left = set(QApplication.allWidgets()) - before
    assert not left, sorted(one.accessibleName() or one.objectName() or type(one).__name__ for one in left)


def test_a_change_of_how_times_are_written_keeps_view_filter_and_selection(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("audit_log")
        view = console.window.current
        assert isinstance(view, AuditLogView)
        made = await console.connection.client.create_task({"executor": "noop", "name": "seen-in-the-trail"})
        view.filter.set_text("seen-in-the-trail")
        await until(lambda: len(view.model.rows) == 1, view.model.rowsInserted, view.model.rowsRemoved)
        view.table.selectRow(0)
        console.preferences.put(Preference.TIMES, "absolute")
        again = console.window.current
        assert isinstance(again, AuditLogView)
        assert again is not view
        assert again.filter.text == "seen-in-the-trail"
        await until(lambda: bool(again.table.selected()), again.model.rowsInserted, again.model.modelReset)
        event = again.table.selected()[0]
        assert (event.action, event.object_id) == ("task.create", str(made.id))
        assert ":" in again.model.columns[-1].text(event), "a time of day"
        QTest.keyClick(again.table, Qt.Key.Key_Return)
        page = console.window.current
        assert isinstance(page, TaskView)
        await until(lambda: page.page_state is PageState.SHOWN, page.loaded)
        next(action for action in console.window.all_actions() if action.id == "link.copy").run()
        assert QApplication.clipboard().text() == f"taskdeck://local/tasks/{made.id}"
        console.preferences.put(Preference.TIMES, "relative")

    play(scenario)


def test_view_filters_and_fold_are_remembered_for_each_backend(
    qapp: QApplication, local_backend: LocalProcess, tmp_path: Path
) -> None:
    options = Options(data_dir=local_backend.data_dir, is_local=True)

    async def leave(console: Console) -> None:
        console.window.show_view("tasks")
        assert isinstance(console.window.current, TasksView)
        console.window.current.filter.set_text("disk")
        QTest.keyClick(console.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
        console.window.side_bar.fold(True)
        console.window.side_bar.folded.emit(True)

    async def come_back(console: Console) -> None:
        assert isinstance(console.window.current, TasksView)
        assert console.window.current.filter.text == "disk"
        assert console.window.side_bar.is_folded

    async def elsewhere(console: Console) -> None:
        assert console.window.current.name == "overview"

    drive(qapp, options, tmp_path / "settings.ini", leave)
    drive(qapp, options, tmp_path / "settings.ini", come_back)
    other = Options(data_dir=tmp_path, url="http://127.0.0.1:9", token="t")
    drive(qapp, other, tmp_path / "settings.ini", elsewhere)
