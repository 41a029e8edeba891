"""Every route, for every role, with and without a grant: what each may read and do, and that nobody sees more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from backend.accounts.tokens import insert_token
from backend.api.application import ROUTE_MODULES
from backend.encryption.key_ring import new_key
from shared.enums import Permission, Role, Scope
from tests.backend.api.folder_things import AGENDA, SINCE, UNTIL, Things, join, make_things, marker, store_more
from tests.backend.api.permission_table import CALLERS, Place, expectations, routes
from tests.system import System, open_system

TASK = {"executor": "shell", "command": "true"}
PASSWORD = "correct horse battery"
SHOWS_NO_NAME = {"/api/tasks/count", "/api/system/stats", "/api/system/queues", "/api/agenda", "/api/tasks/folders"}
"""Lists of numbers: `test_folder_counts` shows that they count what is readable."""
WITHOUT_NAME = {
    # What belongs to a task, but does not name it.
    "/api/tasks/recent-outcomes",
    "/api/tasks/{task_id}/upcoming",
    "/api/tasks/{task_id}/versions",
    "/api/tasks/{task_id}/diff",
    "/api/runs/{run_id}/attempts",
    "/api/runs/{run_id}/resources",
    "/api/runs/{run_id}/inputs",
    "/api/runs/{run_id}/logs/follow",
}


def bodies(method: str, path: str, things: Things, fresh: int) -> dict[str, Any] | None:
    """Return what a request sends."""
    new = {**TASK, "name": f"new {fresh}", "folder": things.place}
    known: dict[str, dict[str, Any]] = {
        "POST /api/tasks": new,
        "POST /api/test-runs": new,
        "POST /api/tasks/apply": {"tasks": [new]},
        "PUT /api/tasks/{task_id}": {**TASK, "name": f"put {fresh}", "folder": things.place},
        "PATCH /api/tasks/{task_id}": {"description": f"changed {fresh}"},
        "POST /api/tasks/{task_id}/restore": {"version": 1},
        "POST /api/tasks/{task_id}/backfill": {"since": SINCE, "until": UNTIL},
        "POST /api/runs/batch": {"runs": [{"task_id": things.task_id}]},
        "POST /api/runs/cancel": {"run_ids": [things.run_id]},
        "POST /api/runs/priority": {"run_ids": [things.run_id], "priority": "high"},
        "POST /api/runs/start-now": {"run_ids": [things.run_id]},
        "POST /api/runs/{run_id}/priority": {"priority": "high"},
        "POST /api/alerts/silences": {"folder": things.place, "ends_at": "2099-01-01T00:00:00Z"},
        "PUT /api/alerts/rules/{name}": {"channels": ["nothing"]},
        "PUT /api/alerts/channels/{name}": {"kind": "console"},
        "PUT /api/calendars/{name}": {"weekdays": ["saturday"]},
        "PUT /api/secrets/{name}": {"value": "a value", "folder": things.place},
        "PUT /api/concurrency-groups/{name}": {"max_concurrency": 1},
        "POST /api/grants": {"group": f"group {fresh}", "folder": things.place, "permission": "read"},
        "POST /api/tokens": {"name": f"token {fresh}"},
        "POST /api/users": {"username": f"user{fresh}", "password": PASSWORD},
        "PATCH /api/users/{user_id}": {"role": "viewer"},
        "POST /api/schedules/preview": {"schedule": "0 * * * *"},
        "POST /api/auth/login": {"username": "nobody", "password": PASSWORD},
        "POST /api/auth/refresh": {"refresh_token": "none"},
        "POST /api/auth/logout": {"refresh_token": "none"},
        "POST /api/auth/password": {"current_password": "wrong", "new_password": PASSWORD},
        "POST /api/auth/setup": {"setup_token": "none", "password": PASSWORD},
        "POST /api/system/dead-letters/requeue": {},
        "POST /api/system/dead-letters/discard": {},
        "POST /api/system/faults/retry": {"ids": [9_999]},
        "POST /api/signing-keys/rotate": {},
    }
    return known.get(f"{method} {path}", {} if method == "POST" and "/runs/" in path else None)


def queries(path: str, things: Things) -> dict[str, str]:
    return {
        "/api/tasks/recent-outcomes": {"ids": str(things.task_id)},
        "/api/tasks/{task_id}/diff": {"before": "1", "after": "1"},
        "/api/agenda": {**AGENDA, "resolution": "day"},
        "/api/agenda/entries": AGENDA,
        "/api/secrets/{name}": {"folder": str(things.place)},
    }.get(path, {})


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    served = {
        (method, route.path)
        for module in ROUTE_MODULES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert served == set(routes())
    assert set(routes().values()) == set(expectations())


@asynccontextmanager
async def callers_of(system: System) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Yield a client of each caller of the table."""
    tokens: dict[str, str] = {}
    for name, caller in CALLERS.items():
        if caller is None:
            continue
        role, permission = caller
        person = {"username": name, "password": PASSWORD, "role": role}
        made = await system.http.post("/api/users", json=person)
        assert made.status_code == 201, made.text
        if permission is not None:
            granted = {"user": name, "folder": "granted", "permission": permission}
            assert (await system.http.post("/api/grants", json=granted)).status_code == 201
        async with system.backend.context.database.transaction() as connection:
            token = await insert_token(
                connection, made.json()["data"]["id"], generation=1, name="x", scope=Scope.ADMIN, expires_at=None
            )
        assert token.token is not None
        tokens[name] = token.token
    clients = {name: httpx.AsyncClient(base_url=system.backend.url, timeout=60) for name in CALLERS}
    for name, value in tokens.items():
        clients[name].headers["Authorization"] = f"Bearer {value}"
    try:
        yield clients
    finally:
        for client in clients.values():
            await client.aclose()


async def send(client: httpx.AsyncClient, method: str, path: str, things: Things, fresh: int) -> tuple[int, str]:
    """Return status and body; of a stream only that it has begun."""
    where, query = things.path(path), queries(path, things)
    if path.endswith(("/stream", "/follow")):
        async with client.stream(method, where) as answer:
            return answer.status_code, "" if answer.is_success else (await answer.aread()).decode()
    if method == "PUT":  # the folder is in its body
        query = {}
    answer = await client.request(method, where, params=query, json=bodies(method, path, things, fresh))
    return answer.status_code, answer.text


async def put_secret(system: System, things: Things, name: str) -> None:
    body = {"value": "a value", "folder": things.place}
    assert (await system.http.put(f"/api/secrets/{name}", json=body)).status_code == 200


def is_readable(name: str, place: Place) -> bool:
    caller = CALLERS[name]
    if caller is None:
        return False
    role, permission = caller
    return role is not Role.MEMBER or (place is Place.GRANTED and permission is not None)


def wrong(expected: str, status: int, body: str, *, method: str, path: str, rule: str, place: Place) -> str | None:
    """Return what is wrong with an answer, or None."""
    is_shown = marker(place) in body
    if expected.isdigit():
        return None if status == int(expected) else f"{status} instead of {expected}"
    if expected == "none":
        return f"{status}" if status != 200 else "it is shown" if is_shown else None
    if rule in ("public", "signed", "viewer", "operator", "admin"):
        refused = (401, 403) if rule != "public" else ()
        return f"{status} instead of what is asked for" if status in refused or status >= 500 else None
    if not 200 <= status < 300:
        return f"{status} instead of a success"
    names_it = method == "GET" and path not in SHOWS_NO_NAME | WITHOUT_NAME
    if names_it and not is_shown:
        return "it is not shown"
    if rule == "each" and '"refused":[]' not in body:
        return "it was not changed"
    return None


def area_of(path: str) -> str:
    return path.split("/")[2] if path.startswith("/api/") else "outside"


@pytest.mark.parametrize("area", sorted({area_of(path) for _, path in routes()}))
async def test_each_route_answers_each_caller_by_the_table(area: str, database_url: str, tmp_path: Path) -> None:
    grid, numbers, failures = expectations(), count(), []
    asked = [(method, path, rule) for (method, path), rule in routes().items() if area_of(path) == area]
    async with (
        open_system(database_url, None, tmp_path, streams_per_user=1000, secrets_key=new_key().text()) as system,
        callers_of(system) as clients,
    ):
        shared = {place: await make_things(system, place, next(numbers)) for place in Place}
        await join(system, shared)
        for things in shared.values():
            await store_more(system, things)
            await put_secret(system, things, marker(things.place))
        for method, path, rule in asked:
            for place, answers in grid[rule].items():
                for name, expected in answers.items():
                    things = shared[place]
                    if method != "GET" and rule in ("run", "edit", "each", "ungrant") and expected == "ok":
                        things = await make_things(system, place, next(numbers))
                    if (method, path) == ("DELETE", "/api/secrets/{name}"):
                        await put_secret(system, things, "nothing")
                    if path.endswith("/retry"):
                        await system.http.post(f"/api/runs/{things.run_id}/cancel")
                    status, body = await send(clients[name], method, path, things, next(numbers))
                    problem = wrong(expected, status, body, method=method, path=path, rule=rule, place=place)
                    leaks = [other for other in Place if not is_readable(name, other) and marker(other) in body]
                    if problem or (leaks and rule != "ungrant"):
                        failures.append(
                            f"{method} {path} of {place} as {name}: {problem or f'shows {leaks}'}: {body[:300]}"
                        )
    assert failures == []


def test_the_grid_grows_with_the_permission() -> None:
    order = ["member", "reads", "runs", "edits", "admins"]
    for rule, places in expectations().items():
        for place, answers in places.items():
            allowed = [answers[name] == "ok" for name in order]
            assert allowed == sorted(allowed), (rule, place)
    assert [one[1] for one in CALLERS.values() if one and one[0] is Role.MEMBER and one[1]] == list(Permission)
