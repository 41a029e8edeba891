"""The task editor and the import of a crontab, as a person goes through them."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.views.tasks.cron_parts import LAST_DAY, CronKind, CronParts, read_parts, write_parts
from console.views.tasks.crontab_dialog import CrontabDialog
from console.views.tasks.editor import TaskEditor
from console.views.tasks.folder_tree import folder_nodes
from console.views.tasks.highlighting import Language, spans
from console.views.tasks.pair_table import PairTable
from console.views.tasks.search_words import asked, read_search
from console.widgets.confirm import ConfirmDialog
from shared.enums import TaskStatus
from shared.models.task_overview import TaskFolder
from tests.console.conftest import Play, activate, dialog_of, until
from tests.console.test_console import make_task, tasks_of, until_shown

SIMPLE = st.one_of(
    st.builds(CronParts, kind=st.just(CronKind.MINUTES), step=st.integers(1, 59)),
    st.builds(CronParts, kind=st.just(CronKind.HOURLY), minute=st.integers(0, 59)),
    st.builds(CronParts, kind=st.just(CronKind.DAILY), minute=st.integers(0, 59), hour=st.integers(0, 23)),
    st.builds(
        CronParts,
        kind=st.just(CronKind.WEEKLY),
        minute=st.integers(0, 59),
        hour=st.integers(0, 23),
        days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(
        CronParts,
        kind=st.just(CronKind.MONTHLY),
        minute=st.integers(0, 59),
        hour=st.integers(0, 23),
        day=st.integers(1, LAST_DAY),
    ),
)


@given(SIMPLE)
def test_what_the_builder_writes_it_reads_again(parts: CronParts) -> None:
    assert read_parts(write_parts(parts)) == parts


def test_what_has_no_simple_form_stays_as_it_is_written() -> None:
    for text in ("0 0 1 1 *", "0 3 * * 1#2", "*/5 9-17 * * *", "every 90s", "@daily", "0 3 13 * 5"):
        assert read_parts(text).kind is CronKind.OTHER
    assert read_parts("0 8 * * mon-fri").days == (1, 2, 3, 4, 5)


def test_a_search_reads_fields_and_leaves_words() -> None:
    assert read_search("nightly label:team=ops executor:http") == {
        "q": "nightly",
        "label": "team:ops",
        "executor": "http",
    }
    assert read_search("priority:urgent http://x") == {"q": "priority:urgent http://x"}
    assert asked("folder:daily", folder="finance", status=None)["folder"] == "finance/daily"


def test_folders_count_what_lies_below_them() -> None:
    root = folder_nodes([TaskFolder(path=path, tasks=n) for path, n in (("a/b", 2), ("a", 1), ("", 4), ("c/d/e", 3))])
    assert root.tasks == 10
    assert [(node.path, node.tasks) for node in root.below] == [("a", 3), ("c", 3)]
    assert [node.path for node in root.below[1].below[0].below] == ["c/d/e"]


def test_what_is_quoted_is_coloured_as_quoted() -> None:
    text = 'for x in "if $Y"; do # done'
    assert [text[at : at + length] for at, length, colour in spans(text, Language.SHELL) if colour == "good"] == [
        '"if $Y"'
    ]


def test_pairs_are_typed_pasted_and_removed_in_their_table(qapp: QApplication) -> None:
    table = PairTable()
    table.setText("A=1\nB=x=y")
    assert table.rowCount() == 3
    item = table.item(2, 0)
    assert item is not None
    item.setText("C")
    assert (table.text(), table.rowCount()) == ("A=1\nB=x=y\nC=", 4)
    QApplication.clipboard().setText("export D=4\nE=5")
    QTest.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert table.text().splitlines()[-2:] == ["D=4", "E=5"]
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert table.text().startswith("B=x=y")


def test_what_is_typed_while_the_editor_opens_is_in_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        await activate(view)
        view.table.setFocus()
        view.task_actions.edit(None)
        QTest.keyClicks(view.table, "zebra")
        QTest.keyClick(view.table, Qt.Key.Key_Tab)
        QTest.keyClicks(view.table, "ops")
        QTest.keyClick(view.table, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(view.table, "every 5m")
        editor = await dialog_of(TaskEditor)
        await until(lambda: editor.texts()["schedule"] == "every 5m", editor.form.touched)
        assert (editor.texts()["name"], editor.texts()["folder"]) == ("zebra", "ops")
        QTest.keyClicks(editor.fields["name"], "-1")
        assert editor.texts()["name"] == "zebra-1"
        editor.done(0)

        made = await make_task(console, name="held", command="true")
        view.task_actions.edit(made)
        QTest.keyClicks(view.table, "x")
        edited = await dialog_of(TaskEditor)
        assert edited.texts()["name"] == "held"
        edited.done(0)
        await console.connection.client.delete_task(made.id)

    play(scenario)


def test_the_builder_and_the_text_follow_each_other_and_a_test_run_shows_its_log(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        assert isinstance(editor, TaskEditor)
        editor.set_text("schedule", "30 8 * * 1-5")
        assert editor.form.builder.parts().days == (1, 2, 3, 4, 5)
        editor.form.builder.days[1].click()
        assert editor.texts()["schedule"] == "30 8 * * 2-5"
        editor.set_text("timezone", "Asia/Shanghai")
        await until(lambda: editor.preview.count("08:30:00 CST") == 10, editor.checking.timeout)
        editor.set_text("schedule", "0 3 * * * *")
        await until(lambda: "every second" in editor.preview, editor.checking.timeout)
        editor.set_text("schedule", "30 8 * * 2-5")
        editor.set_text("command", 'echo "hello $WHO"; exit 3')
        editor.set_text("environment", "WHO=there")
        editor.try_button.click()
        log = editor.test_run.log
        await until(lambda: "hello there" in log.toPlainText(), log.textChanged)
        await until(
            lambda: editor.test_run.run is not None and editor.test_run.run.status.is_final, editor.test_run.changed
        )
        assert "exit code 3" in editor.test_run.words.text()
        assert editor.try_button.isEnabled()
        editor.set_text("executor", "http")
        editor.set_text("command", "{not json")
        await until(lambda: "Line 1, column 2" in editor.error_of("command"), editor.checking.timeout)
        editor.done(0)

    play(scenario)


def test_the_editor_opens_in_its_first_field_and_asks_before_it_loses_a_task(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        await activate(editor)
        assert editor.focusWidget() is editor.fields["name"]
        QTest.keyClick(editor, Qt.Key.Key_Escape)
        assert not editor.isVisible()

        view.task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        await activate(editor)
        QTest.keyClicks(editor.focusWidget() or editor, "not yet saved")
        QTest.keyClick(editor, Qt.Key.Key_Escape)
        question = await dialog_of(ConfirmDialog)
        QTest.keyClick(question, Qt.Key.Key_Return)
        assert not question.isVisible()
        assert editor.isVisible()
        assert editor.texts()["name"] == "not yet saved"
        editor.done(0)

    play(scenario)


def test_all_that_is_missing_is_shown_at_once(play: Play) -> None:
    async def scenario(console: Console) -> None:
        tasks_of(console).task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        assert (editor.error_of("name"), editor.error_of("command")) == ("", "")
        editor.save_now()
        assert editor.error_of("name")
        assert editor.error_of("command") == "Enter a command."
        editor.set_text("executor", "noop")
        editor.save_now()
        assert editor.error_of("command") == "", "this executor needs none"
        assert editor.isVisible()
        editor.done(0)

    play(scenario)


def test_what_was_not_saved_as_it_was_written_is_said(play: Play) -> None:
    async def scenario(console: Console) -> None:
        tasks_of(console).task_actions.edit(None)
        editor = await dialog_of(TaskEditor)
        editor.set_text("name", " quilted ")
        editor.set_text("folder", "/ops/nightly/")
        editor.set_text("executor", "noop")
        editor.save_now()
        toast = console.window.toast
        await until(lambda: not toast.isHidden(), console.background.ended)
        assert "“ quilted ” was saved as “quilted”" in toast.words.text()
        assert "“/ops/nightly/” was saved as “ops/nightly”" in toast.words.text()

    play(scenario)


def test_a_crontab_is_previewed_chosen_from_and_imported(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        view.task_actions.import_crontab()
        dialog = await dialog_of(CrontabDialog)
        dialog.text.setPlainText("# First.\n5 4 * * * /opt/cron-one\n6 4 * * * /opt/cron-two\n@reboot /opt/never\n")
        await until(lambda: dialog.list.topLevelItemCount() == 3, dialog.reading.timeout)
        second = dialog.list.topLevelItem(1)
        assert second is not None
        second.setCheckState(0, Qt.CheckState.Unchecked)
        assert [job.name for job in dialog.chosen()] == ["cron-one"]
        dialog.go.click()
        await until(lambda: dialog.told.text().startswith("1 of 1"), console.background.ended)
        dialog.done(0)
        await until_shown(view, lambda: any(task.name == "cron-one" for task in view.model.rows))
        made = next(task for task in view.model.rows if task.name == "cron-one")
        assert (made.description, made.folder, made.status) == ("First.", "crontab", TaskStatus.PAUSED)
        await console.connection.client.delete_task(made.id)

    play(scenario)


def test_many_tasks_are_paused_by_keys_and_the_pause_is_undone(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = [
            await make_task(console, name=f"many-{number}", command="true", folder="many/below") for number in range(3)
        ]
        view = tasks_of(console)
        await until(lambda: view.tree.item_of("many/below") is not None, console.background.ended)
        view.tree.select("many")
        await until_shown(view, lambda: [task.name for task in view.model.rows] == ["many-0", "many-1", "many-2"])
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(view.table.selected()) == 3
        view.table.act(view.table.row_action("pause"), view.table.selected())
        await until_shown(view, lambda: all(task.status is TaskStatus.PAUSED for task in view.model.rows))
        undo = console.context.undo
        await until(lambda: undo.newest == "Paused 3 tasks", undo.pushed)
        console.window.undo()
        await until_shown(view, lambda: all(task.status is TaskStatus.ACTIVE for task in view.model.rows))
        view.tree.select("")
        for task in made:
            await client.delete_task(task.id)

    play(scenario)
