"""Open alerts are acknowledged by one person for all: nobody is reminded of them until something else fails."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from backend.alerts.grouping import on_time, on_trouble
from backend.alerts.model import OpenAlert
from backend.alerts.watch import AlertPass
from shared.client.stream import StreamEvent, StreamOpened
from shared.enums import EventType, RunStatus, StreamTopic
from shared.models.alert import Alert, AlertMessage
from tests.backend.api.members import member
from tests.system import System

BULK = "/api/alerts/bulk"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def alert(**fields: Any) -> OpenAlert:
    known: dict[str, Any] = {"task_ids": frozenset({1}), "opened_at": NOW, "last_sent_at": NOW, "held": 0, "total": 1}
    return OpenAlert(**known | fields)


@pytest.mark.parametrize(
    ("before", "task_id", "message", "is_acknowledged"),
    [
        (alert(), 1, AlertMessage.REMINDER, False),
        (alert(is_acknowledged=True), 1, None, True),
        (alert(is_acknowledged=True), 2, AlertMessage.REMINDER, False),
        # A silence held the first message back: it is sent at the end of the silence in any case.
        (alert(is_acknowledged=True, held=1), 1, AlertMessage.FIRST, True),
    ],
)
def test_an_acknowledged_alert_sends_no_reminder_until_another_task_fails(
    before: OpenAlert, task_id: int, message: AlertMessage | None, is_acknowledged: bool
) -> None:
    after, notice = on_trouble(before, task_id=task_id, now=NOW + 2 * HOUR, remind_after=HOUR, is_silenced=False)
    assert (notice.message if notice is not None else None, after.is_acknowledged) == (message, is_acknowledged)


def test_what_was_held_back_is_reported_once_the_acknowledgement_is_taken_back() -> None:
    held = alert(is_acknowledged=True, held=3, total=4)
    assert on_time(held, now=NOW + 2 * HOUR, remind_after=HOUR)[1] is None
    _, notice = on_time(alert(held=3, total=4), now=NOW + 2 * HOUR, remind_after=HOUR)
    assert notice is not None
    assert notice.count == 3


async def failed(system: System, folder: str) -> Alert:
    """Let a task fail in a folder with a rule that reminds after a minute; return the alert."""
    rule = {"channels": ["console"], "conditions": ["failure"], "folder": folder, "remind_after_seconds": 60}
    await system.http.put("/api/alerts/channels/console", json={"kind": "console"})
    answer = await system.http.put(f"/api/alerts/rules/{folder}", json=rule)
    assert answer.status_code == 200, answer.text
    task_id = await system.create(f"broken in {folder}", executor="shell", command="test -e fixed", folder=folder)
    await trigger(system, task_id)
    (found,) = await system.until_passes(AlertPass, lambda: system.client.list_alerts(task_id=task_id), bool)
    return found


async def fail_later(system: System, task_id: int) -> None:
    """Let a task fail when a reminder is due."""
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text("update open_alerts set last_sent_at = last_sent_at - interval '1 hour'"))
    await trigger(system, task_id)


async def trigger(system: System, task_id: int) -> None:
    await system.until((await system.client.trigger_task(task_id)).id, RunStatus.FAILED)


async def change(client: Any, *ids: int, action: str = "acknowledge", **more: Any) -> dict[str, Any]:
    answer = await client.post(BULK, json={"action": action, "ids": list(ids), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def acknowledged_event(system: System, alert_id: int) -> dict[str, Any]:
    """Acknowledge an alert; return what the live stream says of it."""
    async with asyncio.timeout(30):
        async for item in system.client.stream([StreamTopic.ALERTS]):
            if isinstance(item, StreamOpened):
                assert (await change(system.http, alert_id))["changed"] == 1
            elif isinstance(item, StreamEvent) and item.type is EventType.ALERT_ACKNOWLEDGED:
                return item.data
    raise AssertionError("the stream ended")


async def test_everybody_sees_who_acknowledged_and_no_reminder_follows(system: System) -> None:
    await system.add_worker()
    first = await failed(system, "ops")
    assert first.task_id is not None
    dry = await change(system.http, first.id, dry_run=True)
    assert (dry["changed"], (await system.client.list_alerts())[0].acknowledged_by) == (1, None)

    assert (await acknowledged_event(system, first.id))["acknowledged_by"] == "local"
    again = await change(system.http, first.id, 9999)
    assert {one["reason"] for one in again["refused"]} == {"unchanged", "gone"}

    with system.backend.context.passes.watch(AlertPass) as passes:
        await fail_later(system, first.task_id)
        await passes.next(lambda found: found.examined > 0)
    assert [one.id for one in await system.client.list_alerts(task_id=first.task_id)] == [first.id]
    assert (await change(system.http, first.id, action="take_back"))["changed"] == 1
    await fail_later(system, first.task_id)
    messages = await system.until_passes(
        AlertPass, lambda: system.client.list_alerts(task_id=first.task_id), lambda found: len(found) > 1
    )
    assert (messages[0].message, messages[0].count) == (AlertMessage.REMINDER, 2)
    actions = [one.action for one in (await system.client.audit(object_type="alert")).data]
    assert actions == ["alert.take_back", "alert.acknowledge"]


async def test_an_alert_that_has_recovered_or_may_not_be_run_is_counted_with_its_reason(system: System) -> None:
    await system.add_worker()
    runs, reads, hides = [await failed(system, folder) for folder in ("runs", "reads", "hides")]
    async with member(system, ("runs", "run"), ("reads", "read")) as anna:
        found = await change(anna, runs.id, reads.id, hides.id)
    assert (found["changed"], found["ids"]) == (1, [runs.id])
    assert {one["reason"]: one["count"] for one in found["refused"]} == {"not_permitted": 1, "gone": 1}
    await system.client.request("PATCH", f"/api/tasks/{reads.task_id}", json={"command": "true"})
    assert reads.task_id is not None
    await system.finished((await system.client.trigger_task(reads.task_id)).id)
    await system.until_passes(
        AlertPass, lambda: system.client.list_alerts(task_id=reads.task_id), lambda found: len(found) > 1
    )
    assert (await change(system.http, reads.id))["refused"][0]["reason"] == "already_ended"
