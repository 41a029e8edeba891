"""The page of a task, on a real backend: what it shows, where its parts lead, and how it follows what happens."""

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.application import Console
from console.options import Options
from console.views.agenda.view import AgendaView
from console.views.graph.view import GraphView
from console.views.object_page import ObjectPage, PageState
from console.views.runs.view import RunsView
from console.views.task.view import TaskView
from console.views.tasks.editor import TaskEditor
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.view import TasksView
from shared.enums import RunStatus, TaskStatus
from shared.models.alert import SilenceFields
from shared.models.run import Run
from shared.models.task import Task
from tests.console.conftest import Play, activate, dialog_of, drive, ended, laid_out, until
from tests.console.test_console import make_task, tasks_of, until_shown
from tests.local_process import LocalProcess

V = TypeVar("V", bound=QWidget)


def page_of(console: Console) -> TaskView:
    page = console.window.current
    assert isinstance(page, TaskView)
    return page


def current(console: Console, kind: type[V]) -> V:
    view = console.window.current
    assert isinstance(view, kind)
    return view


def inside_of(page: TaskView) -> QWidget:
    inside = page.columns.widget()
    assert inside is not None
    return inside


def nameless_in(page: QWidget) -> list[QWidget]:
    """Return what takes the Tab key and has no name for a screen reader."""
    found = []
    for widget in page.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            if interface is not None and not interface.text(QAccessible.Text.Name):
                found.append(widget)
    return found


async def open_page(console: Console, task: Task) -> TaskView:
    console.window.follow("task", {"task": task.id})
    page = page_of(console)
    await until(lambda: page.page_state is PageState.SHOWN, page.loaded)
    return page


async def run_of(console: Console, task: Task, status: RunStatus) -> Run:
    run = await ended(console, await console.connection.client.trigger_task(task.id))
    assert run.status is status
    return run


def test_a_task_is_shown_with_all_that_belongs_to_it(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        before = await make_task(console, name="page-before", command="true")
        task = await make_task(
            console,
            name="page-task & more",
            command="echo one\nexit 3",
            description="Notes with <b>no</b> markup.",
            folder="pages/deep",
            labels={"team": "ops"},
            schedule="0 3 * * *",
            max_concurrency=2,
            depends_on=[{"task_id": before.id, "condition": "failure"}],
        )
        after = await make_task(console, name="page-after", command="true", depends_on=[{"task_id": task.id}])
        await client.update_task(task.id, {"retry_count": 0, "priority": "high"})
        failed = await run_of(console, task, RunStatus.FAILED)

        page = await open_page(console, task)
        assert console.window.windowTitle().startswith("page-task & more — ")
        assert page.header.name.text() == "page-task & more"
        assert page.header.state.text().startswith("Active, next run in ")
        assert "Last run: failed" in page.header.state.text()
        assert page.folder.whole_text == "pages/deep"
        assert page.labels.whole_text == "team=ops"
        assert page.notes.toPlainText() == "Notes with <b>no</b> markup."
        assert page.schedule.words.text() == "At 03:00 every day"
        assert sum(link.isVisibleTo(page) for link in page.schedule.links) == 5
        assert page.command.text.toPlainText() == "echo one\nexit 3"
        assert [run.id for run in page.run_section.model.rows] == [failed.id]
        assert [one.name for one in page.dependencies.upstreams.rows] == ["page-before"]
        assert [one.name for one in page.dependencies.downstreams.rows] == ["page-after"]
        assert [one.version for one in page.versions.model.rows] == [2, 1]
        assert "priority" in str(page.versions.model.index(0, 1).data())
        limits = {fact.name: fact.text for fact in page.limits.facts}
        assert limits["Priority"] == "high"
        assert limits["Concurrent runs"] == "2 at most"
        for one in (after, task, before):
            await client.delete_task(one.id)

    play(scenario)


def test_every_part_leads_to_what_it_shows(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        before = await make_task(console, name="part-before", command="true")
        task = await make_task(
            console,
            name="part-task",
            command="true",
            folder="parts",
            schedule="0 3 * * *",
            depends_on=[{"task_id": before.id}],
        )
        run = await run_of(console, task, RunStatus.SUCCEEDED)
        page = await open_page(console, task)

        page.dependencies.tables[0].opened.emit(page.dependencies.upstreams.rows[0])
        await until(lambda: page.header.name.text() == "part-before", page.loaded)
        window.go_back()
        await until(lambda: page.header.name.text() == "part-task", page.loaded)

        page.run_section.chart.opened.emit(run.id)
        assert console.window.current.name in ("runs", "run")
        window.go_back()
        assert page_of(console) is page
        page.run_section.all.click()
        assert current(console, RunsView).wanted.task_id == task.id
        window.go_back()
        page.figures.figures["succeeded"].clicked.emit()
        assert current(console, RunsView).wanted.statuses == {RunStatus.FAILED, RunStatus.TIMED_OUT}
        window.go_back()
        page.schedule.links[1].click()
        assert current(console, AgendaView).day.isoformat() in page.schedule.links[1].whole_text
        window.go_back()
        page.dependencies.graph.click()
        graph = current(console, GraphView)
        await until(lambda: task.id in graph.model.nodes, console.background.ended)
        window.go_back()
        page.folder.click()
        tasks = current(console, TasksView)
        assert tasks.tree.path == "parts"
        await until_shown(tasks, lambda: [one.name for one in tasks.model.rows] == ["part-task"])
        tasks.empty.step.click()
        window.go_back()
        page.versions.table.opened.emit(page.versions.model.rows[0])
        dialog = await dialog_of(HistoryDialog)
        await until(lambda: dialog.list.count() == 1, console.background.ended)
        dialog.reject()
        for one in (task, before):
            await client.delete_task(one.id)

    play(scenario)


def test_the_page_follows_runs_changes_and_the_end_of_its_task(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="live-task", command="read line < /dev/null; sleep 0.2; echo done")
        page = await open_page(console, task)
        assert page.header.state.text().endswith("It has never run.")
        assert not page.run_section.chart.isVisible()

        run = await client.trigger_task(task.id)
        feed = console.context.feeds.runs.changed
        await until(lambda: page.run_section.newest is not None, feed)
        await until(lambda: page.run_section.runs[0].status.is_final, feed)
        assert page.run_section.runs[0].id == run.id
        assert page.run_section.chart.isVisible()
        assert "Last run: succeeded" in page.header.state.text()

        await client.pause_task(task.id)
        await until(lambda: page.task is not None and page.task.status is TaskStatus.PAUSED, page.loaded)
        assert page.header.state.text().startswith("Paused.")
        assert not page.buttons.buttons["pause"].isVisible()
        assert page.buttons.buttons["resume"].isVisible()

        silence = await client.add_silence(SilenceFields(task_id=task.id, ends_at="2099-01-01T00:00:00Z"))
        page.refresh()
        await until(page.alerts.end.isVisible, page.loaded)
        page.alerts.end.click()
        await until(lambda: not page.alerts.end.isVisible(), console.background.ended)
        assert silence.id not in [one.id for one in await client.list_silences()]

        await client.delete_task(task.id)
        await until(lambda: page.page_state is PageState.MISSING, console.context.feeds.tasks.changed)
        assert page.empty.words.text() == "The task live-task was deleted."
        assert page.primary_action() == ""
        assert page.empty.step.hasFocus()
        page.empty.step.click()
        assert console.window.current is not page

    play(scenario)


def test_a_task_that_does_not_exist_is_said_and_left(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("graph")
        console.window.follow("task", {"task": 987_654_321})
        page = page_of(console)
        await until(lambda: page.page_state is PageState.MISSING, console.background.ended)
        assert "987654321 does not exist" in page.empty.words.text()
        assert page.linked() is None
        page.empty.step.click()
        assert console.window.current.name == "graph"

    play(scenario)


def test_the_keyboard_opens_edits_and_goes_back_to_the_same_row(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        made = [await make_task(console, name=f"keys-{number:02d}", command="true") for number in range(40)]
        tasks = tasks_of(console)
        tasks.filter.set_text("keys-")
        await until_shown(tasks, lambda: tasks.model.rowCount() == 40)
        await activate(window)
        tasks.table.setFocus()
        QTest.keyClick(tasks.table, Qt.Key.Key_End)
        bar = tasks.table.verticalScrollBar()
        await until(lambda: [one.name for one in tasks.table.selected()] == ["keys-39"], tasks.loaded)
        scrolled = bar.value()
        assert scrolled > 0

        QTest.keyClick(tasks.table, Qt.Key.Key_Return)
        page = page_of(console)
        await until(lambda: page.page_state is PageState.SHOWN, page.loaded)
        assert page.header.name.text() == "keys-39"
        assert page.columns.hasFocus()
        assert window.strip.back.isVisible()

        QTest.keyClick(page.columns, Qt.Key.Key_E)
        editor = await dialog_of(TaskEditor)
        assert editor.texts()["name"] == "keys-39"
        editor.done(0)
        await activate(window)

        for key, modifiers in (
            (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
            (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier),
        ):
            QTest.keyClick(window.focusWidget() or window, key, modifiers)
            assert window.current is tasks
            assert not window.strip.back.isVisible()
            assert [one.name for one in tasks.table.selected()] == ["keys-39"]
            assert bar.value() == scrolled
            assert tasks.table.hasFocus()
            QTest.keyClick(tasks.table, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
            assert page_of(console) is page

        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Escape)
        QTest.keyClick(tasks.table, Qt.Key.Key_E)
        editor = await dialog_of(TaskEditor)
        assert editor.texts()["name"] == "keys-39"
        editor.done(0)
        for task in made:
            await client.delete_task(task.id)

    play(scenario)


def test_tab_visits_the_sections_as_they_are_seen(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="tab-task", command="true", folder="tabs", schedule="0 3 * * *")
        await run_of(console, task, RunStatus.SUCCEEDED)
        page = await open_page(console, task)
        await activate(console.window)
        for width, is_wide in ((1280, True), (900, False)):
            console.window.resize(width, 800)
            await laid_out()
            assert page.columns.is_wide is is_wide
            page.columns.setFocus()
            inside = inside_of(page)
            seen: list[QWidget] = []
            while True:
                QTest.keyClick(console.window.focusWidget(), Qt.Key.Key_Tab)
                focused = console.window.focusWidget()
                if focused is None or not inside.isAncestorOf(focused) or focused in seen:
                    break
                assert (
                    page.columns.viewport()
                    .rect()
                    .intersects(focused.rect().translated(focused.mapTo(page.columns.viewport(), QPoint())))
                ), "what has the focus is scrolled into view"
                seen.append(focused)
            sections = [page.figures, page.run_section, page.schedule, page.versions]
            places = [next(at for at, one in enumerate(seen) if part.isAncestorOf(one)) for part in sections]
            wanted = [0, 1, 3, 2] if is_wide else [0, 1, 2, 3]
            assert sorted(range(4), key=lambda at: places[at]) == wanted
            assert page.run_section.chart in seen
        await client.delete_task(task.id)

    play(scenario)


def test_every_control_of_both_pages_has_a_name(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="named-task", command="true", folder="named", schedule="0 3 * * *")
        run = await run_of(console, task, RunStatus.SUCCEEDED)
        page: ObjectPage[Any] = await open_page(console, task)
        nameless = nameless_in(page)
        console.window.follow("run", {"run": run.id})
        current_page = console.window.current
        assert isinstance(current_page, ObjectPage)
        await until(lambda: current_page.page_state is PageState.SHOWN, current_page.loaded)
        assert nameless + nameless_in(current_page) == []
        await client.delete_task(task.id)

    play(scenario)


def test_a_page_without_its_object_gives_way_to_the_list(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("task")
        assert console.window.current.name == "tasks"
        task = await make_task(console, name="of-another-day", command="true")
        page = await open_page(console, task)
        assert page.state() == {"object": task.id}
        console.window.show_view("overview")
        console.window.show_view("task")
        assert page_of(console) is page
        await console.connection.client.delete_task(task.id)

    play(scenario)


def test_what_is_known_stays_and_is_greyed_while_the_backend_is_away(
    qapp: QApplication, tmp_path: Path, in_english: None
) -> None:
    backend = LocalProcess(tmp_path / "data")
    backend.start()

    async def scenario(console: Console) -> None:
        link = console.connection
        await until(lambda: link.is_online, link.state_changed)
        task = await make_task(console, name="away-task", command="true")
        run = await run_of(console, task, RunStatus.SUCCEEDED)
        page = await open_page(console, task)
        edit = page.buttons.buttons["edit"]
        assert edit.isEnabled()
        await asyncio.to_thread(backend.stop)
        await until(lambda: not link.is_online, link.state_changed)
        assert page.page_state is PageState.SHOWN
        assert [one.id for one in page.run_section.model.rows] == [run.id]
        assert not edit.isEnabled()
        assert not page.buttons.can_do("run_now")
        assert not console.window.strip.primary.isEnabled()
        await asyncio.to_thread(backend.start)
        await until(lambda: link.is_online, link.state_changed)
        await until(edit.isEnabled, link.state_changed)
        later = await link.client.trigger_task(task.id)
        await until(lambda: later.id in [one.id for one in page.run_section.runs], console.context.feeds.runs.changed)

    try:
        drive(qapp, Options(data_dir=backend.data_dir, is_local=True), tmp_path / "settings.ini", scenario)
    finally:
        backend.stop()


def test_a_link_to_the_page_is_copied(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        task = await make_task(console, name="linked-task", command="true")
        page = await open_page(console, task)
        page.buttons.act("copy_link")
        assert QGuiApplication.clipboard().text() == f"taskdeck://local/tasks/{task.id}"
        QGuiApplication.clipboard().clear()
        next(one for one in console.window.all_actions() if one.id == "page.copy_link").run()
        assert QGuiApplication.clipboard().text() == f"taskdeck://local/tasks/{task.id}"
        await console.connection.client.delete_task(task.id)

    play(scenario)


@pytest.mark.parametrize("size", [(880, 560), (1280, 800), (2560, 1440)])
def test_nothing_is_wider_than_the_window(play: Play, in_english: None, size: tuple[int, int]) -> None:
    async def scenario(console: Console) -> None:
        long = "a-very-long-name-" * 14
        task = await make_task(
            console,
            name=long,
            command="x" * 500,
            folder="a/" + "b" * 200,
            labels={"key" * 20: "value" * 40},
            schedule="0 3 * * *",
        )
        console.window.resize(*size)
        page = await open_page(console, task)
        await laid_out()
        assert (console.window.width(), console.window.height()) == size
        assert inside_of(page).width() <= page.columns.viewport().width()
        assert page.header.name.toolTip() == long or page.header.name.shown_text == long
        await console.connection.client.delete_task(task.id)

    play(scenario)
