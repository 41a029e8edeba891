"""One row that cannot be processed is set aside alone: those before and after it are processed, and loops go on."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from backend.alerts.delivery import AlertsDelivered
from backend.alerts.watch import AlertPass
from backend.broker.messages import HEARTBEATS, LOGS, Heartbeat, LogBatch, LogPiece, WorkerState
from backend.broker.queues import HEARTBEAT_QUEUE, LOG_QUEUE
from backend.dispatcher.cancel_loop import CancelPass
from backend.dispatcher.dependency_loop import ResolvePass
from backend.dispatcher.fan_out_loop import FanOutPass
from backend.events.wakes import WakeReason
from backend.faults.reporter import FaultsStored
from backend.queue.sampler import QueueSampled
from backend.runs.recover import RecoverPass
from backend.runs.release import ReleasePass
from backend.tasks.purge import Purger
from backend.workers.heartbeats import HeartbeatIntake
from shared.client.stream import StreamEvent, StreamOpened
from shared.enums import EventType, FaultKind, LogStream, RunStatus, StreamTopic
from tests.backend.faults.listed import faults
from tests.system import System, open_system

HOURLY = "0 * * * *"


@pytest.fixture
async def system(database_url: str, tmp_path: Path) -> AsyncIterator[System]:
    async with open_system(database_url, None, tmp_path, alert_interval_seconds=0.3) as opened:
        yield opened


async def execute(system: System, statement: str, **values: Any) -> Sequence[Any]:
    async with system.backend.context.database.transaction() as connection:
        rows = await connection.execute(text(statement), values)
        return rows.all() if rows.returns_rows else []


async def three_tasks(system: System, **fields: Any) -> list[int]:
    return [await system.create(name, command="true", **fields) for name in ("a first", "b bad", "c last")]


async def next_times(system: System) -> list[datetime | None]:
    return [row.next_run_at for row in await execute(system, "select next_run_at from tasks order by id")]


async def test_a_calendar_reschedules_the_tasks_around_one_whose_schedule_cannot_be_evaluated(system: System) -> None:
    days = {"dates": [], "weekdays": ["saturday"]}
    assert (await system.http.put("/api/calendars/days", json=days)).status_code == 200
    _, bad, _ = await three_tasks(system, schedule=HOURLY, calendar="days")
    await execute(system, "update tasks set next_run_at = null, next_occurrence_at = null")
    await execute(system, "update tasks set timezone = 'Nowhere/Lost' where id = :id", id=bad)
    days["weekdays"] = ["sunday"]
    answer = await system.http.put("/api/calendars/days", json=days)
    assert answer.status_code == 200, answer.text
    first, second, third = await next_times(system)
    assert first is not None
    assert third == first
    assert second is None
    [paused] = await execute(system, "select status, paused_reason from tasks where id = :id", id=bad)
    assert paused.status == "paused"
    assert "Nowhere/Lost" in paused.paused_reason
    fault = (await faults(system))[f"task {bad}"]
    assert (fault.object_name, fault.kind) == ("b bad", FaultKind.SET_ASIDE)
    assert "Nowhere/Lost" in fault.cause
    assert fault.next_step == "Edit the task and resume it."


async def test_agenda_and_upcoming_occurrences_leave_out_what_cannot_be_evaluated(system: System) -> None:
    good, bad, _ = await three_tasks(system, schedule=HOURLY)
    await execute(system, "update tasks set blackouts = '[{\"nonsense\": 1}]' where id = :id", id=bad)
    now = datetime.now(UTC)
    window = {"since": now.isoformat(), "until": (now + timedelta(hours=6)).isoformat()}
    answer = await system.http.get("/api/agenda", params=window | {"resolution": "hour"})
    assert answer.status_code == 200, answer.text
    await system.until_passes(FaultsStored, lambda: faults(system), lambda found: f"schedule {bad}" in found)
    agenda = answer.json()["data"]
    assert sum(span["planned"] for span in agenda["spans"]) >= 2 * 5
    assert agenda["tasks_left_out"] == 1
    entries = (await system.http.get("/api/agenda/entries", params=window)).json()["data"]["entries"]
    assert {entry["task_name"] for entry in entries} == {"a first", "c last"}
    assert len((await system.http.get(f"/api/tasks/{good}/upcoming?count=3")).json()["data"]["times"]) == 3
    refused = await system.http.get(f"/api/tasks/{bad}/upcoming?count=3")
    assert refused.status_code == 422
    assert "cannot be evaluated" in refused.text


async def test_a_dependency_that_cannot_be_read_keeps_no_other_waiting(system: System) -> None:
    await system.add_worker()
    upstream = await system.create("upstream", command="true")
    edge = [{"task_id": upstream, "condition": "success"}]
    first, bad, last = await three_tasks(system, depends_on=edge)
    await execute(system, "update task_dependencies set condition = 'never' where task_id = :id", id=bad)
    with system.backend.context.passes.watch(ResolvePass) as passes:
        run = await system.client.trigger_task(upstream)
        await passes.next(lambda one: one.started == 2)
        await system.finished(run.id)
        runs = await execute(system, "select task_id from runs where trigger = 'dependency' order by task_id")
        assert [row.task_id for row in runs] == [first, last]
        await system.client.trigger_task(upstream)
        await passes.next(lambda one: one.started == 2)
    assert f"dependencies {bad}" in await faults(system)


async def test_a_parent_run_that_cannot_be_expanded_is_cancelled_and_the_others_are_expanded(system: System) -> None:
    await system.add_worker()
    tasks = await three_tasks(system, distribution="sharded", shard_count=2)
    await execute(system, "update tasks set status = 'paused'")
    runs = [await system.client.trigger_task(task_id) for task_id in tasks]
    with system.backend.context.passes.watch(FanOutPass) as passes:
        await system.finished(runs[0].id)
        bad = await system.client.trigger_task(tasks[1])
        await system.finished(bad.id)
        rows = await execute(
            system,
            "insert into runs (task_id, task_version, status, hold, trigger, priority, dispatch_rank, placement,"
            " queued_at, distribution) select t.id, 1, 'pending', 'expand', 'manual', 1, t.id, 'shell', now(),"
            " case when t.id = :bad then 'mystery' else 'sharded' end from tasks t order by t.id returning id",
            bad=tasks[1],
        )
        ids = [row.id for row in rows]
        system.backend.context.signals.wake(WakeReason.FAN_OUT_READY)
        await passes.next(lambda one: one.expanded >= 3)
        first, second, third = [await system.finished(run_id) for run_id in ids]
    assert (first.status, third.status) == (RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    assert second.status is RunStatus.CANCELLED
    assert "mystery" in (second.error or "")
    assert f"run {ids[1]}" in await faults(system)


async def test_a_run_that_no_worker_could_read_fails_and_the_others_of_its_batch_run(system: System) -> None:
    tasks = await three_tasks(system)
    await execute(
        system,
        'update task_versions set definition = definition || \'{"timeout_seconds": "soon"}\' where task_id = :id',
        id=tasks[1],
    )
    runs = [await system.client.trigger_task(task_id) for task_id in tasks]
    await system.add_worker()
    first, second, third = [await system.finished(run.id) for run in runs]
    assert (first.status, third.status) == (RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    assert second.status is RunStatus.FAILED
    assert "no worker could read it" in (second.error or "")
    assert f"run {runs[1].id}" in await faults(system)


async def test_runs_expire_beside_one_whose_definition_holds_no_number(system: System) -> None:
    tasks = await three_tasks(system, queue_timeout_seconds=3600)
    runs = [await system.client.trigger_task(task_id) for task_id in tasks]
    await execute(
        system,
        'update task_versions set definition = definition || \'{"retry_timeout_seconds": "soon"}\' where task_id = :id',
        id=tasks[1],
    )
    with system.backend.context.passes.watch(ReleasePass) as passes:
        await execute(system, "update runs set expires_at = now(), first_dispatched_at = now()")
        system.backend.context.signals.wake(WakeReason.ALL_TASKS_CHANGED)
        await passes.next(lambda one: len(one.expired) == 3)
    found = [await system.client.get_run(run.id) for run in runs]
    assert {run.status for run in found} == {RunStatus.TIMED_OUT}


async def test_a_cancellation_goes_to_every_worker_but_the_one_without_a_usable_id(system: System) -> None:
    tasks = await three_tasks(system)
    runs = [await system.client.trigger_task(task_id) for task_id in tasks]
    await execute(
        system,
        "update runs set status = 'dispatched', attempt = 1, dispatched_at = now(), cancel_requested_at = now(),"
        " worker_id = case when id = :bad then repeat('\U0001f600', 200) else 'w' || id end",
        bad=runs[1].id,
    )
    with system.backend.context.passes.watch(CancelPass) as passes:
        system.backend.context.signals.wake(WakeReason.CANCEL_REQUESTED)
        assert (await passes.next()).sent == 3
        system.backend.context.signals.wake(WakeReason.CANCEL_REQUESTED)
        await passes.next()


async def test_workers_around_a_row_that_cannot_be_read_are_watched_and_get_runs(system: System) -> None:
    await system.add_worker("w1")
    await execute(
        system,
        "insert into workers (id, incarnation, sequence, status, hostname, version, task_types, labels, slots, held,"
        " active_count, started_at, last_heartbeat_at) values ('a bad', 'x', 1, 'online', 'h', '1', '[\"*\"]', '5', 4,"
        " '[[1]]', 0, now(), now())",
    )
    with system.backend.context.passes.watch(RecoverPass) as passes:
        await passes.next()
        assert (await system.run("plain", command="true")).status is RunStatus.SUCCEEDED
        await passes.next()
    workers = (await system.http.get("/api/workers")).json()["data"]
    assert [worker["id"] for worker in workers] == ["w1"]
    found = await faults(system)
    assert "worker a bad" in found
    assert "heartbeat a bad" in found


async def put(system: System, path: str, **body: Any) -> None:
    answer = await system.http.put(f"/api/alerts/{path}", json=body)
    assert answer.status_code == 200, answer.text


async def test_a_rule_and_a_task_that_cannot_be_read_silence_no_other(system: System) -> None:
    await system.add_worker()
    await put(system, "channels/screen", kind="console")
    for name in ("a first", "b bad", "c last"):
        await put(system, f"rules/{name}", channels=["screen"], group_by="task")
    await execute(system, "update alert_rules set conditions = '[\"nonsense\"]' where name = 'b bad'")
    await execute(
        system,
        "insert into open_alerts (rule, condition, grouping_key, task_ids, opened_at, last_sent_at)"
        " values ('b bad', 'nonsense', '', '[1]', now(), now())",
    )
    tasks = [await system.create(name, command="false") for name in ("x", "y bad", "z")]
    await execute(system, "update tasks set labels = '5' where id = :id", id=tasks[1])
    with system.backend.context.passes.watch(AlertPass) as passes:
        runs = [await system.client.trigger_task(task_id) for task_id in tasks]
        for run in runs:
            await system.finished(run.id)
        await passes.next(lambda one: tasks[2] in one.failed)
        await passes.next(lambda one: one.checked_conditions)
    raised = (await system.http.get("/api/alerts")).json()["data"]
    assert {(one["rule"], one["task_name"]) for one in raised} == {
        (rule, task) for rule in ("a first", "c last") for task in ("x", "z")
    }
    rules = (await system.http.get("/api/alerts/rules")).json()["data"]
    assert [rule["name"] for rule in rules] == ["a first", "c last"]
    found = await faults(system)
    assert {"alert rule b bad", "open alert b bad/nonsense/", f"outcome {runs[1].id}"} <= set(found)

    await put(system, "rules/b bad", channels=["screen"], group_by="task")
    await execute(system, "update tasks set labels = '{}' where id = :id", id=tasks[1])
    with system.backend.context.passes.watch(AlertPass) as passes:
        answer = await system.http.post("/api/system/faults/retry", json={})
        assert answer.json()["data"]["count"] >= 3
        await passes.next(lambda one: tasks[1] in one.failed)
    raised = (await system.http.get("/api/alerts")).json()["data"]
    assert {one["rule"] for one in raised if one["task_name"] == "y bad"} == {"a first", "b bad", "c last"}


async def answer_ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


async def test_a_channel_that_cannot_deliver_holds_up_no_other(system: System) -> None:
    await system.add_worker()
    server = await asyncio.start_server(answer_ok, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        names = ("a first", "b config", "c header", "d format", "e url", "f last")
        for name in names:
            await put(system, f"channels/{name}", kind="webhook", url=url)
        configs = {
            "b config": 5,
            "c header": {"url": url, "format": "json", "headers": {"X-Name": 7}},
            "d format": {"url": url, "format": "telepathy"},
            "e url": {"url": "http://[::1/", "format": "json"},
        }
        for name, config in configs.items():
            await execute(
                system,
                "update alert_channels set config = cast(:config as jsonb) where name = :name",
                config=json.dumps(config),
                name=name,
            )
        await put(system, "rules/all", channels=list(names), group_by="task")
        with system.backend.context.passes.watch(AlertsDelivered) as passes:
            await system.run("fails", command="false")
            first = await passes.next()
            assert (first.sent, first.failed) == (2, 4)
            await system.run("fails too", command="false")
            await passes.next(lambda one: one.sent == 2)
        listed = await system.http.get("/api/alerts/channels")
        assert listed.status_code == 200
        assert {"a first", "f last"} <= {one["name"] for one in listed.json()["data"]}
    assert "alert channel b config" in await faults(system)
    rows = await execute(system, "select channel, status, error from alert_deliveries where alert_id = 1 order by id")
    errors = {row.channel: row.error for row in rows}
    assert "cannot be read" in errors["b config"]
    assert all(errors[name] for name in configs)
    assert {row.channel for row in rows if row.status == "sent"} == {"a first", "f last"}


async def test_a_run_that_cannot_be_deleted_stays_and_all_others_go(system: System) -> None:
    task_id = await system.create("kept for a day", command="true", keep_days=1)
    gone_id = await system.create("deleted", command="true")
    for owner in (task_id, gone_id):
        await execute(
            system,
            "insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at,"
            " completed_at) select :task, 1, 'succeeded', 'manual', 1, n, 'shell', now() - interval '9 days',"
            " now() - interval '9 days' from generate_series(1, 300) n",
            task=owner,
        )
    await execute(
        system,
        "create function refuse() returns trigger as $$ begin raise exception 'audit keeps run %', old.id; end $$"
        " language plpgsql",
    )
    await execute(
        system,
        "create trigger refuse before delete on runs for each row when (old.dispatch_rank = 150)"
        " execute function refuse()",
    )
    assert (await system.http.delete(f"/api/tasks/{gone_id}")).status_code in (200, 204)
    purger = Purger(system.backend.context)
    first = await purger.purge()
    assert (first.of_deleted_tasks, first.old_runs) == (299, 299)
    again = await purger.purge()
    assert (again.of_deleted_tasks, again.old_runs) == (0, 0)
    left = await execute(system, "select id, dispatch_rank from runs order by id")
    assert [row.dispatch_rank for row in left] == [150, 150]
    found = await faults(system)
    assert {f"stored run {row.id}" for row in left} <= set(found)
    assert "audit keeps run" in found[f"stored run {left[0].id}"].cause

    await execute(system, "drop trigger refuse on runs")
    await system.http.post("/api/system/faults/retry", json={"ids": [one.id for one in found.values()]})
    last = await purger.purge()
    assert last.old_runs == 1
    assert await execute(system, "select id from runs") == []


async def test_one_event_that_no_listener_could_be_sent_ends_no_stream(system: System) -> None:
    event = '{"type":"task.deleted","at":"2026-01-01T00:00:00Z","data":{"id":%s,"name":"n"}}'
    bodies = ("1", "2", "Infinity", "3")
    unknown = '{"type":"task.teleported","at":"2026-01-01T00:00:00Z","data":{}}'
    message = f"[{','.join([event % body for body in bodies] + [unknown, '7', event % '4'])}]".encode()
    received: list[int] = []
    async with asyncio.timeout(30):
        async for item in system.client.stream([StreamTopic.TASKS]):
            if isinstance(item, StreamOpened):
                for body in (b"no json", b"7", message):
                    await system.broker.publish(EventType.TASK_DELETED, body)
            if isinstance(item, StreamEvent) and item.type == EventType.TASK_DELETED:
                received.append(item.data["id"])
            if 4 in received:
                break
    assert received == [1, 2, 3, 4]


async def test_one_event_that_cannot_be_encoded_is_dropped_alone(system: System) -> None:
    received: list[str] = []
    async with asyncio.timeout(30):
        async for item in system.client.stream([StreamTopic.TASKS]):
            if isinstance(item, StreamOpened):
                events = system.backend.context.events
                names = ["before", "\ud800", "after"]
                events.publish_encoded(EventType.TASK_DELETED, names, lambda name: f'{{"name":"{name}"}}'.encode())
            if isinstance(item, StreamEvent) and item.type == EventType.TASK_DELETED:
                received.append(item.data["name"])
            if "after" in received:
                break
    assert received == ["before", "after"]


async def test_one_heartbeat_and_one_piece_of_output_that_cannot_be_stored_cost_no_other(system: System) -> None:
    def beat(worker_id: str, incarnation: str = "1") -> Heartbeat:
        return Heartbeat(
            worker_id=worker_id,
            incarnation=incarnation,
            sequence=1,
            state=WorkerState.ONLINE,
            hostname="h",
            version="1",
            task_types=["*"],
            labels={},
            slots=1,
            held=[],
            active_count=0,
        )

    async def stored() -> list[str]:
        return [row.text for row in await execute(system, "select text from log_chunks order by sequence")]

    with capture_logs():  # a test's own rendering of a traceback takes seconds
        for worker_id in ("a", "b\x00ad", "c" * 300, "z"):
            await system.broker.send(HEARTBEAT_QUEUE.name, HEARTBEATS.encode(beat(worker_id)))
        await system.until_workers(2)
        workers = (await system.http.get("/api/workers")).json()["data"]
        assert [worker["id"] for worker in workers] == ["a", "z"]
        run = await system.client.trigger_task(await system.create("prints", command="true"))
        attempt = "insert into run_attempts (run_id, attempt, worker_id, outcome) values (:run_id, 1, 'a', 'lost')"
        await execute(system, attempt, run_id=run.id)
        pieces = [
            LogPiece(run_id=run.id, attempt=1, sequence=number, stream=LogStream.STDOUT, ago_ms=0, text=words)
            for number, words in enumerate(("before", "b\x00ad", "after"), start=1)
        ]
        await system.broker.send(LOG_QUEUE.name, LOGS.encode(LogBatch(worker_id="a", pieces=pieces)))
        with system.backend.context.passes.watch(QueueSampled) as sampled:
            while await stored() != ["before", "after"]:
                await sampled.next()
    letters = await system.broker.dead_letters(limit=10)
    assert [letter.queue for letter in letters] == [LOG_QUEUE.name], "a heartbeat is replaced by the next one"

    await HeartbeatIntake(system.backend.context).handle([beat("a", "2")])
    fault = (await faults(system))["worker a"]
    assert fault.kind is FaultKind.RESTARTED
    assert "without stopping" in fault.cause
