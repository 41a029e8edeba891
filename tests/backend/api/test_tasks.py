"""Tasks over HTTP: fields, changes, pages and filters."""

from datetime import datetime
from typing import Any

import pytest

from tests.backend.api.answers import TASK, create, log_in, problem, refused_fields
from tests.system import System


async def test_a_task_has_all_fields_with_their_defaults(system: System) -> None:
    task = await create(system)
    assert task == {
        **task,
        "description": None,
        "folder": "",
        "task_type": "shell",
        "arguments": [],
        "environment": {},
        "working_directory": None,
        "run_as": None,
        "schedule": None,
        "timezone": "UTC",
        "jitter_seconds": 0,
        "misfire_policy": "fire_once",
        "overlap_policy": "queue",
        "priority": "normal",
        "status": "active",
        "retry_count": 0,
        "retry_delay_seconds": 10,
        "retry_backoff": "exponential",
        "retry_max_delay_seconds": 3600,
        "timeout_seconds": 3600,
        "on_worker_lost": "retry",
        "max_concurrency": None,
        "depends_on": [],
        "worker_labels": {},
        "labels": {},
        "next_run_at": None,
        "last_run": None,
    }
    assert datetime.fromisoformat(task["created_at"]).tzinfo is not None
    assert task["created_at"].endswith("Z")


WHOLE_TASKS: list[dict[str, Any]] = [
    {"schedule": "*/5 * * * *", "timezone": "Europe/Berlin", "jitter_seconds": 120},
    {"schedule": "every 90s", "starts_at": "2099-01-01T02:00:00+02:00", "ends_at": "2099-02-01T00:00:00.5Z"},
    {"schedule": "0 9 * * *", "status": "paused"},
    {"schedule": "0 9 * * *", "calendar": "holidays", "calendar_policy": "next_working_day"},
    {"schedule": "0 9 * * *", "blackouts": [{"schedule": "0 8 * * 1", "duration_seconds": 7200}]},
    {"environment": {"B": "2", "A": "1"}, "labels": {"z": "1", "a": "2"}, "arguments": ["ü", "\\", ""]},
    {"name": "  padded  ", "description": "two\nlines", "folder": "a/b", "priority": "critical"},
    {"retry_count": 3, "retry_exit_codes": [75, 2, 2], "retry_on_timeout": False, "max_concurrency": 2},
    {"distribution": "sharded", "shard_count": 3, "worker_labels": {"zone": "a"}, "keep_runs": 5},
]


async def test_the_answer_to_a_create_is_what_is_stored(system: System, subtests: pytest.Subtests) -> None:
    calendar = {"dates": ["2099-12-25"], "weekdays": ["saturday", "sunday"]}
    (await system.http.put("/api/calendars/holidays", json=calendar)).raise_for_status()
    upstream = (await create(system, name="upstream"))["id"]
    for number, fields in enumerate([*WHOLE_TASKS, {"depends_on": [{"task_id": upstream}]}]):
        with subtests.test(fields=fields):
            answer = await system.http.post("/api/tasks", json={**TASK, "name": f"whole {number}", **fields})
            made = answer.json()["data"]
            assert answer.status_code == 201, answer.text
            read = await system.http.get(f"/api/tasks/{made['id']}")
            assert made == read.json()["data"]
            assert answer.headers["etag"] == read.headers["etag"]
            is_due = fields.get("schedule") is not None and fields.get("status") != "paused"
            assert (made["next_run_at"] is not None) is is_due
            versions = (await system.http.get(f"/api/tasks/{made['id']}/versions")).json()["data"]
            assert [(one["version"], one["changed_by"]) for one in versions] == [(1, "local")]
            entry = (await system.http.get("/api/audit", params={"limit": 1})).json()["data"][0]
            assert (entry["action"], entry["object_id"]) == ("task.create", str(made["id"]))
            assert entry["object_name"] == made["name"]


async def test_a_refused_create_leaves_nothing(system: System) -> None:
    await create(system, name="taken")
    for fields in ({"name": "taken"}, {"schedule": "at 2001-01-01T00:00:00Z"}, {"calendar": "none"}):
        answer = await system.http.post("/api/tasks", json={**TASK, "name": "refused", **fields})
        assert answer.status_code in (409, 422), answer.text
    assert [task["name"] for task in (await system.http.get("/api/tasks")).json()["data"]] == ["taken"]
    assert [entry["action"] for entry in (await system.http.get("/api/audit")).json()["data"]].count("task.create") == 1


WRONG_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"schedule": "61 * * * *"}, "schedule", "minute"),
    ({"schedule": "* * *"}, "schedule", "five"),
    ({"schedule": "0 0 30 2 *"}, "schedule", "no such date"),
    ({"timezone": "Mars/Olympus"}, "timezone", "Europe/Berlin"),
    ({"timeout_seconds": -1}, "timeout_seconds", "greater than or equal to 1"),
    ({"timeout_seconds": "soon"}, "timeout_seconds", "integer"),
    ({"timeout_seconds": 604_801}, "timeout_seconds", "604800"),
    ({"retry_count": 101}, "retry_count", "100"),
    ({"priority": "urgent"}, "priority", "critical"),
    ({"name": ""}, "name", "empty"),
    ({"name": "n" * 256}, "name", "255"),
    ({"name": 7}, "name", "string"),
    ({"shedule": "* * * * *"}, "shedule", "not"),
    ({"environment": {"1A": "x"}}, "environment.1A", "not a variable name"),
    ({"arguments": "x"}, "arguments", "list"),
    ({"executor": "cobol"}, "executor", "shell"),
    ({"executor": "http", "command": "not json"}, "command", "JSON"),
    ({"executor": "shell", "command": ""}, "command", ""),
    ({"depends_on": [{"task_id": 999_999}]}, "depends_on", "task 999999 does not exist"),
    ({"folder": "a//b"}, "folder", "empty parts"),
    ({"max_concurrency": 0}, "max_concurrency", "1"),
    ({"command": "a\x00b"}, "command", "NUL"),
]


async def test_a_wrong_field_is_named_with_what_would_be_right(system: System, subtests: pytest.Subtests) -> None:
    for fields, field, says in WRONG_FIELDS:
        with subtests.test(fields=fields, field=field, says=says):
            refused = refused_fields(await system.http.post("/api/tasks", json={**TASK, **fields}))
            assert list(refused) == [field]
            assert says in refused[field]
            assert (await system.http.get("/api/tasks")).json()["data"] == []


async def test_a_task_name_is_unique(system: System) -> None:
    await create(system)
    found = problem(await system.http.post("/api/tasks", json=TASK), 409, "conflict")
    assert "one" in found["detail"]


async def test_put_replaces_and_patch_changes(system: System) -> None:
    task = await create(system, labels={"a": "b"}, priority="high")
    patched = (await system.http.patch(f"/api/tasks/{task['id']}", json={"priority": "low"})).json()["data"]
    assert (patched["priority"], patched["labels"]) == ("low", {"a": "b"})
    replaced = (await system.http.put(f"/api/tasks/{task['id']}", json={**TASK, "name": "two"})).json()["data"]
    assert (replaced["name"], replaced["priority"], replaced["labels"]) == ("two", "normal", {})
    cleared = await system.http.patch(f"/api/tasks/{task['id']}", json={"schedule": "0 3 * * *"})
    assert cleared.json()["data"]["next_run_at"]
    cleared = await system.http.patch(f"/api/tasks/{task['id']}", json={"schedule": None})
    assert cleared.json()["data"]["next_run_at"] is None
    assert "name" in refused_fields(await system.http.patch(f"/api/tasks/{task['id']}", json={"name": None}))


async def test_a_stale_change_is_refused(system: System) -> None:
    task = await create(system)
    path = f"/api/tasks/{task['id']}"
    etag = (await system.http.get(path)).headers["etag"]
    assert (await system.http.patch(path, json={"priority": "low"}, headers={"If-Match": etag})).status_code == 200
    problem(
        await system.http.patch(path, json={"priority": "high"}, headers={"If-Match": etag}), 412, "precondition_failed"
    )
    problem(await system.http.put(path, json=TASK, headers={"If-Match": etag}), 412, "precondition_failed")
    problem(await system.http.delete(path, headers={"If-Match": etag}), 412, "precondition_failed")
    fresh = (await system.http.get(path)).headers["etag"]
    assert (await system.http.delete(path, headers={"If-Match": fresh})).status_code in (200, 204)


async def test_the_same_key_creates_once(system: System) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await system.http.post("/api/tasks", json=TASK, headers=headers)
    again = await system.http.post("/api/tasks", json=TASK, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await system.http.post("/api/tasks", json={**TASK, "name": "other"}, headers=headers)
    problem(other, 409, "conflict")
    task_id = first.json()["data"]["id"]
    runs = [
        (await system.http.post(f"/api/tasks/{task_id}/trigger", headers={"Idempotency-Key": "k2"})).json()["data"][
            "id"
        ]
        for _ in range(3)
    ]
    assert len(set(runs)) == 1


async def test_pages_show_every_task_once_while_others_come_and_go(system: System) -> None:
    tasks = {
        name: await create(system, name=name, priority=("low", "high")[number % 2])
        for number, name in enumerate(f"t{number:02}" for number in range(25))
    }
    seen: list[str] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"limit": 10, "sort": "-priority"} | ({"cursor": cursor} if cursor else {})
        page = (await system.http.get("/api/tasks", params=params)).json()
        seen += [task["name"] for task in page["data"]]
        await create(system, name=f"late-{len(seen)}", priority="critical")
        # The row that the cursor stands on, and the first one of all.
        for gone in {page["data"][-1]["name"], seen[0]} & set(tasks):
            await system.http.delete(f"/api/tasks/{tasks.pop(gone)['id']}")
        cursor = page["meta"]["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert {f"t{number:02}" for number in range(25)} <= set(seen)


async def test_filters_select_tasks(system: System) -> None:
    await create(system, name="a", folder="finance/daily", labels={"team": "x"}, schedule="0 3 * * *")
    await create(system, name="b", folder="finance", priority="high", description="Weekly REPORT")
    await create(system, name="c", folder="financeless", executor="noop", command="", status="paused")

    async def names(**params: Any) -> set[str]:
        return {task["name"] for task in (await system.http.get("/api/tasks", params=params)).json()["data"]}

    assert await names(folder="finance") == {"a", "b"}
    assert await names(label="team:x") == {"a"}
    assert await names(priority="high") == {"b"}
    assert await names(executor="noop") == {"c"}
    assert await names(status="paused") == {"c"}
    assert await names(has_schedule=True) == {"a"}
    assert await names(q="report") == {"b"}
    assert await names(q="100%_") == set()


async def test_a_cycle_is_refused_with_its_path_and_an_upstream_with_its_dependents(system: System) -> None:
    a = await create(system, name="a")
    b = await create(system, name="b", depends_on=[{"task_id": a["id"]}])
    answer = await system.http.patch(f"/api/tasks/{a['id']}", json={"depends_on": [{"task_id": b["id"]}]})
    assert "a" in refused_fields(answer)["depends_on"]
    found = problem(await system.http.delete(f"/api/tasks/{a['id']}"), 409, "conflict")
    assert "b" in found["detail"]


async def test_a_viewer_sees_no_environment_values(system: System) -> None:
    password = "correct horse battery"
    await system.http.post("/api/users", json={"username": "eve", "password": password, "role": "viewer"})
    task = await create(system, environment={"TOKEN": "hunter2"})
    assert task["environment"] == {"TOKEN": "hunter2"}
    pair = (await log_in(system, "eve", password)).json()["data"]
    as_eve = {"Authorization": f"Bearer {pair['access_token']}"}
    for path in (f"/api/tasks/{task['id']}", "/api/tasks"):
        assert "hunter2" not in (await system.http.get(path, headers=as_eve)).text
    events = (await system.http.get("/api/audit", headers=as_eve)).text
    assert "hunter2" not in events
