"""What is silenced says so wherever it is shown, on a real backend."""

from PySide6.QtCore import Qt

from console.application import Console
from console.incidents import Incident
from console.silencing import SILENCE_UNTIL_RECOVERY
from console.views.alerts.view import AlertsView
from console.views.run.view import RunView
from console.views.task.view import TaskView
from console.widgets.table_model import SIGN_ROLE
from shared.models.bulk import ChangeAlerts
from tests.console.conftest import Play, ended, undone, until
from tests.console.test_console import make_task
from tests.console.views.alerts.test_view import RULE


def test_a_silenced_alert_has_a_sign_in_the_list_and_on_the_pages(play: Play, in_english: None) -> None:
    async def scenario(console: Console) -> None:
        client, window, silences = console.connection.client, console.window, console.context.silences
        await client.request("PUT", "/api/alerts/rules/alarms", json=RULE)
        task = await make_task(console, name="noisy", command="exit 4", folder="alarms")
        window.show_view("alerts")
        view = window.current
        assert isinstance(view, AlertsView)
        model = view.model
        run = await ended(console, await client.trigger_task(task.id))

        def of_task() -> list[Incident]:
            return [one for one in model.rows if one.newest.task_id == task.id]

        await until(lambda: bool(of_task()), model.rowsInserted, model.modelReset, model.dataChanged)
        [incident] = of_task()
        index = model.index(model.row_of(incident.id) or 0, 0)
        title = "noisy failed"
        assert index.data(SIGN_ROLE) is None
        assert "Silenced" not in index.data(Qt.ItemDataRole.ToolTipRole)
        before = view.table.grab().toImage()

        action = view.table.row_action(SILENCE_UNTIL_RECOVERY)
        view.table.act(action, [incident])
        await until(lambda: index.data(SIGN_ROLE) is not None, silences.changed)
        assert index.data(SIGN_ROLE).words == "Silenced until it recovers, by local"
        assert "Silenced until it recovers, by local" in index.data(Qt.ItemDataRole.ToolTipRole)
        assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith(f"{title}, Silenced")
        assert index.data() == title
        assert view.table.grab().toImage() != before

        for name, wanted in (("run", run.id), ("task", task.id)):
            window.follow(name, {name: wanted})
            page = window.current
            assert isinstance(page, RunView | TaskView)
            line = page.alerts.silence
            await until(line.isVisible, page.loaded, silences.changed, console.background.ended)
            assert line.words.text() == "Alerts of this task are silenced until it recovers (by local)."
            assert not line.sign.pixmap().isNull()

        held = await ended(console, await client.trigger_task(task.id))
        window.follow("run", {"run": held.id})
        page = window.current
        assert isinstance(page, RunView)
        await until(page.alerts.silence.isVisible, page.loaded, silences.changed, console.background.ended)
        assert page.alerts.model.rows == []

        await undone(console, "Silenced")
        await until(lambda: not silences.current, silences.changed)
        assert index.data(SIGN_ROLE) is None
        assert not page.alerts.isVisible()
        # Others count the alerts that nobody attends to.
        await client.change_alerts(ChangeAlerts(action="acknowledge", ids=[incident.newest.id]))
        await client.request("DELETE", "/api/alerts/rules/alarms")
        await client.delete_task(task.id)

    play(scenario)
