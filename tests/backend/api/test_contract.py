"""What other programs rely on: shapes, codes and refusals of the HTTP contract."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from shared.client import StreamEvent, StreamGap, StreamOpened
from shared.enums import EventType, StreamTopic
from tests.system import System

TASK = {"name": "one", "executor": "shell", "command": "true"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check a refusal's form and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    found: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "success", "code"} <= set(found)
    assert (found["status"], found["success"], found["code"]) == (status, False, code)
    assert answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    return found


def refused_fields(answer: httpx.Response) -> dict[str, str]:
    return {one["field"]: one["message"] for one in problem(answer, 422, "validation_error")["errors"]}


async def create(system: System, **fields: Any) -> dict[str, Any]:
    answer = await system.http.post("/api/tasks", json={**TASK, **fields})
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["success"] is True
    return found["data"]  # type: ignore[no-any-return]


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


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
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
        ({"environment": {"1A": "x"}}, "environment", "not a variable name"),
        ({"arguments": "x"}, "arguments", "list"),
        ({"executor": "cobol"}, "executor", "shell"),
        ({"executor": "http", "command": "not json"}, "command", "JSON"),
        ({"executor": "shell", "command": ""}, "command", ""),
        ({"depends_on": [{"task_id": 999_999}]}, "depends_on", "task 999999 does not exist"),
        ({"folder": "a//b"}, "folder", "empty parts"),
        ({"max_concurrency": 0}, "max_concurrency", "1"),
        ({"command": "a\x00b"}, "command", "NUL"),
    ],
)
async def test_a_wrong_field_is_named_with_what_would_be_right(
    system: System, fields: dict[str, Any], field: str, says: str
) -> None:
    refused = refused_fields(await system.http.post("/api/tasks", json={**TASK, **fields}))
    assert list(refused) == [field]
    assert says in refused[field]
    assert (await system.http.get("/api/tasks")).json()["data"] == []


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"name": NaN}'])
async def test_a_body_that_is_not_a_json_object_is_refused(system: System, body: bytes) -> None:
    answer = await system.http.post("/api/tasks", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, "validation_error")


async def test_a_body_of_two_mebibytes_is_too_large(system: System) -> None:
    answer = await system.http.post("/api/tasks", json={**TASK, "description": "x" * 2**21})
    problem(answer, 413, "payload_too_large")

    async def pieces() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    problem(await system.http.post("/api/tasks", content=pieces()), 413, "payload_too_large")


async def test_an_unknown_query_parameter_or_value_is_refused(system: System) -> None:
    assert "colour" in refused_fields(await system.http.get("/api/tasks", params={"colour": "red"}))
    assert "limit" in refused_fields(await system.http.get("/api/tasks", params={"limit": 501}))
    assert "sort" in refused_fields(await system.http.get("/api/tasks", params={"sort": "colour"}))
    assert "status" in refused_fields(await system.http.get("/api/runs", params={"status": "dreaming"}))
    assert "cursor" in refused_fields(await system.http.get("/api/runs", params={"cursor": "nonsense"}))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/tasks/999999"),
        ("PATCH", "/api/tasks/999999"),
        ("DELETE", "/api/tasks/999999"),
        ("POST", "/api/tasks/999999/trigger"),
        ("POST", "/api/tasks/999999/pause"),
        ("GET", "/api/tasks/999999/runs"),
        ("GET", "/api/tasks/999999/upcoming"),
        ("GET", "/api/runs/999999"),
        ("GET", "/api/runs/999999/attempts"),
        ("GET", "/api/runs/999999/logs"),
        ("GET", "/api/runs/999999/logs/follow"),
        ("POST", "/api/runs/999999/cancel"),
        ("POST", "/api/runs/999999/retry"),
        ("GET", "/api/workers/nobody"),
        ("POST", "/api/workers/nobody/drain"),
        ("GET", "/api/no-such-path"),
    ],
)
async def test_an_unknown_path_or_object_is_404(system: System, method: str, path: str) -> None:
    answer = await system.http.request(method, path, json={} if method in ("PATCH", "POST") else None)
    assert problem(answer, 404, "not_found")["detail"]


async def test_an_unknown_method_is_405(system: System) -> None:
    problem(await system.http.put("/api/tasks"), 405, "method_not_allowed")


async def test_an_id_beyond_64_bits_is_refused(system: System) -> None:
    for wrong in ("0", "-1", "x", str(2**70)):
        assert (await system.http.get(f"/api/tasks/{wrong}")).status_code in (404, 422)


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


async def test_pages_show_every_task_once_while_others_are_created(system: System) -> None:
    for number in range(25):
        await create(system, name=f"t{number:02}", priority=("low", "high")[number % 2])
    seen: list[str] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"limit": 10, "sort": "-priority"} | ({"cursor": cursor} if cursor else {})
        page = (await system.http.get("/api/tasks", params=params)).json()
        seen += [task["name"] for task in page["data"]]
        await create(system, name=f"late-{len(seen)}", priority="critical")
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


async def test_a_batch_is_all_or_nothing(system: System) -> None:
    task = await create(system)
    found = (await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task["id"]}] * 100})).json()
    assert len(found["data"]["run_ids"]) == 100
    wrong = await system.http.post("/api/runs/batch", json={"runs": [{"task_id": task["id"]}, {"task_id": 424_242}]})
    assert "424242" in json.dumps(refused_fields(wrong))
    page = (await system.http.get(f"/api/tasks/{task['id']}/runs", params={"limit": 500})).json()
    assert len(page["data"]) == 100
    assert "runs" in refused_fields(await system.http.post("/api/runs/batch", json={"runs": []}))


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


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c"])
async def test_without_a_valid_token_every_request_is_refused(system: System, header: str | None) -> None:
    async with httpx.AsyncClient(base_url=system.backend.url) as stranger:
        headers = {"Authorization": header} if header else {}
        for path in ("/api/tasks", "/api/runs", "/api/workers", "/api/system/info", "/api/stream", "/api/auth/me"):
            problem(await stranger.get(path, headers=headers), 401, "unauthorized")


async def test_forged_and_expired_tokens_are_refused(system: System) -> None:
    claims = {"sub": "1", "role": "admin", "exp": datetime.now(UTC) + timedelta(hours=1)}
    forged = [
        jwt.encode(claims, "another key of sufficient length!!", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
    ]
    for token in forged:
        answer = await system.http.get("/api/tasks", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 401, "unauthorized")


async def _login(system: System, username: str, password: str) -> httpx.Response:
    return await system.http.post("/api/auth/login", json={"username": username, "password": password})


async def test_login_refresh_and_reuse(system: System) -> None:
    password = "correct horse battery"
    made = await system.http.post("/api/users", json={"username": "ann", "password": password, "role": "viewer"})
    assert made.status_code == 201
    pair = (await _login(system, "ann", password)).json()["data"]
    assert pair["token_type"] == "bearer"
    as_ann = {"Authorization": f"Bearer {pair['access_token']}"}
    assert (await system.http.get("/api/auth/me", headers=as_ann)).json()["data"]["role"] == "viewer"
    problem(await system.http.post("/api/tasks", json=TASK, headers=as_ann), 403, "forbidden")
    problem(await system.http.get("/api/users", headers=as_ann), 403, "forbidden")
    new = await system.http.post("/api/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    assert new.status_code == 200
    reused = await system.http.post("/api/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    problem(reused, 401, "unauthorized")
    family = await system.http.post("/api/auth/refresh", json={"refresh_token": new.json()["data"]["refresh_token"]})
    problem(family, 401, "unauthorized")


async def test_an_expired_access_token_is_refused(database_url: str, tmp_path: Any) -> None:
    from tests.system import open_system

    async with open_system(database_url, None, tmp_path, access_token_seconds=30) as system:
        password = "correct horse battery"
        await system.http.post("/api/users", json={"username": "bob", "password": password, "role": "viewer"})
        token = (await _login(system, "bob", password)).json()["data"]["access_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["exp"] - datetime.now(UTC).timestamp() < 31
        import time_machine

        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=60), tick=True):
            answer = await system.http.get("/api/tasks", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 401, "unauthorized")


async def test_password_guesses_are_rate_limited(system: System) -> None:
    answers = [await _login(system, "admin", f"guess {number}") for number in range(8)]
    assert {answer.status_code for answer in answers[:5]} == {401}
    found = problem(answers[-1], 429, "rate_limited")
    assert int(answers[-1].headers["retry-after"]) > 0
    assert found["detail"]


async def test_a_personal_token_is_shown_once_and_can_be_revoked(system: System) -> None:
    made = (await system.http.post("/api/tokens", json={"name": "ci"})).json()["data"]
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert (await system.http.get("/api/tasks", headers=headers)).status_code == 200
    listed = (await system.http.get("/api/tokens")).json()["data"]
    assert all(not one.get("token") for one in listed)
    assert (await system.http.delete(f"/api/tokens/{made['id']}")).status_code in (200, 204)
    problem(await system.http.get("/api/tasks", headers=headers), 401, "unauthorized")


async def test_some_paths_need_no_sign_in(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.backend.url) as stranger:
        assert (await stranger.get("/health")).json()["status"] == "ok"
        ready = await stranger.get("/ready")
        assert ready.status_code == 200
        assert {check["name"] for check in ready.json()["checks"]} >= {"database", "schema"}
        metrics = (await stranger.get("/metrics")).text
        assert "taskdeck_event_loop_tasks " in metrics
        assert "taskdeck_process_resident_memory_bytes " in metrics
        assert (await stranger.get("/docs")).status_code == 200
        document = (await stranger.get("/openapi.json")).json()
    described = document["paths"]
    refused = described["/api/tasks"]["post"]["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert refused == {"$ref": "#/components/schemas/Problem"}
    assert {"Problem", "ProblemField"} <= set(document["components"]["schemas"])
    assert {"/api/tasks", "/api/tasks/{task_id}/trigger", "/api/runs/batch", "/api/stream", "/api/audit"} <= set(
        described
    )


async def test_the_system_describes_itself(system: System) -> None:
    info = (await system.http.get("/api/system/info")).json()["data"]
    assert info["version"]
    assert info["uptime_seconds"] >= 0
    stats = (await system.http.get("/api/system/stats")).json()["data"]
    assert stats["tasks_total"] == 0
    executors = {one["name"] for one in (await system.http.get("/api/system/executors")).json()["data"]}
    assert {"shell", "http", "noop"} <= executors
    assert (await system.http.get("/api/system/dispatcher")).json()["data"]["active"] is True
    task = await create(system, priority="high")
    await system.http.post(f"/api/tasks/{task['id']}/trigger")
    depth = (await system.http.get("/api/system/queues")).json()["data"]
    assert depth["by_priority"]["high"] == 1
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    history = await system.http.get("/api/system/queues/history", params={"since": since})
    assert "samples" in history.json()["data"]
    events = (await system.http.get("/api/audit")).json()["data"]
    assert events[0]["action"] == "task.trigger"


async def test_a_schedule_is_previewed_in_its_zone(system: System) -> None:
    answer = await system.http.post(
        "/api/schedules/preview",
        json={"schedule": "30 2 * * *", "timezone": "Europe/Berlin", "count": 2, "after": "2026-03-28T12:00:00Z"},
    )
    found = answer.json()["data"]
    assert found["times"] == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]
    assert found["description"]
    wrong = await system.http.post("/api/schedules/preview", json={"schedule": "61 * * * *"})
    assert "minute" in refused_fields(wrong)["schedule"]


async def test_the_stream_resumes_where_it_ended_or_reports_a_gap(system: System) -> None:
    async with asyncio.timeout(10):
        stream = system.client.stream([StreamTopic.TASKS])
        assert isinstance(await anext(stream), StreamOpened)
        await create(system, name="streamed")
        created = await anext(stream)
        await stream.aclose()
        assert isinstance(created, StreamEvent)
        assert created.type is EventType.TASK_CREATED

        await create(system, name="missed")
        resumed = system.client.stream([StreamTopic.TASKS], last_event_id=created.id)
        assert isinstance(await anext(resumed), StreamOpened)
        missed = await anext(resumed)
        await resumed.aclose()
        assert isinstance(missed, StreamEvent)
        assert missed.data["name"] == "missed"

        unknown = system.client.stream([StreamTopic.TASKS], last_event_id="0-0")
        assert isinstance(await anext(unknown), StreamOpened)
        assert isinstance(await anext(unknown), StreamGap)
        await unknown.aclose()


async def test_a_viewer_sees_no_environment_values(system: System) -> None:
    password = "correct horse battery"
    await system.http.post("/api/users", json={"username": "eve", "password": password, "role": "viewer"})
    task = await create(system, environment={"TOKEN": "hunter2"})
    assert task["environment"] == {"TOKEN": "hunter2"}
    pair = (await _login(system, "eve", password)).json()["data"]
    as_eve = {"Authorization": f"Bearer {pair['access_token']}"}
    for path in (f"/api/tasks/{task['id']}", "/api/tasks"):
        assert "hunter2" not in (await system.http.get(path, headers=as_eve)).text
    events = (await system.http.get("/api/audit", headers=as_eve)).text
    assert "hunter2" not in events


async def test_a_viewer_sees_webhook_urls_masked(system: System) -> None:
    password = "correct horse battery"
    await system.http.post("/api/users", json={"username": "eve", "password": password, "role": "viewer"})
    address = "https://hooks.example.org/services/T1/hunter2"
    await system.http.put("/api/alerts/channels/chat", json={"kind": "webhook", "url": address})
    pair = (await _login(system, "eve", password)).json()["data"]
    as_eve = {"Authorization": f"Bearer {pair['access_token']}"}
    seen = await system.http.get("/api/alerts/channels", headers=as_eve)
    assert seen.json()["data"][0]["url"] == "https://hooks.example.org/***"
    assert (await system.http.get("/api/alerts/channels")).json()["data"][0]["url"] == address
