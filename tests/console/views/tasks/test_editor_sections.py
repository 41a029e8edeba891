"""The sections of the task editor, its pickers, and its text form."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.subscriptions import Subscriptions
from console.views.run.view import RunView
from console.views.tasks.dependency_picker import DependencyPicker
from console.views.tasks.editor import TaskEditor
from console.views.tasks.editor_sections import Section
from console.views.tasks.instant_field import InstantField
from console.widgets.duration_field import DurationField
from shared.enums import DependencyCondition, DependencyWindow
from tests.console.conftest import Play, activate, dialog_of, ended, until
from tests.console.test_console import make_task, tasks_of, until_shown
from tests.console.views.policies.test_view import is_gone
from tests.console.views.tasks.test_drafts import stored_in

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


async def open_editor(console: Console) -> TaskEditor:
    tasks_of(console).task_actions.edit(None)
    return await dialog_of(TaskEditor)


def test_errors_are_counted_on_their_sections_and_the_first_takes_the_focus(play: Play) -> None:
    async def scenario(console: Console) -> None:
        editor = await open_editor(console)
        await activate(editor)
        sections = editor.form.sections
        assert sections.names == list(Section)
        QTest.keyClick(editor, Qt.Key.Key_PageDown, CTRL)
        assert sections.current == Section.SCHEDULE
        assert editor.focusWidget() is editor.fields["schedule"]
        QTest.keyClick(editor, Qt.Key.Key_PageUp, CTRL)
        editor.set_text("schedule", "61 * * * *")
        editor.set_text("retry_count", "many")
        editor.set_text("timeout_seconds", "soon")
        sections.choose(Section.PLACEMENT)
        editor.save_now()
        assert {name: sections.errors_in(name) for name in sections.names if sections.errors_in(name)} == {
            Section.BASICS: 2,
            Section.SCHEDULE: 1,
            Section.LIMITS: 2,
        }
        assert sections.current == Section.BASICS
        assert editor.focusWidget() is editor.fields["name"]
        assert editor.fields["name"].property("wrong") is True
        editor.set_text("name", "well-named")
        editor.set_text("command", "true")
        await until(lambda: sections.errors_in(Section.BASICS) == 0, editor.checking.timeout)
        editor.save_now()
        assert sections.current == Section.SCHEDULE
        editor.done(0)

    play(scenario)


def test_a_task_has_only_the_fields_of_its_executor(play: Play) -> None:
    async def scenario(console: Console) -> None:
        editor = await open_editor(console)
        fields = editor.fields
        of_shell = ("command", "arguments", "environment", "working_directory", "run_as", "retry_exit_codes")
        of_http = ("http_method", "http_url", "http_headers", "http_body_kind", "http_expected", "retry_http_statuses")
        assert all(map(fields.is_shown, of_shell))
        assert not any(map(fields.is_shown, of_http))
        editor.set_text("arguments", "--all")
        editor.set_text("executor", "http")
        assert all(map(fields.is_shown, of_http))
        assert not any(map(fields.is_shown, of_shell))
        editor.set_text("executor", "noop")
        assert not any(map(fields.is_shown, of_http + of_shell))
        editor.set_text("executor", "shell")
        assert editor.texts()["arguments"] == "--all", "it was only hidden"
        editor.done(0)

    play(scenario)


def test_a_request_is_entered_by_its_parts(play: Play) -> None:
    async def scenario(console: Console) -> None:
        editor = await open_editor(console)
        for name, text in {
            "name": "asks-for-health",
            "executor": "http",
            "http_method": "PUT",
            "http_url": "example.org/health",
            "http_headers": "Accept=text/plain",
            "http_body_kind": "json",
            "http_body": '{"deep": [1, 2]}',
            "http_expected": "200, 204",
            "timeout_seconds": "1m 30s",
        }.items():
            editor.set_text(name, text)
        editor.save_now()
        assert "https://" in editor.error_of("http_url")
        editor.set_text("http_url", "https://example.org:99999/")
        editor.save_now()
        await until(lambda: "port" in editor.error_of("http_url"), console.background.ended)
        editor.set_text("http_url", "https://example.org/health")
        editor.save_now()
        client = console.connection.client
        await until(lambda: is_gone(editor), console.background.ended)
        [task] = (await client.list_tasks(q="asks-for-health")).data
        assert task.timeout_seconds == 90
        editor = await reopen(console, task.id)
        assert editor.texts()["http_body"] == '{\n  "deep": [\n    1,\n    2\n  ]\n}'
        assert editor.texts()["http_expected"] == "200, 204"
        assert not editor.has_unsaved_work()
        editor.done(0)

    play(scenario)


async def reopen(console: Console, task_id: int) -> TaskEditor:
    tasks_of(console).task_actions.edit(await console.connection.client.get_task(task_id))
    return await dialog_of(TaskEditor)


def test_upstream_tasks_are_searched_and_get_their_condition(play: Play) -> None:
    async def scenario(console: Console) -> None:
        first = await make_task(console, name="upstream-one", command="true")
        second = await make_task(console, name="upstream-two", command="true")
        task = await make_task(console, name="downstream", command="true", schedule="0 3 * * *")
        editor = await reopen(console, task.id)
        await activate(editor)
        picker = editor.form.upstream
        assert isinstance(picker, DependencyPicker)
        editor.form.point_at("depends_on")
        assert editor.focusWidget() is picker.search
        QTest.keyClicks(picker.search, "upstream-t")
        assert picker.matches.item(0).text() == "upstream-two"
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
        QTest.keyClicks(picker.search, "upstream-o")
        QTest.keyClick(picker.search, Qt.Key.Key_Down)
        QTest.keyClick(picker.matches, Qt.Key.Key_Return)
        assert picker.text() == "upstream-two\nupstream-one"
        picker.edges[0].condition.setCurrentIndex(1)
        picker.edges[0].window_choice.setCurrentIndex(1)
        assert picker.text() == "upstream-two: failure, period\nupstream-one"
        picker.edges[1].remove.click()
        QTest.keyClicks(picker.search, "upstream")
        QTest.keyClick(picker.search, Qt.Key.Key_Escape)
        assert (editor.isVisible(), picker.search.text()) == (True, "")
        editor.save_now()
        await until(lambda: is_gone(editor), console.background.ended)
        [edge] = (await console.connection.client.get_task(task.id)).depends_on
        assert (edge.task_id, edge.condition, edge.window) == (
            second.id,
            DependencyCondition.FAILURE,
            DependencyWindow.PERIOD,
        )
        await console.connection.client.delete_task(task.id)
        await console.connection.client.delete_task(first.id)

    play(scenario)


def test_a_day_is_picked_in_the_zone_of_the_task_and_a_duration_gets_its_unit(play: Play) -> None:
    async def scenario(console: Console) -> None:
        editor = await open_editor(console)
        await activate(editor)
        editor.set_text("timezone", "Asia/Shanghai")
        field = editor.fields["starts_at"]
        assert isinstance(field, InstantField)
        field.calendar.clicked.emit(QDate(2031, 12, 24))
        assert editor.texts()["starts_at"] == "2031-12-24 00:00 Asia/Shanghai"
        editor.form.point_at("timeout_seconds")
        line = editor.fields["timeout_seconds"]
        assert isinstance(line, DurationField)
        line.clear()
        QTest.keyClicks(line, "90")
        QTest.keyClick(line, Qt.Key.Key_Tab)
        assert editor.texts()["timeout_seconds"] == "90s"
        editor.done(0)

    play(scenario)


def test_form_and_text_are_the_same_task(play: Play) -> None:
    async def scenario(console: Console) -> None:
        upstream = await make_task(console, name="comes-before", command="true")
        editor = await open_editor(console)
        await activate(editor)
        editor.set_text("name", "written")
        editor.set_text("command", "echo one\necho two")
        editor.set_text("timeout_seconds", "90s")
        QTest.keyClick(editor, Qt.Key.Key_Y, CTRL | SHIFT)
        assert editor.is_text
        pane = editor.text_form
        assert "    command: |-\n      echo one\n      echo two\n" in pane.text()
        assert "    timeout_seconds: 90\n" in pane.text()
        text = pane.text().replace("timeout_seconds: 90", "timeout_seconds: 120")
        pane.edit.setPlainText(text + "    depends_on:\n      - task: comes-before\n    colour: red\n")
        line = len(text.splitlines()) + 3
        await until(lambda: f"Line {line}: A task has no field colour." in pane.problem.text(), editor.reading.timeout)
        QTest.keyClick(editor, Qt.Key.Key_Y, CTRL | SHIFT)
        assert editor.is_text, "nothing of it is lost"
        assert pane.edit.textCursor().blockNumber() == line - 1
        pane.edit.setPlainText(pane.text().replace("    colour: red\n", ""))
        await until(lambda: not pane.problem.isVisible(), editor.reading.timeout, console.background.ended)
        QTest.keyClick(editor, Qt.Key.Key_Y, CTRL | SHIFT)
        assert not editor.is_text
        assert (editor.texts()["timeout_seconds"], editor.texts()["depends_on"]) == ("2m", "comes-before")
        editor.toggle_text()
        pane.edit.setPlainText(pane.text().replace("name: written", "name: ' '"))
        editor.save_now()
        assert "Line 2: name: Enter a name" in pane.problem.text()
        pane.edit.setPlainText(pane.text().replace("name: ' '", "name: written"))
        editor.save_now()
        await until(lambda: is_gone(editor), console.background.ended)
        [task] = (await console.connection.client.list_tasks(q="written", sort="name")).data
        assert (task.timeout_seconds, [edge.task_id for edge in task.depends_on]) == (120, [upstream.id])
        await console.connection.client.delete_task(task.id)

    play(scenario)


def test_text_that_is_no_task_is_there_again_after_the_console_has_ended(play: Play) -> None:
    async def type_and_end(console: Console) -> None:
        editor = await open_editor(console)
        editor.set_text("command", "true")
        editor.toggle_text()
        editor.text_form.edit.setPlainText("tasks:\n  - name: [half\n")
        assert editor.has_unsaved_work()
        await until(lambda: "yaml" in stored_in(console, "task/new"), editor.draft_changed)

    async def find_again(console: Console) -> None:
        editor = await open_editor(console)
        assert editor.is_text
        assert editor.text_form.text() == "tasks:\n  - name: [half\n"
        assert "not valid YAML" in editor.text_form.problem.text()
        editor.discard_draft.click()
        assert not editor.is_text
        assert not editor.has_unsaved_work()
        editor.done(0)

    play(type_and_end)
    play(find_again)


def test_a_task_is_saved_and_run_by_one_key(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        editor = await open_editor(console)
        await activate(editor)
        editor.set_text("name", "saved-and-run")
        editor.set_text("command", "echo ran")
        editor.form.notifications.subscribed.setChecked(True)
        QTest.keyClick(editor, Qt.Key.Key_Return, CTRL | SHIFT)
        await until(lambda: isinstance(console.window.current, RunView), console.background.ended)
        assert is_gone(editor)
        [task] = (await console.connection.client.list_tasks(q="saved-and-run")).data
        assert task.id in Subscriptions(console.context.memory).task_ids
        [run] = (await console.connection.client.list_runs(task_id=task.id)).data
        assert (await ended(console, run)).exit_code == 0
        console.window.show_view("tasks")
        await until_shown(view, lambda: any(one.name == "saved-and-run" for one in view.model.rows))

    play(scenario)
