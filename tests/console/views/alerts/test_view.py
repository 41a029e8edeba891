"""The alerts as an operator meets them, on a real backend: badge, toast, one line an incident."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from console import remembered
from console.application import Console
from console.tray import Tray
from console.views.alerts.view import AlertsView
from shared.enums import RunStatus
from tests.console.conftest import Play, activate, ended, until
from tests.console.test_console import make_task

RULE = {"conditions": ["failure"], "channels": ["console"], "folder": "alarms", "group_by": "task"}


def test_an_alert_is_announced_counted_and_folded_with_its_recovery(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        tray = Tray(console)
        tray.watch(console)
        told: list[str] = []
        tray.notified.connect(lambda title, _words: told.append(title))
        await client.request("PUT", "/api/alerts/rules/alarms", json=RULE)
        task = await make_task(console, name="alarm", command="exit 4", folder="alarms")
        await activate(window)
        window.show_view("tasks")
        await ended(console, await client.trigger_task(task.id))
        alerts = console.context.alerts
        await until(lambda: alerts.unseen == 1, alerts.changed)
        assert told == ["alarm failed"]
        assert window.toast.words.text().startswith("alarm failed.")
        badge = window.side_bar.buttons["alerts"].findChild(QLabel, "badge")
        assert badge is not None
        assert (badge.isVisible(), badge.text()) == (True, "1")
        assert window.side_bar.buttons["alerts"].accessibleName() == "Alerts, 1 new alert"

        QTest.mouseClick(window.side_bar.buttons["alerts"], Qt.MouseButton.LeftButton)
        view = window.current
        assert isinstance(view, AlertsView)
        await until(lambda: alerts.unseen == 0, alerts.changed)
        assert not badge.isVisible()
        [incident] = [one for one in view.model.rows if one.newest.task_id == task.id]
        assert (incident.is_open, incident.messages) == (True, 1)
        assert console.context.memory.get(remembered.LAST_SEEN_ALERT) >= incident.newest.id

        await client.update_task(task.id, {"command": "true"})
        assert (await ended(console, await client.trigger_task(task.id))).status is RunStatus.SUCCEEDED
        model = view.model
        await until(lambda: not model.rows[0].is_open, model.dataChanged, model.rowsInserted, model.layoutChanged)
        assert (model.rows[0].id, model.rows[0].messages) == (incident.id, 2)
        assert told == ["alarm failed", "alarm recovered"]
        assert alerts.unseen == 0
        await client.request("DELETE", "/api/alerts/rules/alarms")
        await client.delete_task(task.id)

    play(scenario)
