"""What a person makes of the list of tasks, on a real backend: filters, columns, labels of many, history."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QTextBlock
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from console.application import Console
from console.views.tasks.history_dialog import HistoryDialog
from console.views.tasks.label_dialog import LabelDialog
from console.views.tasks.move_dialog import MoveDialog
from console.views.tasks.view import TasksView
from console.widgets.column_layout import ColumnLayout
from console.widgets.confirm import ConfirmDialog
from shared.enums import TaskStatus
from tests.console.conftest import Play, dialog_of, point_at, undone, until, words_in
from tests.console.test_console import make_task, tasks_of, until_shown


def names_of(view: TasksView) -> list[str]:
    return [task.name for task in view.model.rows]


def button_of(view: TasksView, action_id: str) -> QToolButton:
    return next(button for button, action in view.footer.buttons if action.id == action_id)


def entry(menu: QMenu, words: str) -> None:
    """Choose an entry of a menu by its words."""
    next(action for action in menu.actions() if action.text() == words).trigger()


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)


def test_a_filter_is_saved_used_and_forgotten(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        made = [
            await make_task(console, name="kept-one", command="true", folder="kept/below"),
            await make_task(console, name="kept-two", command="true", folder="kept"),
            await make_task(console, name="kept-away", command="true"),
        ]
        await client.pause_task(made[0].id)
        view = tasks_of(console)
        menu = view.menu
        await until(lambda: view.tree.item_of("kept") is not None, console.background.ended)
        view.tree.select("kept")
        view.filter.set_text("kept")
        view.status.setCurrentIndex(view.status.findData(TaskStatus.PAUSED))
        view.table.sort_wanted.emit("-name")
        await until_shown(view, lambda: names_of(view) == ["kept-one"])

        menu.fill()
        entry(menu.menu, "Save this filter…")
        asking = await dialog_of(QInputDialog)
        QTest.keyClicks(asking.focusWidget() or asking, "What rests")
        QTest.keyClick(asking.focusWidget() or asking, Qt.Key.Key_Return)
        view.empty.step.click()
        await until_shown(view, lambda: len(names_of(view)) > 3)
        assert view.filter.text == view.tree.path == ""

        menu.fill()
        entry(menu.menu, "What rests")
        await until_shown(view, lambda: names_of(view) == ["kept-one"])
        assert (view.filter.text, view.tree.path, view.sort_order) == ("kept", "kept", "-name")
        assert "Filter: What rests" in {action.text for action in console.window.all_actions()}

        forget = next(action.menu() for action in menu.menu.actions() if action.text() == "Delete a saved filter")
        assert isinstance(forget, QMenu)
        entry(forget, "What rests")
        menu.fill()
        assert "What rests" not in {action.text() for action in menu.menu.actions()}
        view.empty.step.click()
        for task in made:
            await client.delete_task(task.id)

    play(scenario)


def test_columns_are_chosen_ordered_and_sized_and_stay_so(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        console.window.resize(1600, 900)
        await until_shown(view, lambda: bool(view.model.rows))
        header, columns, layout = view.table.horizontalHeader(), view.model.columns, view.table.layout_of_columns
        assert layout is not None
        shown, extra = (
            next(place for place in range(1, len(columns)) if columns[place].is_extra is is_extra)
            for is_extra in (False, True)
        )
        chooser = layout.menu()
        for place in (shown, extra):
            entry(chooser, columns[place].title)
        assert header.isSectionHidden(shown)
        assert not header.isSectionHidden(extra)

        edge, before = header.sectionViewportPosition(extra) + header.sectionSize(extra) - 1, header.sectionSize(extra)
        drag(header.viewport(), QPoint(edge, 8), QPoint(edge + 40, 8))
        assert header.sectionSize(extra) == before + 40
        header.moveSection(header.visualIndex(extra), 1)
        await until(lambda: layout.is_saved, layout.saved)

        other = ColumnLayout(view.table, view.table.rows_model, console.context.memory, "tasks")
        assert other.hides(columns[shown])
        assert not other.hides(columns[extra])
        assert other.width_of(columns[extra]) == before + 40
        assert header.visualIndex(extra) == 1
        entry(layout.menu(), "Reset columns")
        assert not header.isSectionHidden(shown)
        assert header.isSectionHidden(extra)
        assert [header.visualIndex(place) for place in range(len(columns))] == list(range(len(columns)))

    play(scenario)


def test_labels_of_many_tasks_are_added_and_taken_away_at_once(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        labels: tuple[dict[str, str], ...] = ({"team": "ops", "tier": "1"}, {"team": "web"}, {})
        made = [
            await make_task(console, name=f"labelled-{number}", command="true", labels=one)
            for number, one in enumerate(labels)
        ]
        view = tasks_of(console)
        view.filter.set_text("labelled")
        await until_shown(view, lambda: len(names_of(view)) == 3)
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        button_of(view, "label").click()
        dialog = await dialog_of(LabelDialog)
        assert "3 tasks" in dialog.windowTitle()
        assert {name: box.text() for name, box in dialog.boxes.items()} == {
            "team": "team=ops, web   (2)",
            "tier": "tier=1   (1)",
        }
        QTest.keyClicks(dialog.line, "wrong")
        QTest.keyClick(dialog.line, Qt.Key.Key_Return)
        assert dialog.problem.isVisible()
        dialog.line.clear()
        QTest.keyClicks(dialog.line, "owner=anna, tier=2")
        dialog.boxes["team"].click()
        QTest.keyClick(dialog.line, Qt.Key.Key_Return)
        wanted = {"owner": "anna", "tier": "2"}
        await until_shown(view, lambda: [task.labels for task in view.model.rows] == [wanted] * 3)
        await undone(console, "3 tasks")
        await until_shown(view, lambda: [task.labels for task in view.model.rows] == list(labels))
        for task in made:
            await client.delete_task(task.id)

    play(scenario)


def colour_of(block: QTextBlock) -> QColor:
    formats = block.layout().formats()
    return formats[0].format.foreground().color() if formats else QColor()


def test_the_history_colours_what_was_added_and_removed_and_leads_back(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="with a past", command="echo one", schedule="0 3 * * *")
        await client.update_task(task.id, {"command": "echo two"})
        view = tasks_of(console)
        view.filter.set_text("with a past")
        await until_shown(view, lambda: [one.command for one in view.model.rows] == ["echo two"])
        view.table.selectRow(0)
        view.table.act(view.table.row_action("history"), view.table.selected())
        dialog = await dialog_of(HistoryDialog)
        await until(lambda: dialog.list.count() == 2, console.background.ended)
        document, palette = dialog.changes.document(), console.context.theme.palette
        lines = [document.findBlockByNumber(number) for number in range(document.blockCount())]
        assert [line.text() for line in lines] == ["Command", "  − echo one", "  + echo two"]
        assert [colour_of(line) for line in lines[1:]] == [QColor(palette.bad), QColor(palette.good)]
        console.context.theme.toggle()
        palette = console.context.theme.palette
        assert [colour_of(line) for line in lines[1:]] == [QColor(palette.bad), QColor(palette.good)]
        console.context.theme.toggle()

        assert not dialog.restore.isEnabled()
        dialog.list.setCurrentRow(1)
        dialog.restore.click()
        await until_shown(view, lambda: [one.command for one in view.model.rows] == ["echo one"])
        await client.delete_task(task.id)

    play(scenario)


def test_the_counts_of_folders_can_be_read_in_either_theme(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        tree = view.tree
        await until(lambda: tree.topLevelItem(0) is not None, tree.model().rowsInserted)
        for _ in range(2):
            console.context.theme.toggle()
            top = tree.topLevelItem(0)
            assert top is not None
            child = top.child(0)
            assert child is not None
            assert child.foreground(1).color() == QColor(console.context.theme.palette.muted)

    play(scenario)


def test_a_new_task_waits_while_the_pointer_is_over_the_list(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = tasks_of(console)
        view.filter.set_text("pointed")
        kept = [await make_task(console, name=f"pointed-{letter}", command="true") for letter in "bc"]
        await until_shown(view, lambda: names_of(view) == ["pointed-b", "pointed-c"])
        point_at(view.table.viewport())
        kept.append(await make_task(console, name="pointed-a", command="true"))
        await until(lambda: view.waiting_button.isVisible(), view.loaded)
        assert names_of(view) == ["pointed-b", "pointed-c"]
        point_at(view.table.viewport(), leaves=True)
        await until_shown(view, lambda: names_of(view) == ["pointed-a", "pointed-b", "pointed-c"])
        await until(lambda: not view.waiting_button.isVisible(), view.loaded)

        point_at(view.table.viewport())
        kept.append(await make_task(console, name="pointed-0", command="true"))
        await until(lambda: view.waiting_button.isVisible(), view.loaded)
        QTest.mouseClick(view.waiting_button, Qt.MouseButton.LeftButton)
        await until_shown(view, lambda: names_of(view)[0] == "pointed-0")
        for task in kept:
            await console.connection.client.delete_task(task.id)

    play(scenario)


def test_a_change_of_all_that_match_is_one_request_and_one_undo(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        await client.apply_tasks(
            [
                {"name": f"whole-{number:03}", "executor": "noop", "schedule": "0 3 1 1 *", "folder": "whole"}
                for number in range(400)
            ]
        )
        view = tasks_of(console)
        view.filter.set_text("whole-")
        await until_shown(view, lambda: view.model.rowCount() == 400)
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(view.table.selected()) < 400, "rows are loaded as one scrolls"
        assert view.footer.words.text() == "400 selected"
        undo = console.context.undo

        async def counts() -> dict[str, int]:
            statuses = [TaskStatus.ACTIVE, TaskStatus.PAUSED]
            return {one: await client.count_tasks(q="whole-", status=one) for one in statuses}

        button_of(view, "pause").click()
        await until(lambda: undo.newest == "Paused 400 tasks", undo.pushed)
        assert await counts() == {"active": 0, "paused": 400}
        await undo.undo()
        assert await counts() == {"active": 400, "paused": 0}

        button_of(view, "move").click()
        dialog = await dialog_of(MoveDialog)
        dialog.line.setText("elsewhere")
        dialog.go.click()
        await until(lambda: undo.newest == "Moved 400 tasks", undo.pushed)
        assert await client.count_tasks(folder="elsewhere") == 400
        await client.update_task((await client.list_tasks(q="whole-007")).data[0].id, {"description": "edited"})
        assert await undo.undo() == "Moved 400 tasks. 1 has been changed since and stays as it is."
        assert await client.count_tasks(folder="whole") == 399

        entries = (await client.audit(action="tasks.", limit=4)).data
        assert [(one.action, one.detail["count"], one.via) for one in entries] == [
            ("tasks.undo", 399, "console"),
            ("tasks.move", 400, "console"),
            ("tasks.undo", 400, "console"),
            ("tasks.pause", 400, "console"),
        ]
        assert entries[1].detail["filter"] == {"q": "whole-"}

        await client.apply_tasks(
            [{"name": "stays", "executor": "noop", "depends_on": [{"task": "whole-000"}], "folder": "stays"}]
        )
        said: list[str] = []
        view.said.connect(said.append)
        view.refresh_now()
        await until_shown(view, lambda: view.model.rowCount() == 400)
        view.table.selectAll()
        button_of(view, "delete").click()
        question = await dialog_of(ConfirmDialog)
        assert question.windowTitle() == "Delete 399 tasks?"
        assert "1 stays, because another task depends on it." in words_in(question)
        QTest.keyClicks(question.line, "399")
        question.go.click()
        await until(lambda: bool(said), view.said)
        assert said == ["399 tasks deleted. 1 stays, because another task depends on it."]
        for task in (await client.list_tasks(folder="stays")).data + (await client.list_tasks(q="whole-")).data:
            await client.delete_task(task.id)

    play(scenario)
