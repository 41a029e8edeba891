"""The queue as an operator sees and changes it, on a real backend."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.views.queue.actions import QueueActionId
from console.views.queue.model import LEAVING_SECONDS, QueueRow, queue_seconds, settle, with_leaving
from console.views.queue.task_model import without_runs
from console.views.queue.view import QueueView
from console.widgets.confirm import ConfirmDialog
from shared.enums import Priority, QueueState, RunStatus, RunTrigger, WaitingCode
from shared.models.queue import QueueEntry
from shared.models.run import Run
from shared.models.waiting import WaitingReason
from tests.console.conftest import Play, activate, dialog_of, laid_out, undone, until


def entry(run_id: int, priority: Priority = Priority.NORMAL) -> QueueEntry:
    run = Run(
        id=run_id,
        task_id=1,
        task_name="one",
        status=RunStatus.PENDING,
        trigger=RunTrigger.MANUAL,
        priority=priority,
        queued_at="2026-11-25T00:00:00Z",
    )
    return QueueEntry(state=QueueState.READY, run=run)


ids = st.lists(st.integers(1, 12), unique=True)


@given(loads=st.lists(ids, min_size=1, max_size=5))
def test_rows_hold_still_under_the_pointer_and_end_as_a_fresh_load(loads: list[list[int]]) -> None:
    rows = settle([], [entry(run_id) for run_id in loads[0]], holds_still=True).rows
    places = [row.entry.run.id for row in rows]
    for load in loads[1:]:
        settled = settle(rows, [entry(run_id) for run_id in load], holds_still=True)
        rows = settled.rows
        if places:
            assert [row.entry.run.id for row in rows] == places
            assert {row.entry.run.id for row in rows if row.is_gone} == set(places) - set(load)
            assert (settled.changes == 0) == (load == places)
        places = [row.entry.run.id for row in rows]
    last = [entry(run_id) for run_id in loads[-1]]
    assert settle(rows, last, holds_still=False).rows == [QueueRow(one) for one in last]
    more = [*last, entry(99)]
    if rows:
        taken = settle(rows, more, holds_still=True, takes_more=True)
        assert [row.entry.run.id for row in taken.rows][: len(places)] == places
        assert {row.entry.run.id for row in taken.rows if not row.is_gone} == {one.run.id for one in more}


@given(before=ids, after=ids)
def test_rows_that_leave_are_dimmed_for_a_moment_between_the_rows_that_they_were_between(
    before: list[int], after: list[int]
) -> None:
    shown = [QueueRow(entry(run_id)) for run_id in before]
    fresh = [QueueRow(entry(run_id)) for run_id in after]
    rows = with_leaving(shown, fresh, now=100.0)
    assert [row for row in rows if not row.is_gone] == fresh
    gone = {row.entry.run.id: row for row in rows if row.is_gone}
    assert set(gone) == set(before) - set(after)
    for run_id, row in gone.items():
        assert row.left_at == 100.0
        place = before.index(run_id)
        if place and before[place - 1] in after:
            assert rows[rows.index(row) - 1].entry.run.id == before[place - 1]
    half = 100.0 + LEAVING_SECONDS / 2
    assert with_leaving(rows, fresh, now=half) == rows
    assert with_leaving(rows, fresh, now=100.0 + LEAVING_SECONDS) == fresh


@pytest.mark.parametrize(
    ("reason", "dispatched", "seconds"),
    [(None, 5, 5), (WaitingReason(code=WaitingCode.RETRY_DELAY, text=""), 5, 60), (None, None, 60)],
)
def test_the_queue_time_ends_when_the_run_is_dispatched(
    reason: WaitingReason | None, dispatched: int | None, seconds: int
) -> None:
    queued = entry(1).run.queued_at
    at = None if dispatched is None else queued + timedelta(seconds=dispatched)
    run = entry(1).run.model_copy(update={"dispatched_at": at})
    row = QueueEntry(state=QueueState.RUNNING, run=run, reason=reason)
    assert queue_seconds(row, queued + timedelta(seconds=60)) == seconds


def queue_of(console: Console) -> QueueView:
    console.window.show_view("queue")
    view = console.window.current
    assert isinstance(view, QueueView)
    return view


async def until_rows(view: QueueView, wanted: list[int]) -> None:
    """Return when the table shows these runs, in this order, among what else there is."""
    model = view.model

    def shown() -> bool:
        return [row.entry.run.id for row in model.rows if row.entry.run.id in wanted] == wanted

    await until(shown, model.rowsInserted, model.rowsRemoved, model.layoutChanged, model.dataChanged, model.modelReset)


async def select(view: QueueView, run_id: int) -> None:
    await activate(view)
    place = view.model.row_of(run_id)
    assert place is not None
    view.table.selectRow(place)
    view.table.setFocus()


async def runs_of(console: Console, task_id: int) -> list[Run]:
    return (await console.connection.client.list_runs(task_id=task_id, limit=500)).data


async def confirmed() -> None:
    (await dialog_of(ConfirmDialog)).go.click()


def test_runs_are_raised_started_and_cancelled_by_keys(play: Play, tmp_path: Path) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        gate = tmp_path / "gate"
        task = await client.create_task(
            {
                "name": "one-at-a-time",
                "executor": "shell",
                "command": f"while [ ! -e {gate} ]; do sleep 0.05; done",
                "max_concurrency": 1,
            }
        )
        first, second, third, fourth = [(await client.trigger_task(task.id)).id for _ in range(4)]
        view = queue_of(console)
        view.filter.set_text("one-at")
        await until_rows(view, [first, second, third, fourth])
        held = view.model.rows[view.model.row_of(second) or 0]
        await until(
            lambda: "task at its limit (1 of 1)" in view.model.columns[3].text(view.model.rows[1]),
            view.model.dataChanged,
        )
        assert held.entry.state is QueueState.HELD

        await select(view, fourth)
        QTest.keyClick(view.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        await until_rows(view, [first, fourth, second, third])
        assert [row.entry.run.id for row in view.table.selected()] == [fourth]
        await undone(console, "Raised")
        await until_rows(view, [first, second, third, fourth])

        await select(view, third)
        QTest.keyClick(view.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await confirmed()
        await until(
            lambda: view.model.rows[view.model.row_of(third) or 0].entry.state is QueueState.RUNNING,
            view.model.dataChanged,
            view.model.layoutChanged,
        )

        await select(view, second)
        left: list[tuple[QueueRow, bool]] = []

        def note() -> None:
            rows = enumerate(view.model.rows)
            left[:] = [(row, view.model.is_past(place)) for place, row in rows if row.is_gone] or left

        view.model.dataChanged.connect(note)
        QTest.keyClick(view.table, Qt.Key.Key_Delete)
        await confirmed()
        await until_rows(view, [first, third, fourth])
        await until(lambda: view.model.row_of(second) is None, view.model.rowsRemoved)
        assert [(row.entry.run.id, is_dimmed) for row, is_dimmed in left] == [(second, True)]
        assert (await client.get_run(second)).status is RunStatus.CANCELLED

        view.states.click(QueueState.HELD)
        await until(
            lambda: [row.entry.run.id for row in view.model.rows] == [fourth],
            view.model.rowsInserted,
            view.model.rowsRemoved,
        )
        view.states.click(None)
        await client.cancel_runs([first, third, fourth])
        gate.touch()
        await until(lambda: not view.model.rows and view.empty.isVisible(), view.model.rowsRemoved)
        await client.delete_task(task.id)

    play(scenario)


def test_a_cancel_of_many_counts_what_had_ended_meanwhile(play: Play, tmp_path: Path) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        gate = tmp_path / "counted"
        task = await client.create_task(
            {
                "name": "counted",
                "executor": "shell",
                "command": f"while [ ! -e {gate} ]; do sleep 0.05; done",
                "max_concurrency": 1,
            }
        )
        runs = [(await client.trigger_task(task.id)).id for _ in range(4)]
        view = queue_of(console)
        view.show_with({"q": "counted"})
        await until_rows(view, runs)
        await activate(view)
        view.table.setFocus()
        view.table.selectAll()
        rows = view.table.selected()
        await client.cancel_runs(runs[2:])
        view.table.act(view.table.row_action("cancel"), rows)
        said: list[str] = []
        view.said.connect(said.append)
        await confirmed()
        await until(lambda: bool(said), view.said)
        assert said == ["2 runs cancelled. 2 had already ended."]
        assert console.window.error_banner.isHidden()
        assert said[0] in console.window.toast.words.text()

    play(scenario)


def test_all_that_match_are_raised_and_cancelled_by_one_request(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        fields = {"executor": "shell", "command": "true", "worker_labels": {"nowhere": "yes"}}
        task = await client.create_task({"name": "whole-queue", **fields})
        await client.batch([{"task_id": task.id}] * 250)
        view = queue_of(console)
        view.show_with({"q": "whole-queue"})
        await activate(view)
        line = view.selection_line
        await until(lambda: view.model.rowCount() == 200, view.loaded)
        view.table.setFocus()
        view.table.selectAll()
        assert line.link.text() == "Select all 250"
        QTest.keyClick(view.table, Qt.Key.Key_End)
        await until(lambda: view.table.currentIndex().row() == 249, view.loaded, view.model.rowsInserted)
        QTest.keyClick(view.table, Qt.Key.Key_Home)
        assert view.table.currentIndex().row() == 0
        view.table.selectAll()
        line.link.click()

        view.table.act(view.table.row_action("raise_priority"), view.table.selected())
        await until(lambda: console.context.undo.newest == "Raised 250 runs", console.context.undo.pushed)
        assert {run.priority for run in await runs_of(console, task.id)} == {"high"}
        await undone(console, "Raised 250 runs")
        assert {run.priority for run in await runs_of(console, task.id)} == {"normal"}

        said: list[str] = []
        view.said.connect(said.append)
        view.table.act(view.table.row_action("cancel"), view.table.selected())
        dialog = await dialog_of(ConfirmDialog)
        assert dialog.windowTitle() == "Cancel 250 runs?"
        dialog.go.click()
        await until(lambda: bool(said), view.said)
        assert said == ["250 runs cancelled."]
        entries = (await client.audit(action="runs.", limit=3)).data
        assert [(one.action, one.detail["count"], one.via) for one in entries] == [
            ("runs.cancel", 250, "console"),
            ("runs.priority", 250, "console"),
            ("runs.priority", 250, "console"),
        ]
        assert entries[0].detail["queue"] == {"q": "whole-queue"}
        await client.delete_task(task.id)

    play(scenario)


def test_a_link_to_the_queue_replaces_what_was_filtered_by(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = queue_of(console)
        view.filter.set_text("left over")
        view.states.choose(QueueState.HELD)
        console.window.follow("queue", {})
        found = [(view.filter.text, view.states.chosen)]
        for wanted in ({"state": "running", "q": "one"}, {"q": "two"}):
            console.window.follow("queue", dict(wanted))
            found.append((view.filter.text, view.states.chosen))
        assert found == [("", None), ("one", QueueState.RUNNING), ("two", None)]

    play(scenario)


def test_the_queue_says_how_many_runs_wait(play: Play) -> None:
    async def scenario(console: Console) -> None:
        view = queue_of(console)
        waiting = (await console.connection.client.stats()).runs_waiting
        await until(lambda: " waiting" in view.forecast.text(), view.figures.busy_changed)
        assert view.forecast.text().startswith(f"{waiting} waiting")

    play(scenario)


async def newest_change(console: Console, action: str) -> tuple[object, object]:
    """Return how many runs the newest request changed, and of which tasks it asked that."""
    [entry] = (await console.connection.client.audit(action=action, limit=1)).data
    queue = entry.detail["queue"]
    assert isinstance(queue, dict)
    return entry.detail["count"], queue["task_ids"]


def test_a_task_that_clogs_the_queue_is_one_row_whose_runs_are_raised_shown_and_cancelled(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        fields = {"executor": "shell", "command": "true", "worker_labels": {"nowhere": "yes"}}
        task, other = [await client.create_task({"name": f"clog-{place}", **fields}) for place in ("many", "one")]
        await client.batch([{"task_id": task.id}] * 30 + [{"task_id": other.id}])
        view = queue_of(console)
        view.show_with({"q": "clog-"})
        await activate(view)
        view.table.setFocus()
        QTest.keyClick(view.table, Qt.Key.Key_G)
        tasks = view.by_task
        await until(lambda: [row.task_id for row in tasks.model.rows] == [task.id, other.id], tasks.loaded)
        assert not view.card.isVisible()
        texts = [column.text(tasks.model.rows[0]) for column in tasks.model.columns]
        assert texts[:7] == ["clog-many", "30", "", "30", "", "", ""]
        assert texts[7] == "no worker with the labels nowhere=yes"
        assert tasks.count_words() == "2 tasks"
        await laid_out()
        assert max(view.grouping.by_run.width(), view.grouping.by_task.width()) < 120

        tasks.table.selectRow(0)
        tasks.table.setFocus()
        QTest.keyClick(tasks.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        await until(lambda: console.context.undo.newest == "Raised 30 runs", console.context.undo.pushed)
        assert {run.priority for run in await runs_of(console, task.id)} == {"high"}
        assert {run.priority for run in await runs_of(console, other.id)} == {"normal"}
        await console.context.undo.undo()
        assert {run.priority for run in await runs_of(console, task.id)} == {"normal"}

        QTest.keyClick(tasks.table, Qt.Key.Key_Return)
        assert view.grouping.only.text() == "clog-many  ×"
        await until(lambda: {row.entry.run.task_id for row in view.model.rows} == {task.id}, view.loaded)
        assert view.card.isVisible()
        view.grouping.only.click()
        await until(lambda: {row.entry.run.task_id for row in view.model.rows} == {task.id, other.id}, view.loaded)

        view.grouping.by_task.click()
        await until(lambda: tasks.isVisible() and len(tasks.model.rows) == 2, tasks.loaded)
        state = view.state()
        view.grouping.by_run.click()
        view.restore_state(state)
        assert view.grouping.is_by_task
        await until(lambda: tasks.isVisible() and len(tasks.model.rows) == 2, tasks.loaded)
        rows = list(tasks.model.rows)
        gone = without_runs(rows[1])
        tasks.model.set_rows([rows[0], gone])
        assert [tasks.model.is_past(place) for place in (0, 1)] == [False, True]
        assert tasks.model.columns[-1].text(gone) == ""
        assert not tasks.table.row_action(QueueActionId.CANCEL).can_do(gone)
        tasks.model.set_rows(rows)
        tasks.table.selectAll()
        QTest.keyClick(tasks.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        await until(lambda: console.context.undo.newest == "Raised 31 runs", console.context.undo.pushed)
        assert await newest_change(console, "runs.priority") == (31, [task.id, other.id])
        await console.context.undo.undo()
        assert {run.priority for one in (task, other) for run in await runs_of(console, one.id)} == {"normal"}
        said: list[str] = []
        view.said.connect(said.append)
        QTest.keyClick(tasks.table, Qt.Key.Key_Delete)
        dialog = await dialog_of(ConfirmDialog)
        assert dialog.windowTitle() == "Cancel the 31 runs of 2 tasks?"
        dialog.go.click()
        await until(lambda: bool(said), view.said)
        assert said == ["31 runs cancelled."]
        assert await newest_change(console, "runs.cancel") == (31, [task.id, other.id])
        await until(tasks.empty.isVisible, tasks.loaded)
        assert tasks.empty.words.text() == "No matching tasks in the queue."
        for made in (task, other):
            await client.delete_task(made.id)

    play(scenario)
