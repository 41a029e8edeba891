"""What nobody sends by accident is refused by name as well, and is never a crash."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

from shared.client import StreamEvent, StreamOpened
from shared.enums import EventType, StreamTopic
from tests.system import System

NOOP = {"name": "one", "executor": "noop"}
BEYOND = 2**63

UNSTORABLE: list[tuple[str, Callable[[str], Any]]] = [
    ("description", lambda text: text),
    ("task_type", lambda text: text),
    ("calendar", lambda text: text),
    ("arguments.1", lambda text: ["fine", text]),
    ("environment.A", lambda text: {"A": text}),
    ("labels", lambda text: {text: "value"}),
]

BODIES = [
    ("/api/auth/login", {"username": "a\x00", "password": "x"}, "username"),
    ("/api/auth/login", {"username": "a", "password": "\ud800"}, "password"),
    ("/api/auth/refresh", {"refresh_token": "\ud800"}, "refresh_token"),
    ("/api/tokens", {"name": "a\x00"}, "name"),
    ("/api/runs/batch", {"runs": [{"task_id": 1}, {"task_id": 1, "arguments": ["\x00"]}]}, "runs.1.arguments.0"),
    ("/api/runs/batch", {"runs": [{"task_id": BEYOND}]}, "runs.0.task_id"),
    ("/api/tasks", NOOP | {"depends_on": [{"task_id": BEYOND}]}, "depends_on.0.task_id"),
    ("/api/runs/batch", {"runs": [{"task_id": 1, "environment": {"A": "x" * 131_070}}]}, "runs.0.environment.A"),
    ("/api/runs/batch", {"runs": [{"task_id": 1, "arguments": ["x" * 131_072]}]}, "runs.0.arguments.0"),
    ("/api/tasks", NOOP | {"environment": {"1A": "x"}}, "environment.1A"),
    ("/api/tasks", NOOP | {"timeout_seconds": True}, "timeout_seconds"),
    ("/api/tasks", NOOP | {"retry_exit_codes": [1, False]}, "retry_exit_codes.1"),
    ("/api/tasks", NOOP | {"name": "\u200b\ufeff"}, "name"),
    ("/api/tasks", NOOP | {"folder": "a/\u3164/b"}, "folder"),
    ("/api/tasks", {"name": "h", "executor": "http", "command": '{"body": 1' + "0" * 4400 + "}"}, "command"),
    ("/api/tasks", NOOP | {"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
    ("/api/tasks", NOOP | {"ends_at": "9999-12-31T23:59:59-14:00"}, "ends_at"),
    ("/api/tasks", NOOP | {"schedule": "at 9999-12-31T23:59"}, "schedule"),
    ("/api/schedules/preview", {"schedule": "* * * * *", "after": "9999-12-31T23:59:59Z"}, "after"),
    ("/api/schedules/preview", {"schedule": "* * * * *", "after": "0001-01-01T00:00:00Z"}, "after"),
]

ADDRESSES = [
    ("/api/tasks?q=%00", "q"),
    ("/api/tasks?label=a%00:b", "label"),
    ("/api/workers/%00", "worker_id"),
    (f"/api/runs?task_id={BEYOND}", "task_id"),
    ("/api/runs?since=0001-01-01T00:00:00%2B14:00", "since"),
    ("/api/system/queues/history?until=0001-01-01T00:00:00Z", "until"),
    ("/api/system/info?nonsense=1", "nonsense"),
    ("/api/workers?nonsense=1", "nonsense"),
    ("/api/stream?nonsense=1", "nonsense"),
    ("/api/runs/1/logs?nonsense=1", "nonsense"),
    ("/api/tasks/1/upcoming?nonsense=1", "nonsense"),
]

CURSORS = [
    ["a", "b"],
    [None, None],
    [None, 1],
    ["a", BEYOND],
    ["\ud800", 1],
    [True, 1],
    [{"at": "x"}, 1],
    [["a"], 1],
    1,
    "ab",
]


async def post(system: System, path: str, body: Any) -> httpx.Response:
    """Send JSON in which every text is written with escapes, half of a pair too."""
    return await system.http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


def refused(answer: httpx.Response) -> set[str]:
    """Check that an answer is a refusal, and return the fields that it names."""
    assert answer.status_code == 422, f"{answer.request.url}: {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "validation_error"
    return {error["field"] for error in answer.json()["errors"]}


async def test_text_that_cannot_be_kept_is_refused_by_its_place(system: System) -> None:
    for field, wrap in UNSTORABLE:
        for text in ("a\x00b", "a\ud800b"):
            assert refused(await post(system, "/api/tasks", NOOP | {field.split(".")[0]: wrap(text)})) == {field}
    kept = await post(system, "/api/tasks", NOOP | {"name": "\N{ROCKET}"})
    assert kept.json()["data"]["name"] == "\N{ROCKET}"


async def test_a_value_that_no_database_takes_is_refused_before_it_gets_there(system: System) -> None:
    for path, body, field in BODIES:
        assert refused(await post(system, path, body)) == {field}


async def test_nonsense_in_an_address_is_refused_by_name(system: System) -> None:
    for path, field in ADDRESSES:
        assert refused(await system.http.get(path)) == {field}


async def test_a_forged_cursor_is_no_cursor(system: System) -> None:
    for content in CURSORS:
        cursor = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
        for path in ("/api/tasks?sort=name&", "/api/tasks?sort=-created_at&", "/api/runs?", "/api/audit?"):
            assert refused(await system.http.get(f"{path}cursor={cursor}")) == {"cursor"}


async def test_a_cursor_belongs_to_the_sort_order_of_its_page(system: System) -> None:
    for name in ("one", "two"):
        await system.create(name, executor="noop")
    page = (await system.http.get("/api/tasks?sort=created_at&limit=1")).json()
    cursor = page["meta"]["next_cursor"]
    for sort in ("updated_at", "-created_at", "name"):
        assert refused(await system.http.get(f"/api/tasks?sort={sort}&cursor={cursor}")) == {"cursor"}
    assert len((await system.http.get(f"/api/tasks?sort=created_at&cursor={cursor}")).json()["data"]) == 1


async def test_what_is_shown_in_one_line_has_no_control_characters(system: System) -> None:
    for bad in ("ok\x1b]0;x\x07", "a\nb", "a\n", "a\u202egpj.exe", "a\u2028b", "a\x9bb", "tab\tbed"):
        for body, field in (
            (NOOP | {"name": bad}, "name"),
            (NOOP | {"folder": bad}, "folder"),
            (NOOP | {"task_type": bad}, "task_type"),
            (NOOP | {"environment": {f"A{bad[1:]}": "1"}}, "environment"),
            (NOOP | {"labels": {"a": bad}}, "labels.a"),
        ):
            assert refused(await system.http.post("/api/tasks", json=body)) == {field}
        assert refused(await system.http.post("/api/tokens", json={"name": bad})) == {"name"}
        for path in ("calendars", "concurrency-groups", "alerts/channels", "alerts/rules"):
            assert (await system.http.put(f"/api/{path}/{quote(bad)}", json={})).status_code == 422
    for good in ("备份", "naïve – café", "👩‍💻 report", "می‌خواهم"):
        assert (await system.http.post("/api/tasks", json=NOOP | {"name": good})).status_code == 201


async def test_a_name_that_clients_take_for_a_step_of_the_path_is_refused(system: System) -> None:
    for step in ("%2e", "%2e%2e", "%20%2e%2e%20"):
        for path in ("calendars", "concurrency-groups", "alerts/channels", "alerts/rules"):
            assert refused(await system.http.put(f"/api/{path}/{step}", json={})) >= {"name"}
    assert (await system.http.put("/api/calendars/...", json={})).status_code == 200


NUMBERS = (0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**40 + 2**31, 2**53 - 1, BEYOND - 1)
"""At and behind the limits of PostgreSQL's types, alone and as the lower half of a composed number."""


async def test_every_number_in_an_address_is_stored_compared_or_refused(system: System) -> None:
    task_id = await system.create("one", command="true")
    known = {"task_id": task_id, "run_id": (await system.client.trigger_task(task_id)).id}
    paths = (await system.http.get("/openapi.json")).json()["paths"]
    asked = 0
    for path, methods in paths.items():
        parameters = methods.get("get", {}).get("parameters", [])
        if path in ("/api/stream", "/api/runs/{run_id}/logs/follow"):
            continue
        for parameter in parameters:
            kinds = [parameter["schema"], *parameter["schema"].get("anyOf", [])]
            if not any(kind.get("type") == "integer" for kind in kinds):
                continue
            for number in NUMBERS:
                given = {one["name"]: known.get(one["name"], 1) for one in parameters if one["required"]}
                given[parameter["name"]] = number
                places = {one["name"]: one["in"] for one in parameters}
                address = path.format(**{name: value for name, value in given.items() if places[name] == "path"})
                query = {name: value for name, value in given.items() if places[name] == "query"}
                answer = await system.http.get(address, params=query)
                assert answer.status_code in (200, 404, 422), f"{address} {query}: {answer.text}"
                asked += 1
    assert asked > 200


async def test_behind_the_last_possible_piece_of_a_log_there_is_nothing(system: System) -> None:
    run = await system.client.trigger_task(await system.create("quiet", command="true"))
    for after in NUMBERS[3:]:
        assert (await system.http.get(f"/api/runs/{run.id}/logs?after={after}")).json()["data"] == []


async def test_true_and_false_are_no_numbers_and_no_words(system: System) -> None:
    task_id = await system.create("one", command="true")
    wrong: Any
    for wrong in (0, 1, "yes", "true", "", [], {}):
        for path, body, field in (
            ("/api/tasks", NOOP | {"name": "two", "retry_on_timeout": wrong}, "retry_on_timeout"),
            (f"/api/tasks/{task_id}/trigger", {"ignore_limits": wrong}, "ignore_limits"),
            ("/api/tasks/bulk", {"action": "pause", "ids": [task_id], "dry_run": wrong}, "dry_run"),
            ("/api/tasks/apply", {"tasks": [NOOP], "dry_run": wrong}, "dry_run"),
            ("/api/signing-keys/rotate", {"revoke": wrong}, "revoke"),
        ):
            assert refused(await system.http.post(path, json=body)) == {field}
        for path in ("channels", "rules"):
            assert "enabled" in refused(await system.http.put(f"/api/alerts/{path}/one", json={"enabled": wrong}))


async def test_a_name_of_a_request_is_printable_in_the_answer(system: System) -> None:
    for answer in (
        await system.http.get("/api/tasks?%00%1b%5b31m=1"),
        await system.http.post("/api/tasks", json=NOOP | {"\x1b[31m": 1}),
    ):
        problem = answer.json()
        assert answer.status_code == 422
        assert "\x1b" not in problem["detail"]
        (error,) = problem["errors"]
        assert "\\x1b[31m" in error["field"]


async def test_a_405_lists_the_allowed_methods(system: System) -> None:
    for path, allowed in (("/api/tasks", "GET, POST"), ("/api/calendars/a", "DELETE, GET, PUT")):
        answer = await system.http.patch(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_null_takes_nothing_away_from_a_person(system: System) -> None:
    new = {"username": "ann", "password": "a long password", "role": "viewer"}
    user_id = (await system.http.post("/api/users", json=new)).json()["data"]["id"]
    for field in ("role", "disabled", "password"):
        assert refused(await system.http.patch(f"/api/users/{user_id}", json={field: None})) == {field}


async def test_an_idempotency_key_creates_one_object_and_shows_a_token_once(system: System) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/api/users", {"username": "bob", "password": "a long password"}),
        ("/api/alerts/silences", {"ends_at": "2999-01-01T00:00:00Z"}),
        ("/api/tokens", {"name": "script"}),
    ]
    for path, body in asked:
        headers = {"Idempotency-Key": path}
        first = (await system.http.post(path, json=body, headers=headers)).json()["data"]
        again = await system.http.post(path, json=body, headers=headers)
        assert again.status_code == 201, again.text
        assert again.json()["data"] == first | ({"token": None} if "token" in first else {})


async def test_events_do_not_contain_values_of_the_environment(system: System) -> None:
    task_id = await system.create("secretive", command="true", environment={"PASSWORD": "hunter2"})
    stream = system.client.stream([StreamTopic.TASKS])
    async for event in stream:
        if isinstance(event, StreamOpened):
            await system.http.patch(f"/api/tasks/{task_id}", json={"environment": {"PASSWORD": "hunter3"}})
        elif isinstance(event, StreamEvent) and event.type is EventType.TASK_UPDATED:
            assert event.data["environment"] == {"PASSWORD": "***"}
            break
    await stream.aclose()


async def test_every_number_that_a_client_may_give_has_bounds(system: System) -> None:
    document = (await system.http.get("/openapi.json")).json()
    given = document["components"]["schemas"]
    unbounded = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            asked = [(one["name"], one["schema"]) for one in operation.get("parameters", [])]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            asked += [("body", body)]
            seen: set[str] = set()
            while asked:
                name, schema = asked.pop()
                reference = schema.get("$ref", "").rpartition("/")[2]
                if reference and reference not in seen:
                    seen.add(reference)
                    asked.append((name, given[reference]))
                asked += [(name, one) for one in (*schema.get("anyOf", []), *schema.get("prefixItems", []))]
                asked += [(name, schema["items"])] if "items" in schema else []
                asked += list(schema.get("properties", {}).items())
                if schema.get("type") == "integer" and not {"minimum", "maximum"} <= set(schema):
                    unbounded.add(f"{path} {name}")
    assert unbounded == set()


async def test_a_short_list_is_whole_or_given_in_parts(system: System) -> None:
    for name in ("a", "b", "c"):
        await system.http.put(f"/api/calendars/{name}", json={})
    whole = (await system.http.get("/api/calendars")).json()
    first = (await system.http.get("/api/calendars?limit=2")).json()
    rest = (await system.http.get("/api/calendars", params={"limit": 2, "cursor": first["meta"]["next_cursor"]})).json()
    assert first["data"] + rest["data"] == whole["data"]
    assert (rest["meta"]["next_cursor"], rest["meta"]["total"], len(whole["data"])) == (None, 3, 3)
    for path in ("workers", "users", "tokens", "alerts/rules", "backfills", "system/executors", "concurrency-groups"):
        assert (await system.http.get(f"/api/{path}?limit=1")).status_code == 200, path
