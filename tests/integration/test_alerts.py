"""Alerts: the first at once, reminders, one recovery; delivered, retried, silenced. And tasks that are paused."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.alerts.channels import read_channel
from backend.alerts.delivery import AlertsDelivered
from backend.alerts.late_and_slow import read_troubles
from backend.alerts.model import TroubleKind
from backend.alerts.watch import AlertPass
from backend.events.passes import PassWatch
from shared.enums import RunStatus, StreamTopic
from tests.system import System

ONE_DATABASE_EACH = True
SETTINGS = {"alert_interval_seconds": 0.3}


class Receiver:
    """An HTTP receiver that keeps what it gets, and refuses the first `refusals`."""

    def __init__(self, refusals: int = 0) -> None:
        self.bodies: list[Any] = []
        self.refused = 0
        self._refusals = refusals
        self._came = asyncio.Condition()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
        body = json.loads(await reader.readexactly(length))
        status = "200 OK"
        async with self._came:
            if self.refused < self._refusals:
                self.refused += 1
                status = "503 Service Unavailable"
            else:
                self.bodies.append(body)
            self._came.notify_all()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())
        await writer.drain()
        writer.close()

    async def until(self, count: int) -> list[Any]:
        async with asyncio.timeout(60), self._came:
            await self._came.wait_for(lambda: len(self.bodies) >= count)
        return self.bodies


@asynccontextmanager
async def receiving(refusals: int = 0) -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver(refusals)
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    async with server:
        yield receiver, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def put(system: System, path: str, **body: Any) -> None:
    answer = await system.http.put(f"/api/alerts/{path}", json=body)
    assert answer.status_code == 200, answer.text


async def alerts(system: System) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await system.http.get("/api/alerts")).json()["data"]
    return found


async def until_alerts(system: System, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(60):
        async for _ in system.client.stream([StreamTopic.ALERTS]):
            if len(found := await alerts(system)) >= count:
                return found
    raise AssertionError("the stream ended")


async def test_the_first_failure_alerts_further_ones_are_held_back_and_the_recovery_is_sent_once(
    system: System,
) -> None:
    await system.add_worker()
    async with receiving() as (receiver, url):
        await put(system, "channels/chat", kind="webhook", url=url, format="slack")
        await put(system, "rules/all", conditions=["failure"], channels=["chat"], folder="finance")
        broken = [await system.create(f"broken {n}", command="exit 3", folder="finance/daily") for n in range(3)]
        other = await system.create("elsewhere", command="exit 3", folder="ops")
        for _ in range(4):
            for task in (*broken, other):
                await system.finished((await system.client.trigger_task(task)).id)
        bodies = await receiver.until(1)
        assert bodies[0]["text"].startswith("broken 0 failed\nRun ")
        assert "exit code 3" in bodies[0]["text"]
        for task in broken:
            await system.client.update_task(task, {"command": "true"})
            await system.finished((await system.client.trigger_task(task)).id)
        bodies = await receiver.until(2)
        assert bodies[1]["text"] == "broken 2 recovered\n12 failures since the first."
        assert [one["message"] for one in await alerts(system)] == ["recovery", "first"], "two messages of 12 failures"


async def test_a_silence_until_the_recovery_ends_with_the_next_success_which_is_reported(system: System) -> None:
    await system.add_worker()
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", conditions=["failure"], channels=["here"], group_by="task")
    task = await system.create("broken", command="exit 3")
    await system.finished((await system.client.trigger_task(task)).id)
    await system.until_passes(AlertPass, lambda: alerts(system), lambda found: len(found) == 1)
    fields = {"task_id": task, "ends_at": "2099-01-01T00:00:00Z", "until_recovery": True}
    answer = await system.http.post("/api/alerts/silences", json=fields)
    assert answer.status_code == 201, answer.text
    with system.backend.context.passes.watch(AlertPass) as passes:
        await system.finished((await system.client.trigger_task(task)).id)
        while not (await passes.next()).failed:
            pass
    assert len(await system.client.list_silences()) == 1
    await system.client.update_task(task, {"command": "true"})
    await system.finished((await system.client.trigger_task(task)).id)
    await system.until_passes(AlertPass, system.client.list_silences, lambda found: not found)
    assert [one["message"] for one in await alerts(system)] == ["recovery", "first"]
    [entry] = (await system.client.audit(action="alert_silence.end")).data
    assert entry.actor == "taskdeck"


async def test_a_silence_until_the_recovery_needs_a_task(system: System) -> None:
    fields = {"folder": "finance", "ends_at": "2099-01-01T00:00:00Z", "until_recovery": True}
    answer = await system.http.post("/api/alerts/silences", json=fields)
    assert answer.status_code == 422
    assert "only a task recovers" in answer.text


async def test_a_receiver_that_refuses_is_tried_again_and_that_is_recorded(system: System) -> None:
    await system.add_worker()
    async with receiving(refusals=1) as (receiver, url):
        await put(system, "channels/own", kind="webhook", url=url, format="custom", template={"t": ["{{title}}"]})
        await put(system, "rules/all", channels=["own"])
        with system.backend.context.passes.watch(AlertsDelivered) as deliveries:
            await system.run("broken", command="exit 1")
            assert await receiver.until(1) == [{"t": ["broken failed"]}]
            assert await deliveries.next() == AlertsDelivered(sent=0, failed=1)
            assert await deliveries.next() == AlertsDelivered(sent=1, failed=0)
        (delivery,) = (await alerts(system))[0]["deliveries"]
        assert (delivery["status"], delivery["attempts"]) == ("sent", 2)


async def test_a_failed_delivery_has_its_error(system: System) -> None:
    await put(system, "channels/mail", kind="email", recipients=["ops@example.org"])
    told = (await system.http.post("/api/alerts/channels/mail/test")).json()["data"]
    assert told["status"] == "failed"
    assert "TASKDECK_SMTP_URL" in told["error"]
    await put(system, "channels/gone", kind="webhook", url="http://127.0.0.1:9/")
    told = (await system.http.post("/api/alerts/channels/gone/test")).json()["data"]
    assert "ConnectError" in told["error"]


async def test_a_silence_holds_back_what_begins_in_it(system: System) -> None:
    await system.add_worker()
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", channels=["here"])
    added = await system.http.post("/api/alerts/silences", json={"folder": "night", "ends_at": "2199-01-01T00:00:00Z"})
    quiet = await system.create("quiet", command="exit 1", folder="night/jobs")
    loud = await system.create("loud", command="exit 1", folder="day")
    await system.finished((await system.client.trigger_task(quiet)).id)
    await system.finished((await system.client.trigger_task(loud)).id)
    found = await until_alerts(system, 1)
    assert [one["task_name"] for one in found] == ["loud"]
    assert found[0]["deliveries"][0]["status"] == "sent"
    (await system.http.delete(f"/api/alerts/silences/{added.json()['data']['id']}")).raise_for_status()
    found = await until_alerts(system, 2)
    assert [one["task_name"] for one in found] == ["quiet", "loud"]
    assert found[0]["detail"] == "Failed during a silence that has ended, and has not succeeded since."


async def test_a_recovery_in_a_silence_is_sent_when_the_silence_ends(system: System) -> None:
    await system.add_worker()
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", channels=["here"])
    gate = system.folder / "well"
    task = await system.create("sick", command=f"test -e {gate}", folder="night")
    await system.finished((await system.client.trigger_task(task)).id)
    await until_alerts(system, 1)
    added = await system.http.post("/api/alerts/silences", json={"folder": "night", "ends_at": "2199-01-01T00:00:00Z"})
    gate.touch()
    await system.finished((await system.client.trigger_task(task)).id)
    other = await system.create("other", command="exit 1", folder="day")
    await system.finished((await system.client.trigger_task(other)).id)
    assert [one["task_name"] for one in await until_alerts(system, 2)] == ["other", "sick"]
    (await system.http.delete(f"/api/alerts/silences/{added.json()['data']['id']}")).raise_for_status()
    found = await until_alerts(system, 3)
    assert (found[0]["task_name"], found[0]["message"]) == ("sick", "recovery")


async def test_slow_and_late_runs_alert_and_recover(system: System) -> None:
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", conditions=["slow", "late"], channels=["here"], group_by="task")
    late = await system.create("late", command="true", schedule="every 1s", late_after_seconds=1)
    found = await until_alerts(system, 1)
    assert (found[0]["condition"], found[0]["task_id"]) == ("late", late)
    gate = system.folder / "gate"
    slow = await system.create(
        "slow", command=f"while [ ! -e {gate} ]; do sleep 0.05; done", expected_duration_seconds=1
    )
    await system.client.pause_task(late)
    await system.add_worker(slots=8)
    run = await system.client.trigger_task(slow)
    found = await until_alerts(system, 3)
    assert {(one["condition"], one["message"]) for one in found} == {
        ("late", "first"),
        ("late", "recovery"),
        ("slow", "first"),
    }
    gate.touch()
    await system.finished(run.id)
    assert (await until_alerts(system, 4))[0]["title"] == "slow no longer runs longer than expected"


async def test_a_late_start_alerts_although_the_run_has_started(system: System) -> None:
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", conditions=["late"], channels=["here"], group_by="task")
    task = await system.create("late", command="true", schedule="at 2199-01-01T00:00", late_after_seconds=60)
    await system.add_worker()
    with system.backend.context.passes.watch(AlertPass) as passes:
        await be_away_for_an_hour(system, task)
        assert (await until_alerts(system, 1))[0]["title"] == "late did not start on time"
        # The run itself may be late too, and alert before what was missed is examined.
        while not (found := (await system.client.audit(action="task.missed")).data):
            await passes.next()
    [missed] = found
    assert (missed.object_name, missed.detail["missed"]) == ("late", 1)


async def test_a_missed_occurrence_alerts_until_a_run_starts(system: System) -> None:
    await put(system, "channels/here", kind="console")
    fields = {"schedule": "at 2199-01-01T00:00", "misfire_policy": "skip", "late_after_seconds": 60}
    task = await system.create("backup", command="exit 1", retry_count=9, retry_delay_seconds=3600, **fields)
    paused = await system.create("paused", command="true", **fields)
    await system.add_worker()
    await be_away_for_an_hour(system, task, paused)
    with system.backend.context.passes.watch(AlertPass) as passes:
        while len((await system.client.audit(action="task.missed")).data) < 2:
            await passes.next()
    await system.client.pause_task(paused)
    await put(system, "rules/all", conditions=["late"], channels=["here"], group_by="task")
    (alert,) = await until_alerts(system, 1)
    assert (alert["title"], alert["run_id"]) == ("backup did not start on time", None)
    assert alert["detail"].endswith("Trigger the task to run it now.")
    run = await system.client.trigger_task(task)
    assert (await until_alerts(system, 2))[0]["title"] == "backup starts on time again"
    assert (await system.client.get_run(run.id)).status is RunStatus.PENDING, "it waits for its retry"
    async with system.backend.context.database.transaction() as connection:
        assert not [one for one in await read_troubles(connection) if one.kind is TroubleKind.MISSED]


async def be_away_for_an_hour(system: System, *task_ids: int) -> None:
    """Make tasks due an hour ago, as after an outage, and wake the dispatcher."""
    past, ids = "now() - interval '1 hour'", ", ".join(map(str, task_ids))
    async with system.backend.context.database.transaction() as connection:
        await connection.exec_driver_sql(
            f"update tasks set next_run_at = {past}, next_occurrence_at = {past} where id in ({ids})"
        )
    await system.client.create_task({"name": "waker", "executor": "noop", "schedule": "every 1h"})


async def test_a_header_that_comes_back_hidden_keeps_its_value(system: System) -> None:
    async def stored() -> dict[str, str]:
        async with system.backend.context.database.transaction() as connection:
            channel = await read_channel(system.backend.context, connection, "chat")
        assert channel is not None
        return dict(channel.headers)

    fields = {"kind": "webhook", "url": "http://127.0.0.1:9/"}
    await put(system, "channels/chat", **fields, headers={"Authorization": "Bearer secret", "X-Team": "ops"})
    (shown,) = (await system.http.get("/api/alerts/channels")).json()["data"]
    assert shown["headers"] == {"Authorization": "***", "X-Team": "***"}
    await put(system, "channels/chat", **fields, headers={"Authorization": "***", "X-Team": "night"})
    assert await stored() == {"Authorization": "Bearer secret", "X-Team": "night"}
    for elsewhere in ({"headers": {"X-New": "***"}}, {"headers": {"X-Team": "***"}, "url": "http://127.0.0.1:10/"}):
        answer = await system.http.put("/api/alerts/channels/chat", json=fields | elsewhere)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "headers")
    assert await stored() == {"Authorization": "Bearer secret", "X-Team": "night"}


async def until_examined(passes: PassWatch[AlertPass], failed: set[int]) -> None:
    """Return when the failures of these tasks were examined."""
    examined: set[int] = set()
    while not failed <= examined:
        examined |= (await passes.next()).failed


async def test_what_is_deleted_or_moved_holds_back_no_other(system: System) -> None:
    await system.add_worker()
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", channels=["here"], folder="a")
    deleted, moved, third = [await system.create(f"task {n}", command="exit 1", folder="a/b") for n in range(3)]
    with system.backend.context.passes.watch(AlertPass) as passes:
        for task in (deleted, moved):
            await system.finished((await system.client.trigger_task(task)).id)
        await until_examined(passes, {deleted, moved})
    await until_alerts(system, 1)
    await system.client.delete_task(deleted)
    await system.client.update_task(moved, {"folder": "elsewhere"})
    await system.finished((await system.client.trigger_task(third)).id)
    found = await until_alerts(system, 2)
    assert [(one["message"], one["title"]) for one in found] == [
        ("first", "task 2 failed"),
        ("first", "task 0 failed"),
    ]


async def test_a_schedule_is_paused_after_consecutive_failures_with_an_alert(system: System) -> None:
    await system.add_worker()
    await put(system, "channels/here", kind="console")
    await put(system, "rules/all", conditions=["paused"], channels=["here"])
    task = await system.create("doomed", command="exit 1", schedule="every 1s", pause_after_failures=3)
    async with asyncio.timeout(30):
        async for _ in system.client.stream([StreamTopic.TASKS]):
            if (stopped := await system.client.get_task(task)).status == "paused":
                break
    assert "failed 3 times in a row" in (stopped.paused_reason or "")
    assert stopped.next_run_at is None
    found = await until_alerts(system, 1)
    assert found[0]["title"] == "doomed was paused"
    resumed = await system.client.resume_task(task)
    assert resumed.paused_reason is None
    assert resumed.next_run_at is not None


async def test_wrong_rules_and_channels_name_their_field(system: System) -> None:
    for path, body, field in (
        ("channels/x", {"kind": "webhook", "url": "ftp://x"}, "url"),
        ("channels/x", {"kind": "email"}, "recipients"),
        ("channels/x", {"kind": "webhook", "url": "http://x", "format": "custom"}, "template"),
        ("rules/x", {"channels": ["none such"]}, "channels"),
        ("rules/x", {"channels": []}, "channels"),
    ):
        answer = await system.http.put(f"/api/alerts/{path}", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field
