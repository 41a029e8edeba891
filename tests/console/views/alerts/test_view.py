"""The alerts as an operator meets them, on a real backend: badge, toast, one line an incident."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from console import remembered
from console.acknowledging import ACKNOWLEDGE, open_alerts
from console.application import Console
from console.incidents import Incident
from console.tray import Tray
from console.views.alerts.view import AlertsView
from console.views.run.view import RunView
from shared.enums import RunStatus
from shared.models.bulk import ChangeAlerts
from tests.console.conftest import Play, activate, ended, until
from tests.console.test_console import make_task

RULE = {"conditions": ["failure"], "channels": ["console"], "folder": "alarms", "group_by": "task"}


async def see_all(console: Console) -> None:
    """Count only what comes from now on: other tests leave alerts on this backend."""
    for newest in await console.connection.client.list_alerts(limit=1):
        console.context.alerts.see(newest.id)


def test_an_alert_is_announced_counted_and_folded_with_its_recovery(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, window = console.connection.client, console.window
        tray = Tray(console)
        tray.watch(console)
        told: list[str] = []
        tray.notified.connect(lambda title, _words: told.append(title))
        await see_all(console)
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


def test_an_alert_that_somebody_acknowledged_is_no_longer_counted(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, window, alerts = console.connection.client, console.window, console.context.alerts
        await see_all(console)
        await client.request("PUT", "/api/alerts/rules/alarms", json=RULE)
        task = await make_task(console, name="broken", command="exit 4", folder="alarms")
        await activate(window)
        window.show_view("tasks")
        await ended(console, await client.trigger_task(task.id))
        await until(lambda: alerts.unseen == 1, alerts.changed)

        # From another console.
        (message,) = await client.list_alerts(task_id=task.id)
        await client.change_alerts(ChangeAlerts(action="acknowledge", ids=[message.id]))
        await until(lambda: alerts.unseen == 0, alerts.changed)
        await client.change_alerts(ChangeAlerts(action="take_back", ids=[message.id]))
        await until(lambda: alerts.unseen == 1, alerts.changed)

        QTest.mouseClick(window.side_bar.buttons["alerts"], Qt.MouseButton.LeftButton)
        view = window.current
        assert isinstance(view, AlertsView)
        model = view.model
        changes = (model.dataChanged, model.rowsInserted, model.layoutChanged, model.modelReset)

        def of_task() -> list[Incident]:
            return [one for one in model.rows if one.newest.task_id == task.id]

        await until(lambda: bool(of_task()), *changes)
        action = view.table.row_action(ACKNOWLEDGE)
        assert action.applies(of_task()[0])
        view.table.act(action, of_task())
        await until(lambda: of_task()[0].newest.acknowledged_by == "local", *changes)
        assert not action.applies(of_task()[0])
        assert window.toast.words.text().startswith("Alert acknowledged")

        run = (await client.list_runs(task_id=task.id)).data[0]
        window.follow("run", {"run": run.id})
        page = window.current
        assert isinstance(page, RunView)
        await until(lambda: "Acknowledged by local" in page.alerts.sent.text(), console.background.ended)
        assert await open_alerts(client, [task.id]) == []
        await client.change_alerts(ChangeAlerts(action="take_back", ids=[message.id]))
        assert await open_alerts(client, [task.id, task.id]) == [message.id]
        await client.request("DELETE", "/api/alerts/rules/alarms")
        await client.delete_task(task.id)

    play(scenario)
