"""The example tasks that a local backend creates, on a whole system."""

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import text

from backend.tasks.examples import load_examples
from shared.enums import RunStatus, StreamTopic
from shared.task_files import with_upstream_ids
from tests.system import System

ONE_DATABASE_EACH = True

PLACES = {"url": "http://127.0.0.1", "data_dir": "/tmp", "database_url": "x", "pg_bin": "/usr/bin"}

# As the dispatcher would on its day: an occurrence of a task that waits for others is blocked at first.
OCCURRENCE = text(
    """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, scheduled_for,
        queued_at)
    values (:task, 1, 'blocked', 'schedule', 1, 0, 'shell', cast(:at as timestamptz), now())
    """
)


async def add_pipeline(system: System) -> dict[str, int]:
    ids: dict[str, int] = {}
    for example in load_examples(PLACES):
        if example["folder"] == "examples/pipeline":
            ids[example["name"]] = (await system.client.create_task(with_upstream_ids(example, ids))).id
    return ids


async def due(system: System, task_id: int, at: str) -> None:
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(OCCURRENCE, {"task": task_id, "at": datetime.fromisoformat(at)})
    system.backend.context.signals.wake(task_ids={task_id})


async def newest(system: System, task_id: int, *statuses: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        async for _ in system.client.stream([StreamTopic.RUNS]):
            found = (await system.http.get(f"/api/tasks/{task_id}/runs")).json()["data"]
            if found and found[0]["status"] in statuses:
                run: dict[str, Any] = found[0]
                return run
    raise AssertionError("the stream ended")


async def test_the_report_goes_at_half_past_only_if_the_extract_succeeded(system: System) -> None:
    await system.add_worker()
    ids = await add_pipeline(system)
    extract, report = ids["extract-orders"], ids["report-orders"]
    await system.client.update_task(extract, {"command": "exit 1"})
    await system.finished((await system.client.trigger_task(extract)).id)
    await due(system, report, "2026-11-24T08:30:00Z")
    waiting = await newest(system, report, "blocked")
    assert waiting["waiting_reason"] == "Waiting for extract-orders to succeed (last run: failed)."
    await system.client.update_task(extract, {"command": "true"})
    again = await system.finished((await system.client.trigger_task(extract)).id)
    assert again.status is RunStatus.SUCCEEDED
    assert (await newest(system, report, "succeeded"))["parent_run_id"] == again.id


async def test_the_join_needs_both_that_run_in_parallel(system: System) -> None:
    await system.add_worker()
    ids = await add_pipeline(system)
    join = ids["join-orders-and-customers"]
    orders = await system.finished((await system.client.trigger_task(ids["extract-orders"])).id)
    assert (await system.http.get(f"/api/tasks/{join}/runs")).json()["data"] == []
    await system.finished((await system.client.trigger_task(ids["extract-customers"])).id)
    run = await newest(system, join, "succeeded")
    said = (await system.client.get_run(run["id"])).stdout_tail
    assert said == f'orders by run {orders.id}\ncustomers: {{"customers": 12}}\n'


async def test_the_day_is_summed_up_after_all_its_hours(system: System) -> None:
    await system.add_worker(slots=8)
    ids = await add_pipeline(system)
    hourly, daily = ids["collect-hourly"], ids["summarise-day"]
    await due(system, daily, "2026-11-22T00:00:00Z")
    window = {"since": "2026-11-21T00:00:00Z", "until": "2026-11-22T00:00:00Z", "max_concurrency": 4}
    made = await system.http.post(f"/api/tasks/{hourly}/backfill", json=window)
    assert made.json()["data"]["total"] == 24
    run = await newest(system, daily, "succeeded")
    hours = (await system.http.get("/api/runs", params={"task_id": hourly, "limit": 100})).json()["data"]
    assert [one["status"] for one in hours] == ["succeeded"] * 24
    assert run["parent_run_id"] in {one["id"] for one in hours}
