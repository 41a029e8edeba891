"""The queue over HTTP: order, reasons, and what a person changes."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from shared.client import StreamEvent, StreamOpened
from shared.enums import EventType, QueueState, RunStatus, StreamTopic, WaitingCode
from shared.models.queue import QueueEntry
from tests.system import System


async def queue(system: System, **params: Any) -> list[QueueEntry]:
    return (await system.client.queue(**params)).data


async def trigger(system: System, task_id: int, **options: Any) -> int:
    return (await system.client.trigger_task(task_id, options)).id


async def fill(system: System) -> int:
    """Occupy the one slot; return the run that does."""
    await system.add_worker(slots=1)
    holder = await system.create("holder", command=f"while [ ! -e {system.folder}/gate ]; do sleep 0.02; done")
    run_id = await trigger(system, holder)
    await system.until(run_id, RunStatus.RUNNING)
    return run_id


async def test_what_runs_comes_first_then_what_waits_in_the_order_of_start(system: System) -> None:
    running = await fill(system)
    task = await system.create("plain", command="true")
    low, normal, critical = [
        await trigger(system, task, priority=priority) for priority in ("low", "normal", "critical")
    ]
    limited = await system.create("limited", command="true", max_concurrency=1)
    let_through = await trigger(system, limited)
    await asyncio.wait_for(_until_ready(system, let_through), 10)
    held = await trigger(system, limited)
    upstream = await system.create("upstream", command="true")
    downstream = await system.create("downstream", command="true", depends_on=[{"task_id": upstream}])
    blocked = await trigger(system, downstream, ignore_dependencies=False)

    page = await system.client.queue()
    assert [(entry.position, entry.run.id, entry.state) for entry in page.data] == [
        (None, running, QueueState.RUNNING),
        (1, critical, QueueState.READY),
        (2, normal, QueueState.READY),
        (3, let_through, QueueState.READY),
        (4, low, QueueState.READY),
        (5, held, QueueState.HELD),
        (6, blocked, QueueState.BLOCKED),
    ]
    assert page.meta.total == 7
    assert page.meta.counts == {"running": 1, "ready": 4, "held": 1, "delayed": 0, "blocked": 1}
    reasons = {entry.run.id: entry.reason for entry in page.data}
    assert reasons[running] is None
    first, last, gate, edge = (reasons[run] for run in (critical, low, held, blocked))
    assert first is not None
    assert (first.code, first.busy, first.limit, first.ahead) == (WaitingCode.SLOT, 1, 1, 0)
    assert last is not None
    assert "3 runs are ahead" in last.text
    assert gate is not None
    assert (gate.code, gate.busy, gate.limit) == (WaitingCode.TASK_LIMIT, 1, 1)
    assert edge is not None
    assert edge.code is WaitingCode.UPSTREAMS
    assert [(one.task_id, one.condition, one.last_status) for one in edge.upstreams] == [(upstream, "success", None)]

    paged: list[QueueEntry] = []
    cursor: str | None = None
    while not paged or cursor is not None:
        page = await system.client.queue(limit=2, cursor=cursor)
        paged += page.data
        cursor = page.meta.next_cursor
    assert [(entry.position, entry.run.id) for entry in paged][-2:] == [(5, held), (6, blocked)]
    assert len({entry.run.id for entry in paged}) == len(paged) == 7
    assert [entry.run.id for entry in await queue(system, state=["held", "blocked"])] == [held, blocked]
    of_task = await queue(system, q="lim")
    assert [(entry.run.id, entry.position) for entry in of_task] == [(let_through, None), (held, None)]
    assert [entry.run.id for entry in await queue(system, task_id=limited, limit=1)] == [let_through]


async def test_the_queue_by_task_counts_the_runs_of_each_and_says_why_the_oldest_waits(system: System) -> None:
    running = await fill(system)
    clogging = await system.create("clogging", command="true", max_concurrency=1)
    first, *_ = [await trigger(system, clogging) for _ in range(3)]
    await asyncio.wait_for(_until_ready(system, first), 10)
    lone = await system.create("lone", command="true")
    waiting = await trigger(system, lone)
    await system.create("idle", command="true")

    page = await system.client.queued_tasks()
    assert page.meta.total == 3
    none = dict.fromkeys(QueueState, 0)
    assert [(task.task_name, task.counts, task.oldest_run_id) for task in page.data] == [
        ("clogging", none | {QueueState.READY: 1, QueueState.HELD: 2}, first),
        ("lone", none | {QueueState.READY: 1}, waiting),
        ("holder", none | {QueueState.RUNNING: 1}, running),
    ]
    reasons = [task.reason and task.reason.code for task in page.data]
    assert reasons == [WaitingCode.SLOT, WaitingCode.SLOT, None]

    first_page = await system.client.queued_tasks(limit=1)
    assert ([task.task_name for task in first_page.data], first_page.meta.total) == (["clogging"], 3)
    named = await system.client.queued_tasks(q="ON")
    assert [task.task_name for task in named.data] == ["lone"]
    assert (await system.client.queued_tasks(q="idle")).data == []


async def _until_ready(system: System, run_id: int) -> None:
    while True:
        entries = await queue(system, state=["ready"])
        if run_id in [entry.run.id for entry in entries]:
            return
        await system.backend.context.database.ping()


async def test_changes_of_priority_are_in_the_audit_log(system: System) -> None:
    task = await system.create("plain", command="true")
    first, second = await trigger(system, task), await trigger(system, task)
    answer = await system.http.post(f"/api/runs/{second}/priority", json={"priority": "high"})
    assert answer.json()["data"]["priority"] == "high"
    assert [entry.run.id for entry in await queue(system)] == [second, first]
    changed = await system.client.set_priority([second, first, 999_999], "normal")  # type: ignore[arg-type]
    assert (changed.changed, [one.run_id for one in changed.refused]) == ([first, second], [999_999])
    assert [entry.run.id for entry in await queue(system)] == [first, second]
    trail = (await system.http.get("/api/audit")).json()["data"]
    assert [(one["action"], one["object_id"], one["object_name"], one["detail"]) for one in trail[:3]] == [
        ("run.priority", str(second), "plain", {"priority": "normal"}),
        ("run.priority", str(first), "plain", {"priority": "normal"}),
        ("run.priority", str(second), "plain", {"priority": "high"}),
    ]


@pytest.mark.parametrize("held_by", ["task", "group", "upstream"])
async def test_a_run_that_is_started_now_passes_every_gate(system: System, held_by: str) -> None:
    await system.add_worker(slots=4)
    fields: dict[str, Any] = {"command": f"while [ ! -e {system.folder}/gate ]; do sleep 0.02; done"}
    if held_by == "task":
        fields["max_concurrency"] = 1
    elif held_by == "group":
        (await system.http.put("/api/concurrency-groups/one", json={"max_concurrency": 1})).raise_for_status()
        fields["concurrency_group"] = "one"
    else:
        upstream = await system.create("upstream", command="true")
        fields["depends_on"] = [{"task_id": upstream}]
    task = await system.create("gated", **fields)
    waits = held_by == "upstream"
    if not waits:
        await system.until(await trigger(system, task), RunStatus.RUNNING)
    held = await trigger(system, task, ignore_dependencies=not waits)
    assert (await queue(system))[-1].state in (QueueState.HELD, QueueState.BLOCKED)
    started = (await system.http.post(f"/api/runs/{held}/start-now")).json()["data"]
    assert (started["status"] in ("pending", "dispatched", "running"), started["priority"]) == (True, "critical")
    await system.until(held, RunStatus.RUNNING)
    refused = await system.http.post(f"/api/runs/{held}/start-now")
    assert refused.status_code == 409
    assert "has already started" in refused.json()["detail"]
    (system.folder / "gate").touch()
    assert (await system.finished(held)).status is RunStatus.SUCCEEDED


async def test_a_retry_that_is_started_now_does_not_wait_for_its_delay(system: System) -> None:
    await system.add_worker()
    task = await system.create(
        "flaky", command=f"test -e {system.folder}/good", retry_count=3, retry_delay_seconds=600, retry_backoff="fixed"
    )
    run_id = await trigger(system, task)
    async with asyncio.timeout(30):
        async for _ in system.client.stream([StreamTopic.RUNS]):
            entries = await queue(system)
            if entries and entries[0].state is QueueState.DELAYED:
                break
    reason = entries[0].reason
    assert reason is not None
    assert reason.code is WaitingCode.RETRY_DELAY
    assert reason.until is not None
    failed = (await system.client.get_run(run_id)).attempt
    assert f"attempt {failed + 1}" in reason.text
    (system.folder / "good").touch()
    await system.client.start_now([run_id])
    assert (await system.finished(run_id)).status is RunStatus.SUCCEEDED


async def test_what_is_started_now_goes_before_critical_runs(system: System) -> None:
    task = await system.create("plain", command="true")
    critical = await trigger(system, task, priority="critical")
    later = await trigger(system, task, priority="low")
    assert (await system.client.start_now([later])).changed == [later]
    assert [entry.run.id for entry in await queue(system)] == [later, critical]


async def test_a_broadcast_that_is_held_becomes_its_group_when_it_is_started_now(system: System) -> None:
    await system.add_worker("w1")
    (await system.http.put("/api/concurrency-groups/one", json={"max_concurrency": 1})).raise_for_status()
    upstream = await system.create("upstream", command="true")
    task = await system.create(
        "everywhere", command="true", distribution="broadcast", depends_on=[{"task_id": upstream}]
    )
    run_id = await trigger(system, task, ignore_dependencies=False)
    await system.client.start_now([run_id])
    assert (await system.finished(run_id)).status is RunStatus.SUCCEEDED


async def test_many_are_cancelled_each_for_itself(system: System) -> None:
    running = await fill(system)
    task = await system.create("plain", command="true")
    waiting = [await trigger(system, task) for _ in range(3)]
    changed = await system.client.cancel_runs([*waiting, running, 999_999])
    assert changed.changed == [*waiting, running]
    assert [one.reason for one in changed.refused] == ["Run 999999 does not exist."]
    assert (await system.finished(running)).status is RunStatus.CANCELLED
    assert [(await system.client.get_run(run)).status for run in waiting] == [RunStatus.CANCELLED] * 3
    again = await system.client.cancel_runs(waiting)
    assert again.changed == []
    assert "has already ended: it is cancelled" in again.refused[0].reason
    assert await queue(system) == []


async def test_a_change_of_priority_is_published(system: System) -> None:
    run_id = await trigger(system, await system.create("plain", command="true"))
    async with asyncio.timeout(30):
        async for event in system.client.stream([StreamTopic.RUNS]):
            if isinstance(event, StreamOpened):
                await system.client.set_priority([run_id], "high")  # type: ignore[arg-type]
            elif isinstance(event, StreamEvent) and event.type is EventType.RUN_UPDATED:
                assert (event.data["id"], event.data["priority"]) == (run_id, "high")
                return


REFUSED: list[tuple[str, str, Any, str]] = [
    ("POST", "/api/runs/cancel", {"run_ids": []}, "run_ids"),
    ("POST", "/api/runs/cancel", {"run_ids": list(range(1, 1002))}, "run_ids"),
    ("POST", "/api/runs/priority", {"run_ids": [1], "priority": "urgent"}, "priority"),
    ("POST", "/api/runs/start-now", {"run_ids": [1], "force": True}, "force"),
    ("GET", "/api/queue?cursor=abc", None, "cursor"),
    ("GET", "/api/queue?state=late", None, "state"),
    ("GET", "/api/queue?folder=x", None, "folder"),
]


async def test_what_makes_no_sense_is_refused(system: System, subtests: pytest.Subtests) -> None:
    for method, path, body, field in REFUSED:
        with subtests.test(method=method, path=path, body=body, field=field):
            answer = await system.http.request(method, path, json=body)
            assert answer.status_code == 422
            assert any(field in one["field"] for one in answer.json()["errors"])


async def test_the_queue_is_read_from_indexes(system: System) -> None:
    from backend.queue import order as run_queue

    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        for statement, index, parameters in (
            (run_queue.HELD, "runs_held_by_rank", {"key": 0, "id": 0, "limit": 50}),
            (run_queue.DELAYED, "runs_delayed", {"key": 0, "id": 0, "limit": 50}),
            (run_queue.BLOCKED, "runs_blocked", {"id": 0, "limit": 50}),
            (run_queue.READY, "runs_ready", {"placements": ["shell"], "key": 0, "id": 0, "limit": 50}),
        ):
            plan = await connection.execute(text(f"explain {statement.text}"), parameters)
            assert index in "\n".join(plan.scalars())
