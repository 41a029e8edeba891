"""Silencing a task whose failure is shown, and taking it back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.application import Console
from console.incidents import Incident
from console.silencing import SILENCE_UNTIL_RECOVERY, in_one_hour, next_morning
from console.views.alerts.view import AlertsView
from console.views.policies.resource_page import ResourcePage
from console.views.runs.view import RunsView
from shared.models.alert import Alert, AlertMessage, Silence
from tests.console.conftest import Play, ended, until

_ZONE = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 1, 3, 12, tzinfo=_ZONE), datetime(2026, 3, 1, 8, tzinfo=_ZONE)),
        (datetime(2026, 3, 1, 8, 0, tzinfo=_ZONE), datetime(2026, 3, 2, 8, tzinfo=_ZONE)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_silence_until_the_morning_ends_at_the_next_eight_o_clock(now: datetime, expected: datetime) -> None:
    assert next_morning(now) == expected
    assert in_one_hour(now) - now == timedelta(hours=1)


def alert_of(task_id: int, name: str) -> Alert:
    return Alert.model_validate(
        {
            "id": 1,
            "at": datetime.now(UTC),
            "rule": "all",
            "condition": "failure",
            "message": "first",
            "grouping_key": name,
            "task_id": task_id,
            "task_name": name,
            "count": 1,
            "title": f"{name} failed",
            "detail": "exit code 1",
        }
    )


def test_one_action_on_an_alert_or_a_failed_run_silences_its_task_and_undo_ends_it(play: Play) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client

        async def silences() -> list[Silence]:
            answer = await client.request("GET", "/api/alerts/silences")
            return [Silence.model_validate(one) for one in answer["data"]]

        task = await client.create_task({"name": "quiet", "executor": "shell", "command": "exit 1"})
        run = await ended(console, await client.trigger_task(task.id))
        console.window.show_view("alerts")
        alerts = console.window.current
        assert isinstance(alerts, AlertsView)
        alert = alert_of(task.id, task.name)
        incident = Incident(alert, alert, 1)

        def changed(**fields: object) -> Incident:
            return replace(incident, newest=alert.model_copy(update=fields))

        action = next(one for one in alerts.table.row_actions if one.id == "silence_hour")
        assert action.on_hover
        assert action.applies(incident)
        assert not action.applies(changed(message=AlertMessage.RECOVERY))
        assert not action.applies(changed(task_id=None))

        action.do([incident, incident])
        await until(lambda: console.context.undo.newest.startswith("Silenced quiet until"), console.background.ended)
        [silence] = await silences()
        assert (silence.task_id, silence.task_name) == (task.id, "quiet")
        assert timedelta(minutes=58) < silence.ends_at - datetime.now(UTC) <= timedelta(hours=1)

        alerts.show_with({"page": "silences"})
        page = alerts.tabs.currentWidget()
        assert isinstance(page, ResourcePage)
        await until(lambda: bool(page.model.rows), console.background.ended)
        assert page.model.columns[0].text(page.model.rows[0]) == "quiet"

        await console.context.undo.undo()
        assert await silences() == []

        console.window.show_view("runs")
        runs = console.window.current
        assert isinstance(runs, RunsView)
        until_morning = next(one for one in runs.run_actions.row_actions() if one.id == "silence_morning")
        assert until_morning.applies(run)
        until_morning.do([run])
        await until(lambda: "quiet" in console.context.undo.newest, console.background.ended)
        [silence] = await silences()
        local = silence.ends_at.astimezone()
        assert (local.hour, local.minute) == (8, 0)
        await client.end_silence(silence.id)

        until_it_recovers = next(one for one in alerts.table.row_actions if one.id == SILENCE_UNTIL_RECOVERY)
        until_it_recovers.do([incident])
        await until(lambda: console.context.undo.newest == "Silenced quiet until it recovers", console.background.ended)
        [silence] = await silences()
        assert silence.until_recovery
        await client.end_silence(silence.id)
        await client.delete_task(task.id)

    play(scenario)
