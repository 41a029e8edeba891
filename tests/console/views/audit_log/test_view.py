"""The audit trail as one reads it while more is done, on a real backend."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.views import live_list
from console.views.audit_log.view import AuditLogView
from tests.console.conftest import Play, until

PAGE, MANY = 40, 30


def test_what_one_reads_stays_where_it_is_while_more_is_done(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_list, "PAGE", PAGE)

    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = (await client.create_task({"name": "audited", "executor": "shell", "command": "true"})).id
        for _ in range(MANY):
            await client.pause_task(task)
            await client.resume_task(task)
        other = (await client.create_task({"name": "another", "executor": "shell", "command": "true"})).id
        console.window.show_view("audit_log")
        view = console.window.current
        assert isinstance(view, AuditLogView)
        model, table = view.model, view.table
        changes = (model.rowsInserted, model.modelReset, model.dataChanged)
        await until(lambda: view.live.is_answered, view.loaded)
        view.filter.set_text("audited")
        await until(lambda: not view.live.is_answered, view.filter.changed)  # when typing has paused
        await until(lambda: view.live.is_answered and model.rows[0].object_name == "audited", view.loaded)
        assert len(model.rows) == PAGE
        QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        table.scrollToBottom()
        await until(lambda: len(model.rows) == 2 * MANY + 1, *changes)
        seen = model.rows[table.rowAt(0)].id, table.rowViewportPosition(table.rowAt(0))
        await client.pause_task(task)
        await until(lambda: len(view.live.waiting) == 1, view.loaded)
        assert view.waiting_button.text() == "1 new"
        assert (model.rows[table.rowAt(0)].id, table.rowViewportPosition(table.rowAt(0))) == seen
        QTest.mouseClick(view.waiting_button, Qt.MouseButton.LeftButton)
        assert len(model.rows) == 2 * MANY + 2
        assert model.rows[0].action == "task.pause"
        assert table.verticalScrollBar().value() == 0
        assert [event.id for event in model.rows] == sorted((event.id for event in model.rows), reverse=True)
        view.filter.set_text("audite")
        await until(lambda: table.verticalScrollBar().value() == 0, table.verticalScrollBar().valueChanged)
        for one in (task, other):
            await client.delete_task(one)

    play(scenario)
