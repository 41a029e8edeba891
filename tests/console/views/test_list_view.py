"""What every list holds while its view is hidden, on a real backend."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.views.list_view import ListView
from tests.console.conftest import Play, until
from tests.console.test_console import make_task

_TASKS = 60


def place_of(view: ListView[Any]) -> tuple[object, int, int]:
    """Return which row is the current one, where it is seen, and how many are selected."""
    current = view.table.currentIndex()
    key = view.model.key_at(current.row()) if current.isValid() else None
    return key, view.table.rowViewportPosition(current.row()), len(view.table.selected_places())


@pytest.mark.parametrize("name", ["tasks", "runs", "queue", "audit_log"])
def test_a_list_is_found_where_it_was_left(play: Play, name: str) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        await client.apply_tasks(
            [
                {
                    "name": f"left-{number:02}",
                    "executor": "shell",
                    "command": "true",
                    "worker_labels": {"zone": "nowhere"},
                }
                for number in range(_TASKS)
            ]
        )
        tasks = (await client.list_tasks(q="left-", limit=_TASKS)).data
        await client.batch([{"task_id": task.id} for task in tasks])
        window.show_view(name)
        view = window.current
        assert isinstance(view, ListView)
        await until(lambda: view.model.rowCount() >= _TASKS, view.loaded)
        QTest.keyClick(view.table, Qt.Key.Key_End)
        QTest.keyClick(view.table, Qt.Key.Key_Up)
        await until(lambda: place_of(view)[0] is not None, view.loaded)
        before = place_of(view)
        assert view.is_scrolled

        loads: list[bool] = []
        view.loaded.connect(lambda: loads.append(True))
        view.refresh()
        window.follow("task", {"task": tasks[0].id})
        await until(lambda: bool(loads), view.loaded)
        assert not view.isVisible()
        assert place_of(view) == before, "an answer that arrived while the list was hidden"

        changed = console.context.feeds.runs.changed
        arrived: list[int] = []
        changed.connect(lambda event: arrived.append(event.run.task_id))
        first = await make_task(console, name="a-first", command="true", worker_labels={"zone": "nowhere"})
        await client.trigger_task(first.id)
        await until(lambda: first.id in arrived, changed)
        assert place_of(view) == before, "what happened while the list was hidden"

        loads.clear()
        window.go_back()
        assert window.current is view
        await until(lambda: bool(loads), view.loaded)
        assert place_of(view) == before, "the answer after the list was shown again"

    play(scenario)
