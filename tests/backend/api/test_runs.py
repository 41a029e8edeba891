"""Runs over HTTP: batches, fields, cancellation and retries."""

import json

from tests.backend.api.answers import create, problem, refused_fields
from tests.system import System


async def test_a_batch_is_all_or_nothing(system: System) -> None:
    task = await create(system)
    found = (await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task["id"]}] * 100})).json()
    assert len(found["data"]["run_ids"]) == 100
    wrong = await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task["id"]}, {"task_id": 424_242}]})
    assert "424242" in json.dumps(refused_fields(wrong))
    page = (await system.http.get(f"/api/tasks/{task['id']}/runs", params={"limit": 500})).json()
    assert len(page["data"]) == 100
    assert "runs" in refused_fields(await system.http.post("/api/runs/batch", json={"runs": []}))


async def test_the_audit_log_names_the_tasks_of_a_batch(system: System) -> None:
    one, other = await create(system), await create(system, name="other")
    for tasks in ([one, one], [one, other]):
        await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task["id"]} for task in tasks]})
    of_two, of_one = (await system.http.get("/api/audit", params={"limit": 2})).json()["data"]
    assert (of_one["object_name"], of_one["detail"]) == (one["name"], {"count": 2})
    assert of_two["object_name"] is None
    assert of_two["detail"] == {"count": 2, "tasks": sorted([one["name"], other["name"]])}


async def test_a_run_has_its_fields_and_is_cancelled_and_retried(system: System) -> None:
    task = await create(system)
    run = (await system.http.post(f"/api/tasks/{task['id']}/trigger", json={"priority": "critical"})).json()["data"]
    assert {
        "id", "task_id", "task_name", "status", "trigger", "scheduled_for", "attempt", "worker_id", "priority",
        "queued_at", "dispatched_at", "started_at", "completed_at", "exit_code", "error", "stdout_tail",
        "stderr_tail", "execution_time_ms", "parent_run_id",
    } <= set(run)  # fmt: skip
    assert (run["status"], run["trigger"], run["priority"]) == ("pending", "manual", "critical")
    problem(await system.http.post(f"/api/runs/{run['id']}/retry"), 409, "conflict")
    ended = (await system.http.post(f"/api/runs/{run['id']}/cancel")).json()["data"]
    assert ended["status"] == "cancelled"
    again = await system.http.post(f"/api/runs/{run['id']}/cancel")
    assert again.status_code in (200, 409)
    retried = (await system.http.post(f"/api/runs/{run['id']}/retry")).json()["data"]
    assert (retried["trigger"], retried["parent_run_id"]) == ("retry", run["id"])


async def test_an_edit_does_not_change_existing_runs(system: System) -> None:
    task = await create(system)
    before = (await system.http.post(f"/api/tasks/{task['id']}/trigger")).json()["data"]
    await system.http.patch(f"/api/tasks/{task['id']}", json={"command": "false"})
    after = (await system.http.post(f"/api/tasks/{task['id']}/trigger")).json()["data"]
    assert (before["task_version"], after["task_version"]) == (1, 2)
