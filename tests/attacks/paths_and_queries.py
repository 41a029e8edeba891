"""Paths, filters, sorts, cursors and numbers that mean more than they say."""

import base64
import json
from urllib.parse import quote

from shared.enums import Role
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import Target, free_loop, refused
from tests.backend.test_held_loop import SECOND_BLACKOUT

PATHS_AND_QUERIES = Attacks[Target]()
_SQL = ("'; drop table tasks; --", "' or '1'='1", "1) union select password_hash from users --", "\\'; select 1; --")


def cursor(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "writes SQL into every filter", gets="an empty list, or 422")
async def sql_in_filters(target: Target) -> None:
    await target.system.create("stays too", executor="noop")
    for text in _SQL:
        for place in (
            "tasks?q=",
            "tasks?name=",
            "tasks?folder=",
            "tasks?label=",
            "tasks?status=",
            "tasks?task_type=",
            "runs?status=",
            "runs?worker_id=",
            "runs?q=",
            "audit?actor=",
            "audit?q=",
            "audit?object_id=",
            "workers?q=",
            "agenda?q=",
        ):
            answer = await target.send("GET", f"/api/{place}{quote(text)}", by=Role.VIEWER)
            assert answer.status_code in (200, 422), (place, answer.text)
            if answer.status_code == 200:
                assert answer.json()["data"] == [], (place, text)
            else:
                refused(answer, 422)
    assert (await target.send("GET", "/api/tasks", by=Role.VIEWER)).json()["data"]


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "writes SQL, or a secret column, as the sort order", gets="422")
async def sql_in_sorts(target: Target) -> None:
    for path in ("tasks", "runs", "audit"):
        for text in (*_SQL, "password_hash", "id,(select 1)", "name desc", "-", "--name", "environment"):
            refused(await target.send("GET", f"/api/{path}?sort={quote(text)}", by=Role.VIEWER), 422)


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "writes SQL as a name or a number in a path", gets="404 or 422")
async def sql_in_paths(target: Target) -> None:
    for text in _SQL:
        for place in ("tasks", "runs", "workers", "calendars", "concurrency-groups", "backfills"):
            refused(await target.send("GET", f"/api/{place}/{quote(text, safe='')}", by=Role.VIEWER), 404, 422)


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "forges a cursor, with SQL, other types, or nothing", gets="422")
async def forged_cursors(target: Target) -> None:
    contents = [["'; drop table tasks; --", 1], [None, None], [1, 2, 3], {"a": 1}, [["a"], 1], ["a", 2**63], "x", True]
    for content in contents:
        for path in ("tasks?sort=name&", "tasks?sort=-created_at&", "runs?", "audit?"):
            refused(await target.send("GET", f"/api/{path}cursor={cursor(content)}", by=Role.VIEWER), 422)
    for text in ("%00", "x" * 1001, "....", quote("é"), "=="):
        refused(await target.send("GET", f"/api/tasks?cursor={text}", by=Role.VIEWER), 422)


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "uses the cursor of another order, or of another list", gets="422")
async def cursor_of_another_list(target: Target) -> None:
    for name in ("first", "second"):
        await target.system.create(name, executor="noop")
    page = await target.send("GET", "/api/tasks?sort=name&limit=1", by=Role.VIEWER)
    taken = page.json()["meta"]["next_cursor"]
    assert taken
    for place in ("tasks?sort=-name", "tasks?sort=created_at", "runs?", "audit?"):
        refused(await target.send("GET", f"/api/{place}&cursor={taken}", by=Role.VIEWER), 422)


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "asks for a page of a thousand million, of none, or of less", gets="422")
async def huge_limits(target: Target) -> None:
    for path in ("tasks", "runs", "audit", "workers", "calendars", "alerts"):
        for limit in ("1000000000", "501", "0", "-1", "1e3", "٣", "0x10", "", "9" * 5000):
            refused(await target.send("GET", f"/api/{path}?limit={quote(limit)}", by=Role.VIEWER), 422)


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "gives numbers beyond the database's, fractions and signs", gets="404 or 422")
async def huge_numbers(target: Target) -> None:
    for number in (2**63, 2**64, -1, 0, "1.5", "1e9", "9" * 400, "١", "+1", " 1", "0x1"):
        for place in ("tasks/{}", "runs/{}", "runs/{}/logs", "tasks/{}/versions", "backfills/{}"):
            answer = await target.send("GET", f"/api/{place.format(quote(str(number)))}", by=Role.VIEWER)
            assert answer.status_code in (404, 422) or str(number).strip(" +") == "1", (number, answer.text)
            assert answer.status_code < 500


@PATHS_AND_QUERIES.attack(
    Actor.VIEWER, "searches with wildcards, a thousand words, or 100 kB", gets="what the text matches, or 422"
)
async def wildcards(target: Target) -> None:
    await target.system.create("100%_done", executor="noop")
    found = await target.send("GET", f"/api/tasks?q={quote('%_')}", by=Role.VIEWER)
    assert {one["name"] for one in found.json()["data"]} <= {"100%_done"}
    for text in ("%" * 200, "_" * 200, "a " * 100, "\\" * 199, "(a+)+$" * 30):
        answer = await target.send("GET", f"/api/tasks?q={quote(text)}", by=Role.VIEWER)
        assert answer.status_code in (200, 422)
    refused(await target.send("GET", f"/api/tasks?q={'a' * 20_000}", by=Role.VIEWER), 422)


@PATHS_AND_QUERIES.attack(
    Actor.STRANGER, "walks out of the documentation's folder by `..`, in any notation", gets="404"
)
async def traversal(target: Target) -> None:
    for name in (
        "../../../backend/settings.py",
        "..%2f..%2fsettings.py",
        "%2e%2e/%2e%2e/settings.py",
        "....//settings.py",
        "..%5c..%5csettings.py",
        "..%c0%afsettings.py",
        "%252e%252e%252fsettings.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "redoc.standalone.js%00.txt",
        "core.py",
        "",
    ):
        head = f"GET /docs/{name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        said = await target.raw(head.encode())
        assert said.split()[1] in (b"404", b"400", b"422", b"307"), (name, said[:80])
        assert b"import " not in said
        assert b"root:" not in said


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "reaches an administrator's path by another spelling of it", gets="403 or 404")
async def other_spellings(target: Target) -> None:
    token = target.people[Role.VIEWER].token
    for path in (
        "/api//users",
        "//api/users",
        "/api/./users",
        "/api/tasks/../users",
        "/API/USERS",
        "/api/users/",
        "/api/users;x",
        "/api/users%20",
        "/api/users%2f",
        "/api/tasks/..;/users",
        "/api/us%65rs",
        "/api/users?x=/api/tasks",
        "/api/users#/api/tasks",
        "/api/%75sers",
        "\\api\\users",
        "/api/tasks%2f..%2fusers",
        "/./api/users",
    ):
        head = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        said = await target.raw(head.encode())
        assert said.split()[1] in (b"400", b"403", b"404", b"307", b"422"), (path, said[:80])
        assert b'"username"' not in said


@PATHS_AND_QUERIES.attack(
    Actor.OPERATOR, "names a calendar, a group or a worker as a path, or with NUL", gets="404, 405 or 422"
)
async def names_as_paths(target: Target) -> None:
    for name in ("..", "../users", "..%2fusers", "%2e%2e", "a%00", "a%0ab", "%E2%80%AE", "x" * 300):
        for place in ("calendars", "concurrency-groups", "alerts/rules"):
            answer = await target.send("PUT", f"/api/{place}/{name}", by=Role.OPERATOR, json={})
            refused(answer, 403, 404, 405, 422)
        refused(await target.send("GET", f"/api/workers/{name}", by=Role.OPERATOR), 401, 403, 404, 405, 422)


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "gives a file as a time zone", gets="422")
async def time_zones(target: Target) -> None:
    for zone in (
        "../../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "posixrules",
        "Europe/../../etc/passwd",
        "\x00",
        "Europe",
        "a" * 5000,
        "tzdata.zi",
        "europe\\berlin",
    ):
        body = {"schedule": "0 0 * * *", "timezone": zone}
        refused(await target.send("POST", "/api/schedules/preview", by=Role.VIEWER, json=body), 422)


@PATHS_AND_QUERIES.attack(
    Actor.VIEWER, "asks for schedules that are made to compute for ever", gets="an answer in time; the loop is not held"
)
async def slow_schedules(target: Target) -> None:
    off = {"dates": [], "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}
    assert (await target.send("PUT", "/api/calendars/off", by=Role.ADMIN, json=off)).status_code in (200, 422)
    schedules: list[dict[str, object]] = [
        {"schedule": "* * * * *", "blackouts": SECOND_BLACKOUT},
        {"schedule": "* * * * * *", "blackouts": SECOND_BLACKOUT * 20},
        {"schedule": "0 0 31 2,4,6,9,11 *"},
        {"schedule": "0 0 29 2 */7", "count": 100},
        {"schedule": ",".join(["0-59"] * 20_000) + " * * * *"},
        {"schedule": "*/" + "9" * 5000 + " * * * *"},
        {"schedule": "@" * 10_000},
        {"schedule": "every " + "1" * 10_000 + "s"},
    ]
    async with free_loop():
        for body in schedules:
            answer = await target.send("POST", "/api/schedules/preview", by=Role.VIEWER, json=body)
            assert answer.status_code in (200, 422), answer.text[:200]


@PATHS_AND_QUERIES.attack(Actor.VIEWER, "asks for the agenda and the history of ten thousand years", gets="422")
async def long_spans(target: Target) -> None:
    span = "since=0001-01-02T00:00:00Z&until=9999-01-01T00:00:00Z"
    for path in ("agenda?", "agenda/entries?", "system/queues/history?", "system/throughput?"):
        answer = await target.send("GET", f"/api/{path}{span}", by=Role.VIEWER)
        refused(answer, 422)


@PATHS_AND_QUERIES.attack(
    Actor.VIEWER, "resumes a stream at a forged place, or asks for a thousand topics", gets="a stream from now, or 422"
)
async def forged_event_ids(target: Target) -> None:
    topics = ",".join(["runs"] * 3000)
    for path in ("/api/stream?topics=secrets", "/api/stream?topics=", "/api/stream?topics=runs'--"):
        refused(await target.send("GET", path, by=Role.VIEWER), 422)
    headers = {"Authorization": f"Bearer {target.people[Role.VIEWER].token}"}
    for event_id in ("x" * 3000, "-1", "9" * 3000, "a-9999999999999999999999", "'; --", "a-b-c"):
        sent = {**headers, "Last-Event-ID": event_id}
        async with target.stranger.stream("GET", f"/api/stream?topics={topics}", headers=sent) as answer:
            assert answer.status_code in (200, 422)
            if answer.status_code == 200:
                first = await anext(answer.aiter_bytes())
                assert b"hello" in first, first


@PATHS_AND_QUERIES.attack(Actor.OPERATOR, "changes more tasks or runs with one request than fit", gets="422 or 413")
async def large_changes(target: Target) -> None:
    too_many = list(range(1, 50_002))
    for path, body in (
        ("/api/tasks/bulk", {"action": "trigger", "ids": too_many}),
        ("/api/runs/bulk", {"action": "cancel", "ids": too_many}),
        ("/api/tasks/bulk", {"action": "pause", "ids": [2**63]}),
        ("/api/tasks/bulk", {"action": "pause", "filter": {"q": "x" * 256}}),
        ("/api/tasks/bulk", {"action": "pause", "filter": {"folder": "a\x00b"}}),
        ("/api/tasks/bulk", {"action": "label", "ids": [1], "add": {f"l{number}": "" for number in range(101)}}),
        ("/api/tasks/bulk", {"action": "undo", "undoes": "move", "ids": [1], "versions": [2**31]}),
    ):
        refused(await target.send("POST", path, by=Role.OPERATOR, json=body), 422)
    refused(await target.send("POST", "/api/tasks/bulk", by=Role.OPERATOR, json={"ids": ["x" * 2**20]}), 413)


@PATHS_AND_QUERIES.attack(Actor.OPERATOR, "starts a million runs with one request", gets="422")
async def large_batches(target: Target) -> None:
    task = await target.system.create("batch", executor="noop")
    many = {"runs": [{"task_id": task}] * 10_001}
    refused(await target.send("POST", "/api/runs/batch", by=Role.OPERATOR, json=many), 422)
    answer = await target.send(
        "POST",
        f"/api/tasks/{task}/backfill",
        by=Role.OPERATOR,
        json={"since": "0001-01-02T00:00:00Z", "until": "9999-01-01T00:00:00Z"},
    )
    refused(answer, 409, 422)
