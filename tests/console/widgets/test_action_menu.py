"""The menus of the tables: what belongs together stands together, with a line between the groups."""

from collections.abc import Sequence

import pytest
from PySide6.QtWidgets import QApplication, QMenu

from console.application import Console
from console.theme.palette import LIGHT
from console.views.queue.view import QueueView
from console.views.runs.view import RunsView
from console.views.tasks.view import TasksView
from console.widgets.action_menu import fill_menu
from console.widgets.row_action import ActionGroup, RowAction
from tests.console.conftest import Play, ended, until
from tests.console.test_console import make_task

LINE = "-"


def shape(menu: QMenu) -> list[str]:
    return [LINE if entry.isSeparator() else entry.text() for entry in menu.actions()]


def action(name: str, group: ActionGroup) -> RowAction[int]:
    return RowAction(id=name, text=lambda: name, do=lambda rows: None, icon_name="play", group=group)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([("a", ActionGroup.RUN)], ["a"]),
        ([("a", ActionGroup.RUN), ("b", ActionGroup.RUN)], ["a", "b"]),
        ([("a", ActionGroup.END), ("b", ActionGroup.RUN), ("c", ActionGroup.END)], ["b", LINE, "a", "c"]),
        ([("a", ActionGroup.ORGANISE), ("b", ActionGroup.OPEN)], ["b", LINE, "a"]),
    ],
)
def test_groups_have_an_order_and_a_line_between_them(
    qapp: QApplication, given: Sequence[tuple[str, ActionGroup]], expected: list[str]
) -> None:
    menu = QMenu()
    done: list[str] = []
    fill_menu(
        menu,
        [action(*one) for one in given],
        [1],
        LIGHT,
        can_do=lambda one: one.id != "b",
        act=lambda one: done.append(one.id),
    )
    assert shape(menu) == expected
    for entry in menu.actions():
        entry.trigger()
    assert done == [one for one in expected if one not in (LINE, "b")]


def test_the_menus_of_tasks_runs_and_queue_are_grouped(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        window, client = console.window, console.connection.client
        task = await make_task(console, name="menu", command="exit 4")
        run = await ended(console, await client.trigger_task(task.id))
        stuck = await client.create_task(
            {"name": "stuck", "executor": "shell", "command": "true", "worker_labels": {"nowhere": "yes"}}
        )
        await client.trigger_task(stuck.id)

        window.show_view("tasks")
        tasks = window.current
        assert isinstance(tasks, TasksView)
        await until(lambda: tasks.model.row_of(task.id) is not None, tasks.loaded)
        tasks.table.selectRow(tasks.model.row_of(task.id) or 0)
        silences = ["Silence alerts until it recovers", "Silence alerts for 1 hour", "Silence alerts until 08:00"]
        assert shape(tasks.table.menu()) == [
            *("Edit…", "Show runs", "Versions…", LINE),
            *("Run now", "Backfill…", LINE),
            *("Pause schedule", "Resume schedule", "Notify me on failure", *silences, LINE),
            *("Labels…", "Move…", LINE),
            "Delete…",
        ]

        window.show_view("runs")
        runs = window.current
        assert isinstance(runs, RunsView)
        await until(lambda: runs.model.row_of(run.id) is not None, runs.loaded)
        runs.table.selectRow(runs.model.row_of(run.id) or 0)
        assert shape(runs.table.menu()) == [
            *("Show task", LINE),
            *("Re-run", LINE),
            *("Acknowledge", *silences, LINE),
            "Cancel run",
        ]

        window.follow("queue", {"q": "stuck"})
        queue = window.current
        assert isinstance(queue, QueueView)
        await until(lambda: len(queue.model.rows) == 1, queue.loaded)
        queue.table.selectRow(0)
        assert shape(queue.table.menu()) == [
            *("Show run", "Show task", LINE),
            *("Raise priority", "Lower priority", "Start now", LINE),
            "Cancel",
        ]

    play(scenario)
