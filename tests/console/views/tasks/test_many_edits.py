"""The same change of many tasks."""

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.views.tasks.many_editor import ManyEditor
from console.views.tasks.many_edits import common_texts, plan_edits
from shared.models.system import ExecutorInfo
from shared.models.task import Task
from tests.console.conftest import Play, dialog_of, until
from tests.console.test_console import make_task, tasks_of, until_shown
from tests.console.views.policies.test_view import is_gone

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EXECUTORS = {
    name: ExecutorInfo(
        name=name,
        description="",
        requires_command=True,
        supports_arguments=name == "shell",
        supports_environment=name == "shell",
        supports_working_directory=name == "shell",
    )
    for name in ("shell", "http")
}


def task(name: str, **fields: Any) -> Task:
    usual = {"id": len(name), "executor": "shell", "task_type": "shell", "created_at": NOW, "updated_at": NOW}
    return Task.model_validate({**usual, "name": name, **fields})


def test_what_tasks_have_alike_is_shown_and_the_rest_is_several_values() -> None:
    found = common_texts([task("a", retry_count=3, command="x"), task("bb", retry_count=3, command="y")], {})
    assert (found["retry_count"], found["command"], found["name"]) == ("3", None, None)


def test_only_what_differs_is_changed_and_can_be_taken_back() -> None:
    tasks = [task("a", retry_count=3), task("bb", retry_count=0, timeout_seconds=5)]
    edits, errors = plan_edits(tasks, {"retry_count": "3", "timeout_seconds": "1m"}, {}, EXECUTORS)
    assert errors == {}
    assert [edit.item for edit in edits] == [
        {"name": "a", "timeout_seconds": 60},
        {"name": "bb", "retry_count": 3, "timeout_seconds": 60},
    ]
    assert [edit.undoing for edit in edits] == [
        {"name": "a", "timeout_seconds": 3600},
        {"name": "bb", "retry_count": 0, "timeout_seconds": 5},
    ]


def test_a_part_of_requests_is_changed_in_each_of_them() -> None:
    tasks = [
        task(name, executor="http", task_type="http", command=f'{{"method": "GET", "url": "https://{name}.example/"}}')
        for name in ("a", "bb")
    ]
    edits, errors = plan_edits(tasks, {"http_method": "HEAD"}, {}, EXECUTORS)
    assert errors == {}
    assert [edit.changed["command"] for edit in edits] == [
        '{"method": "HEAD", "url": "https://a.example/"}',
        '{"method": "HEAD", "url": "https://bb.example/"}',
    ]


def test_what_is_wrong_is_said_once_or_with_the_names_of_the_tasks() -> None:
    tasks = [task("a", schedule="0 3 * * *"), task("bb")]
    _edits, errors = plan_edits(tasks, {"timeout_seconds": "soon"}, {}, EXECUTORS)
    assert errors["timeout_seconds"].startswith("Enter a duration")
    _edits, errors = plan_edits(tasks, {"depends_on": "up: period"}, {"up": 99}, EXECUTORS)
    assert errors["depends_on"].startswith("bb: To wait for all runs")


def test_many_tasks_are_edited_together_and_the_edit_is_undone(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = [
            await make_task(console, name=f"edited-{number}", command="true", folder="edited", retry_count=number)
            for number in range(3)
        ]
        view = tasks_of(console)
        await until(lambda: view.tree.item_of("edited") is not None, console.background.ended)
        view.tree.select("edited")
        await until_shown(view, lambda: [one.name for one in view.model.rows] == [one.name for one in made])
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        view.table.act(view.table.row_action("edit"), view.table.selected())
        editor = await dialog_of(ManyEditor)
        fields = editor.form.fields
        assert not fields.is_shown("name")
        assert not editor.has_unsaved_work()
        assert (fields.texts()["retry_count"], fields.texts()["command"]) == ("", "true")
        editor.save_now()
        assert "Nothing is chosen" in editor.problem.text()
        fields.set_text("retry_count", "many")
        assert fields.chosen() == ["retry_count"]
        editor.save_now()
        assert "whole number" in fields.error_of("retry_count")
        fields.set_text("retry_count", "2")
        fields.set_text("calendar", "none-such")
        editor.save_now()
        await until(lambda: "none-such" in fields.error_of("calendar"), console.background.ended)
        fields.set_text("calendar", "")
        editor.save_now()
        await until(lambda: is_gone(editor), console.background.ended)
        assert [(await client.get_task(one.id)).retry_count for one in made] == [2, 2, 2]
        assert [(await client.get_task(one.id)).version for one in made] == [2, 2, 1]
        assert console.context.undo.newest == "Changed 2 tasks"
        await client.update_task(made[1].id, {"retry_count": 7})
        await console.context.undo.undo()
        assert [(await client.get_task(one.id)).retry_count for one in made] == [0, 7, 2]
        view.tree.select("")

    play(scenario)
