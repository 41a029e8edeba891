"""The runs under keys and mouse, on a real backend."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.views.runs.compare_dialog import CompareDialog
from console.views.runs.log.log_view import LogView
from console.views.runs.view import RunsView
from console.widgets.confirm import ConfirmDialog
from shared.enums import RunStatus, RunTrigger
from shared.models.run_filter import RunFilter
from tests.console.conftest import Play, activate, button, dialog_of, ended, until, words_in


def runs_of(console: Console) -> RunsView:
    console.window.show_view("runs")
    view = console.window.current
    assert isinstance(view, RunsView)
    return view


async def until_shown(view: RunsView, predicate: object) -> None:
    model = view.model
    assert callable(predicate)
    await until(predicate, model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset)


async def a_task(console: Console, name: str, command: str, **fields: object) -> int:
    task = await console.connection.client.create_task(
        {"name": name, "executor": "shell", "command": command, **fields}
    )
    return task.id


@pytest.mark.parametrize("is_loaded_anew", [False, True])
def test_older_runs_come_as_one_scrolls_and_new_ones_wait(play: Play, is_loaded_anew: bool) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await a_task(console, "paged", "true", task_type="taken-by-nobody")
        await client.batch([{"task_id": task}] * 450)
        another = await a_task(console, "another", "true")
        await client.trigger_task(another)
        view = runs_of(console)
        await activate(console.window)
        view.filters.bar.set_text("paged")
        await until_shown(view, lambda: len(view.model.rows) == 200 and view.model.rows[0].task_name == "paged")
        ids = [run.id for run in view.model.rows]
        table = view.table
        table.setFocus()
        for wanted in (400, 450):
            table.scrollToBottom()
            await until_shown(view, lambda wanted=wanted: len(view.model.rows) == wanted)
        assert [run.id for run in view.model.rows][:200] == ids
        assert [run.id for run in view.model.rows] == sorted((run.id for run in view.model.rows), reverse=True)

        seen = view.model.rows[table.rowAt(0)].id, table.rowViewportPosition(table.rowAt(0))
        made = await client.batch([{"task_id": task}] * 12)
        if is_loaded_anew:
            loads: list[bool] = []
            view.loaded.connect(lambda: loads.append(True))
            console.connection.resynced.emit()
            await until(lambda: bool(loads), view.loaded)
        await until(lambda: len(view.live.waiting) == 12, view.merged, view.loaded)
        assert "12" in view.waiting_button.text()
        assert len(view.model.rows) == 450
        assert (view.model.rows[table.rowAt(0)].id, table.rowViewportPosition(table.rowAt(0))) == seen
        QTest.mouseClick(view.waiting_button, Qt.MouseButton.LeftButton)
        assert [run.id for run in view.model.rows[:12]] == sorted(made.run_ids, reverse=True)
        assert view.waiting_button.isHidden()
        assert table.verticalScrollBar().value() == 0
        for one in (task, another):
            await client.delete_task(one)

    play(scenario)


def test_every_filter_narrows_what_is_listed(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        good = await client.trigger_task(await a_task(console, "narrow good", "true"))
        bad = await client.trigger_task(await a_task(console, "narrow bad", "false"))
        view = runs_of(console)
        await activate(console.window)
        QTest.keyClick(view, Qt.Key.Key_Slash)
        QTest.keyClicks(view.filter.line, "narrow")
        both = {good.id, bad.id}
        done = [RunStatus.SUCCEEDED, RunStatus.FAILED]
        await until_shown(
            view,
            lambda: {run.id for run in view.model.rows} == both and all(run.status in done for run in view.model.rows),
        )
        worker = view.model.rows[0].worker_id
        for box, value, left in (
            ("status", (RunStatus.FAILED, RunStatus.TIMED_OUT), {bad.id}),
            ("status", (), both),
            ("trigger", RunTrigger.SCHEDULE, set()),
            ("trigger", RunTrigger.MANUAL, both),
            ("worker", worker, both),
            ("time", "between", both),
        ):
            view.filters.choose(box, value)
            await until_shown(view, lambda left=left: {run.id for run in view.model.rows} == left)
        view.filters.bar.set_text("no such task at all")
        await until_shown(view, lambda: not view.model.rows)
        assert view.filters.between.isVisible()
        QTest.mouseClick(view.empty.step, Qt.MouseButton.LeftButton)
        await until_shown(view, lambda: both <= {run.id for run in view.model.rows})
        assert view.wanted == RunFilter()
        assert view.filters.between.isHidden()
        view.filters.bar.set_text("narrow")
        await until_shown(view, lambda: {run.id for run in view.model.rows} == both)
        assert good.queued_at is not None
        view.filters.choose("status", (RunStatus.FAILED, RunStatus.TIMED_OUT))
        view.show_with({"waiting_since": good.queued_at, "waiting_until": bad.queued_at, "since": good.queued_at})
        # What was typed and chosen would hide what the link leads to.
        assert (view.wanted.text, view.wanted.statuses) == ("", frozenset())
        await until_shown(view, lambda: good.id in {run.id for run in view.model.rows})
        assert "waiting from" in view.filters.narrowed.text()
        QTest.mouseClick(view.filters.narrowed, Qt.MouseButton.LeftButton)
        await until_shown(view, lambda: both <= {run.id for run in view.model.rows})

    play(scenario)


def test_a_run_tells_its_attempts_its_inputs_and_how_it_differs_from_the_last_success(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await a_task(console, "compared", "echo fine", environment={"KEY": "secret"}, arguments=["one"])
        success = await ended(console, await client.trigger_task(task))
        changes = {"command": "echo broken; exit 7", "retry_count": 1, "retry_delay_seconds": 0}
        await client.update_task(task, changes)
        failure = await ended(console, await client.trigger_task(task, {"arguments": ["two"]}))
        view = runs_of(console)
        view.open(failure.id)
        detail = view.detail
        await until(lambda: detail.timeline.accessibleDescription().count("Ended") == 2, console.background.ended)
        assert "exit code 7" in words_in(detail)
        assert not detail.timeline.grab().isNull()
        assert detail.inputs.text_of("arguments").startswith('"two"')
        assert "secret" not in detail.inputs.text_of("environment")
        detail.tabs.setCurrentWidget(detail.inputs)
        QTest.mouseClick(button(detail.inputs, "Show values"), Qt.MouseButton.LeftButton)
        assert detail.inputs.text_of("environment") == "KEY=secret"

        QTest.mouseClick(button(detail, "Compare…"), Qt.MouseButton.LeftButton)
        dialog = detail.window().findChild(CompareDialog)
        assert dialog is not None
        await until(lambda: bool(dialog.model.rows), dialog.model.rowsInserted, dialog.model.modelReset)
        facts = {fact.name: fact for fact in dialog.model.rows}
        assert (facts["Exit code"].this, facts["Exit code"].other) == ("7", "0")
        assert (facts["Arguments"].this, facts["Arguments"].other) == ('"two"', '"one"')
        assert str(success.id) in dialog.model.columns[2].title
        assert "command" in words_in(dialog)
        assert "+broken" in dialog.difference.toPlainText()

        dialog.accept()
        QTest.mouseClick(button(detail, f"Re-run with version {failure.task_version}"), Qt.MouseButton.LeftButton)
        await until(lambda: detail.run_id not in (None, failure.id), console.background.ended)
        again = await client.get_run(detail.run_id or 0)
        assert again.task_version == failure.task_version

    play(scenario)


def test_escape_in_the_log_search_keeps_the_run_open_and_in_the_table_closes_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        run = await console.connection.client.trigger_task(await a_task(console, "escape", "echo escaped"))
        view = runs_of(console)
        await activate(console.window)
        view.open(run.id)
        log: LogView = view.detail.log
        await until(lambda: "escaped" in log.toPlainText(), log.textChanged)
        log.canvas.setFocus()
        QTest.keyClick(log.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(log.line, Qt.Key.Key_Escape)
        assert view.detail.isVisible()
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_Escape)
        assert view.detail.isHidden()

    play(scenario)


def test_the_run_beside_the_list_follows_the_keys(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await a_task(console, "followed", "true")
        older, newer = [await client.trigger_task(task) for _ in range(2)]
        view = runs_of(console)
        view.filters.bar.set_text("followed")
        await until_shown(view, lambda: [run.id for run in view.model.rows] == [newer.id, older.id])
        await activate(console.window)
        view.table.setFocus()
        view.open(newer.id)
        QTest.keyClick(view.table, Qt.Key.Key_End)
        await until(lambda: view.detail.run_id == older.id, view.following.timeout)
        QTest.keyClick(view.table, Qt.Key.Key_Up)
        await until(lambda: view.detail.run_id == newer.id, view.following.timeout)
        view.close_detail()
        await client.delete_task(task)

    play(scenario)


def test_a_run_beside_the_list_is_the_marked_one_or_none_is(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        listed = await client.trigger_task(await a_task(console, "beside listed", "true"))
        other = await client.trigger_task(await a_task(console, "elsewhere", "true"))
        view = runs_of(console)
        view.filters.bar.set_text("beside")
        await until_shown(view, lambda: [run.id for run in view.model.rows] == [listed.id])
        view.open(listed.id)
        assert [run.id for run in view.table.selected()] == [listed.id]
        view.open(other.id)
        assert view.table.selected() == []
        view.filters.bar.set_text("elsewhere")
        await until_shown(view, lambda: [run.id for run in view.table.selected()] == [other.id])
        for run in (listed, other):
            await client.delete_task(run.task_id)

    play(scenario)


def test_the_focus_stays_in_the_view_that_one_goes_to_and_beside_a_run_that_is_cancelled(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        run = await client.trigger_task(await a_task(console, "cancelled by key", "sleep 300"))
        await activate(console.window)
        view = runs_of(console)
        await until_shown(view, lambda: view.model.row_of(run.id) is not None)
        console.window.show_view("settings")
        button(console.window.current, "Show log").setFocus()
        console.window.show_view("runs")
        assert console.window.focusWidget() is view.table
        view.open(run.id)
        cancel = button(view.detail, "Cancel run")
        await until(lambda: cancel.isVisible() and cancel.isEnabled(), console.background.ended)
        cancel.setFocus()
        QTest.keyClick(cancel, Qt.Key.Key_Space)
        focused = console.window.focusWidget()
        assert focused is not None
        assert view.detail.isAncestorOf(focused)
        await ended(console, run)
        await client.delete_task(run.task_id)

    play(scenario)


def test_end_goes_to_the_last_of_all_runs_and_another_key_stops_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await a_task(console, "to-the-end", "true", worker_labels={"nowhere": "yes"})
        made = (await client.batch([{"task_id": task}] * 1500)).run_ids
        view = runs_of(console)
        view.show_with({"task": task})
        await until_shown(view, lambda: view.model.rowCount() == 200)
        await activate(view)
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_End)
        assert view.table.currentIndex().row() == 199, "at once, before more is loaded"
        QTest.keyClick(view.table, Qt.Key.Key_Home)
        assert view.table.currentIndex().row() == 0
        QTest.keyClick(view.table, Qt.Key.Key_End)
        await until(
            lambda: [run.id for run in view.table.selected()] == [made[0]], view.loaded, view.model.rowsInserted
        )
        assert view.model.rowCount() == 1500
        assert view.table.currentIndex().row() == 1499
        await client.delete_task(task)

    play(scenario)


def test_all_runs_that_match_are_cancelled_and_run_again_by_one_request_each(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await a_task(console, "whole-runs", "true", worker_labels={"nowhere": "yes"})
        await client.batch([{"task_id": task}] * 230)
        view = runs_of(console)
        view.show_with({"task": task})
        await until_shown(view, lambda: view.model.rowCount() == 200)
        view.table.setFocus()
        view.table.selectAll()
        view.selection_line.link.click()
        assert view.selection_line.words.text() == "All 230 selected"
        said: list[str] = []
        view.said.connect(said.append)

        view.table.act(view.table.row_action("cancel"), view.table.selected())
        dialog = await dialog_of(ConfirmDialog)
        assert dialog.windowTitle() == "Cancel 230 runs?"
        dialog.go.click()
        await until(lambda: said == ["230 runs cancelled."], view.said)

        view.table.act(view.table.row_action("retry"), view.table.selected())
        dialog = await dialog_of(ConfirmDialog)
        assert dialog.windowTitle() == "Re-run 230 runs?"
        dialog.go.click()
        await until(lambda: said[1:] == ["230 runs started again."], view.said)
        entries = (await client.audit(action="runs.", limit=2)).data
        assert [(one.action, one.detail["count"], one.detail["filter"]) for one in entries] == [
            ("runs.retry", 230, {"task_id": task}),
            ("runs.cancel", 230, {"task_id": task}),
        ]
        await client.delete_task(task)

    play(scenario)
