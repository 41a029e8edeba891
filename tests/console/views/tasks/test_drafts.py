"""What was entered and not saved is there again after the console has ended in between."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console import remembered
from console.application import Console
from console.drafts import MOST_DRAFTS, Draft, Drafts
from console.memory import Memory
from console.views.alerts.view import AlertsView
from console.views.policies.form_dialog import FormDialog
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.widgets.form_window import FormWindow
from tests.console.conftest import Play, dialog_of, until, words_in
from tests.console.test_console import make_task, tasks_of, until_shown

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(Memory.in_file(tmp_path / "drafts.ini").for_connection("local"))


def stored_in(console: Console, form: str) -> dict[str, str]:
    draft = Drafts(console.context.memory).find(form)
    return {} if draft is None else dict(draft.texts)


async def until_stored(console: Console, window: FormWindow, form: str, texts: dict[str, str]) -> None:
    await until(lambda: stored_in(console, form) == texts, window.draft_changed)


def test_a_draft_is_found_again_until_it_is_removed(drafts: Drafts) -> None:
    one, other = Draft({"name": "“quoted” 好"}, NOW), Draft({"name": "x"}, NOW + timedelta(hours=1))
    drafts.store("task/new", one)
    drafts.store("task/7", other)
    assert (drafts.find("task/new"), drafts.find("task/7"), drafts.find("task/8")) == (one, other, None)
    drafts.remove("task/new")
    drafts.remove("task/8")
    assert (drafts.find("task/new"), drafts.find("task/7")) == (None, other)


def test_the_oldest_drafts_give_way(drafts: Drafts) -> None:
    for task_id in range(MOST_DRAFTS + 1):
        drafts.store(f"task/{task_id}", Draft({"name": str(task_id)}, NOW))
    drafts.store("task/1", Draft({"name": "entered again"}, NOW))
    drafts.store("task/new", Draft({"name": "newest"}, NOW))
    found = {task_id for task_id in range(MOST_DRAFTS + 1) if drafts.find(f"task/{task_id}") is not None}
    assert found == {1, *range(3, MOST_DRAFTS + 1)}


@pytest.mark.parametrize("damaged", [{"task/new": {}}, {"task/new": {"texts": {}, "at": "yesterday"}}, {"task/new": 5}])
def test_a_draft_that_cannot_be_read_is_none(tmp_path: Path, damaged: dict[str, object]) -> None:
    memory = Memory.in_file(tmp_path / "damaged.ini").for_connection("local")
    memory.put(remembered.DRAFTS, damaged)
    assert Drafts(memory).find("task/new") is None


def test_a_new_task_is_there_again_after_the_console_has_ended(play: Play, tmp_path: Path) -> None:
    entered = {"name": "half-typed", "command": "echo one\necho “two”", "schedule": "0 3 * * *"}

    async def type_and_end(console: Console) -> None:
        tasks_of(console).task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        for name, text in entered.items():
            editor.set_text(name, text)
        await until_stored(console, editor, "task/new", entered)

    async def find_again(console: Console) -> None:
        view = tasks_of(console)
        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        assert {name: editor.texts()[name] for name in entered} == entered
        assert editor.has_unsaved_work()
        assert "Restored what you entered at" in words_in(editor)
        editor.save_now()
        await until_shown(view, lambda: any(task.name == "half-typed" for task in view.model.rows))
        assert stored_in(console, "task/new") == {}

    play(type_and_end)
    assert "half-typed" in (tmp_path / "settings.ini").read_text()
    play(find_again)


def test_a_restored_draft_is_discarded_by_a_click(play: Play) -> None:
    async def type_and_end(console: Console) -> None:
        task = await make_task(console, name="edited-by-half", command="true")
        tasks_of(console).task_actions.edit(task)
        editor = await dialog_of(TaskEditor)
        editor.set_text("command", "false")
        await until_stored(console, editor, f"task/{task.id}", {"command": "false"})

    async def discard(console: Console) -> None:
        view = tasks_of(console)
        await until_shown(view, lambda: any(task.name == "edited-by-half" for task in view.model.rows))
        task = next(task for task in view.model.rows if task.name == "edited-by-half")
        view.task_actions.edit(task)
        editor = await dialog_of(TaskEditor)
        assert editor.texts()["command"] == "false"
        editor.discard_draft.click()
        assert editor.texts()["command"] == "true"
        assert not editor.has_unsaved_work()
        assert "Restored" not in words_in(editor)
        await until_stored(console, editor, f"task/{task.id}", {})

    play(type_and_end)
    play(discard)


def test_a_crontab_is_there_again(play: Play) -> None:
    async def type_and_end(console: Console) -> None:
        tasks_of(console).task_actions.import_crontab()
        dialog = await dialog_of(CrontabDialog)
        dialog.text.setPlainText("0 3 * * * /bin/backup")
        await until_stored(console, dialog, "crontab", {"text": "0 3 * * * /bin/backup"})

    async def find_again(console: Console) -> None:
        tasks_of(console).task_actions.import_crontab()
        dialog = await dialog_of(CrontabDialog)
        assert dialog.text.toPlainText() == "0 3 * * * /bin/backup"
        await until(lambda: dialog.list.topLevelItemCount() == 1, dialog.reading.timeout)

    play(type_and_end)
    play(find_again)


def test_what_grants_access_is_not_stored(play: Play) -> None:
    async def scenario(console: Console) -> None:
        console.window.show_view("alerts")
        view = console.window.current
        assert isinstance(view, AlertsView)
        view.show_with({"page": "channels"})
        form = view.pages["channels"].edit(None)
        assert isinstance(form, FormDialog)
        form.set_text("url", "https://chat.example/token-of-the-channel")
        form.set_text("name", "chat")
        await until(lambda: stored_in(console, "/api/alerts/channels/new") != {}, form.draft_changed)
        assert stored_in(console, "/api/alerts/channels/new") == {"name": "chat"}

    play(scenario)
