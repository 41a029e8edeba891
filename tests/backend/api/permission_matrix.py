"""Sends every route of the table as every caller, and compares the answers with the table."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from backend.accounts.tokens import insert_token
from backend.encryption.key_ring import new_key
from shared.enums import Permission, Role, Scope
from tests.backend.api.folder_things import (
    AGENDA,
    NO_THINGS,
    OCCUPIED,
    SINCE,
    UNTIL,
    Things,
    join,
    make_things,
    marker,
    occupy,
    store_more,
    value_marker,
)
from tests.backend.api.permission_table import CALLERS, STORED, Place, expectations, routes
from tests.system import System, open_system

Route = tuple[str, str]
"""Method and path."""
TASK = {"executor": "shell", "command": "true"}
PASSWORD = "correct horse battery"
SHOWS_NO_NAME = {"/api/tasks/count", "/api/system/stats", "/api/system/queues", "/api/agenda", "/api/tasks/folders"}
"""Lists of numbers: `test_folder_counts` shows that they count what is readable."""
REPEATS_IDS = {"/api/tasks/recent-outcomes"}
BULK_RULES = ("bulk_edit", "bulk_end", "bulk_run")
WITHOUT_NAME = {
    # What belongs to a task, but does not name it.
    "/api/tasks/recent-outcomes",
    "/api/tasks/{task_id}/upcoming",
    "/api/tasks/{task_id}/versions",
    "/api/tasks/{task_id}/diff",
    "/api/runs/{run_id}/attempts",
    "/api/runs/{run_id}/resources",
    "/api/runs/{run_id}/inputs",
    "/api/runs/{run_id}/beside",
    "/api/runs/{run_id}/logs/follow",
}


def bodies(method: str, path: str, things: Things, fresh: int) -> dict[str, Any] | None:
    """Return what a request sends."""
    new = {**TASK, "name": f"new {fresh}", "folder": things.place}
    known: dict[str, dict[str, Any]] = {
        "POST /api/tasks": new,
        "POST /api/test-runs": new,
        "POST /api/tasks/apply": {"tasks": [new]},
        "POST /api/definitions/apply": {"tasks": [new]},
        "POST /api/definitions/apply#group": {"concurrency_groups": [{"name": f"g{fresh}", "max_concurrency": 1}]},
        "POST /api/definitions/apply#channel": {"channels": [{"name": f"c{fresh}", "kind": "console"}]},
        "PUT /api/tasks/{task_id}": {**TASK, "name": f"put {fresh}", "folder": things.place},
        "PATCH /api/tasks/{task_id}": {"description": f"changed {fresh}"},
        "POST /api/tasks/{task_id}/restore": {"version": 1},
        "POST /api/tasks/{task_id}/backfill": {"since": SINCE, "until": UNTIL},
        "POST /api/runs/batch": {"runs": [{"task_id": things.task_id}]},
        "POST /api/tasks/bulk": {"action": "label", "ids": [things.task_id], "add": {f"l{fresh}": ""}},
        "POST /api/tasks/bulk#filter": {
            "action": "label",
            "filter": {"folder": things.place, "q": f"marker-{things.place.name}"},
            "add": {f"l{fresh}": ""},
        },
        "POST /api/tasks/bulk#undo": {"action": "undo", "undoes": "pause", "ids": [things.task_id], "versions": [1]},
        "POST /api/tasks/bulk#delete": {"action": "delete", "ids": [things.task_id], "dry_run": True},
        "POST /api/tasks/bulk#run": {"action": "trigger", "ids": [things.task_id]},
        "POST /api/alerts/bulk": {"action": "acknowledge", "ids": [things.alert_id]},
        "POST /api/alerts/silences/bulk": {
            "action": "add",
            "ids": [things.task_id],
            "ends_at": "2099-01-01T00:00:00Z",
        },
        "POST /api/alerts/silences/bulk#end": {"action": "end", "ids": [things.task_silence_id]},
        "POST /api/alerts/silences/bulk#folder": {"action": "end", "ids": [things.silence_id]},
        "POST /api/runs/bulk": {"action": "priority", "ids": [things.run_id], "priority": "low"},
        "POST /api/runs/bulk#filter": {"action": "cancel", "filter": {"task_id": things.task_id}},
        "POST /api/runs/bulk#queue": {"action": "cancel", "queue": {"task_id": things.task_id}},
        "POST /api/runs/bulk#tasks": {
            "action": "cancel",
            "queue": {"task_ids": [things.task_id]},
        },
        "POST /api/runs/cancel": {"run_ids": [things.run_id]},
        "POST /api/runs/priority": {"run_ids": [things.run_id], "priority": "high"},
        "POST /api/runs/start-now": {"run_ids": [things.run_id]},
        "POST /api/runs/{run_id}/priority": {"priority": "high"},
        "POST /api/alerts/silences": {"folder": things.place, "ends_at": "2099-01-01T00:00:00Z"},
        "POST /api/alerts/silences#task": {"task_id": things.task_id, "ends_at": "2099-01-01T00:00:00Z"},
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
        "POST /api/auth/login": {"username": f"nobody {fresh}", "password": PASSWORD},
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
        "/api/tasks/graph#task": {"task_id": str(things.task_id)},
        "/api/queue#task": {"task_id": str(things.task_id)},
        "/api/queue#tasks": {"task_ids": str(things.task_id)},
        "/api/queue#busy": {"task_id": str(things.busy_task_id)},
        "/api/queue#name": {"q": "marker"},
        "/api/queue/tasks#name": {"q": "marker"},
        "/api/runs#name": {"q": "marker"},
        "/api/secrets/{name}": {"folder": str(things.place)},
    }.get(path, {})


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
    clients = {name: httpx.AsyncClient(base_url=system.backend.url, timeout=60, verify=False) for name in CALLERS}
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


def sees_values(name: str, place: Place) -> bool:
    """Return whether a caller sees the values of environment variables: who may edit a task can print them."""
    caller = CALLERS[name]
    if caller is None:
        return False
    role, permission = caller
    granted = place is Place.GRANTED and permission is not None and permission.allows(Permission.EDIT)
    return granted or (role.permission is not None and role.permission.allows(Permission.EDIT))


def wrong(expected: str, status: int, body: str, *, method: str, path: str, rule: str, place: Place) -> str | None:
    """Return what is wrong with an answer, or None."""
    is_shown = marker(place) in body
    if expected.isdigit():
        return None if status == int(expected) else f"{status} instead of {expected}"
    if expected == "only":
        is_counted = '"changed":0' in body and '"reason":"not_permitted"' in body
        return None if status == 200 and is_counted and is_shown else f"{status} and not counted as not permitted"
    if expected == "none" and rule in BULK_RULES and '"changed":0' not in body:
        return f"{status} and it was changed"
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
    if rule.startswith("bulk") and '"changed":0' in body:
        return "it was not changed"
    if rule == "each" and '"refused":[]' not in body:
        return "it was not changed"
    return None


def without_now(body: str) -> str:
    """Return an answer without the time at which it was made."""
    return re.sub(r'"(at|now)": ?"[^"]*"', "", body)


def without_numbers(body: str) -> str:
    """Return a refusal without what differs between two requests: ids in its text, the path, the id of the request."""
    return re.sub(r"\d+|[0-9a-f]{16,}", "#", re.sub(r'"(instance|request_id)": ?"[^"]*"', "", body))


@dataclass
class Matrix:
    """A running system with every caller, and what is stored in each place."""

    system: System
    clients: dict[str, httpx.AsyncClient]
    shared: dict[Place, Things] = field(default_factory=dict)
    busy: dict[Place, int] = field(default_factory=dict)
    empty: dict[Route, str] = field(default_factory=dict)
    """What each list answers where nothing is stored: so it does later to who may read nothing."""
    numbers: Iterable[int] = field(default_factory=count)

    def number(self) -> int:
        return next(iter(self.numbers))

    async def read_empty(self) -> None:
        """Ask each list before anything is stored."""
        for (method, path), rule in routes().items():
            if rule == "list" and path not in REPEATS_IDS:
                _, body = await send(self.clients["member"], method, path, NO_THINGS, 0)
                self.empty[method, path] = without_now(body)

    async def store(self) -> None:
        """Store in each place what belongs to tasks, for requests that do not change it."""
        for place in STORED:
            things = await make_things(self.system, place, self.number())
            self.shared[place] = replace(things, busy_task_id=self.busy[place])
        await join(self.system, self.shared)
        for place, things in [(place, self.shared[place]) for place in STORED]:
            await store_more(self.system, things)
            await put_secret(self.system, things, marker(place))
        self.shared[Place.NOWHERE] = NO_THINGS

    async def problems(self, wanted: Iterable[Route]) -> AsyncIterator[str]:
        """Yield each answer of these routes that is not the one of the table."""
        rules, grid = routes(), expectations()
        for route in wanted:
            async for problem in self._problems(*route, rule=rules[route], grid=grid[rules[route]]):
                yield problem

    async def _problems(
        self, method: str, path: str, *, rule: str, grid: dict[Place, dict[str, str]]
    ) -> AsyncIterator[str]:
        unknown: dict[str, str] = {}
        for place in sorted(grid, key=list(Place).index, reverse=True):  # first what is nowhere
            for name, expected in grid[place].items():
                status, body = await self._sent(method, path, place, name, is_change=expected == "ok", rule=rule)
                problem = wrong(expected, status, body, method=method, path=path, rule=rule, place=place)
                leaks = [other for other in Place if not is_readable(name, other) and marker(other) in body]
                if leaks and rule != "ungrant":
                    problem = problem or f"shows {leaks}"
                empty = self.empty.get((method, path)) if name == "member" else None
                if empty is not None and empty != without_now(body):
                    problem = problem or f"differs from the answer where nothing is stored, {empty}"
                if any(value_marker(other) in body and not sees_values(name, other) for other in Place):
                    problem = problem or "shows values of variables"
                if place is Place.NOWHERE:
                    unknown[name] = without_numbers(body)
                elif expected == "404" and not is_readable(name, place) and unknown.get(name) != without_numbers(body):
                    problem = problem or f"differs from what is nowhere, {unknown.get(name)}"
                if problem:
                    yield f"{method} {path} of {place} as {name}: {problem}: {body[:300]}"

    async def _sent(
        self, method: str, path: str, place: Place, name: str, *, is_change: bool, rule: str
    ) -> tuple[int, str]:
        """Send a request; one that changes something gets things of its own."""
        things = self.shared[place]
        if method != "GET" and rule in ("run", "edit", "each", "ungrant", *BULK_RULES) and is_change:
            things = await make_things(self.system, place, self.number(), path=path)
        if (method, path) == ("DELETE", "/api/secrets/{name}"):
            await put_secret(self.system, things, "nothing")
        if path.endswith("/retry") and things is not NO_THINGS:
            await self.system.http.post(f"/api/runs/{things.run_id}/cancel")
        return await send(self.clients[name], method, path, things, self.number())


@asynccontextmanager
async def open_matrix(database_url: str, folder: Path) -> AsyncIterator[Matrix]:
    """Open a system with every caller and things in each place."""
    async with AsyncExitStack() as stack:
        opened = open_system(database_url, None, folder, streams_per_user=1000, secrets_key=new_key().text())
        system = await stack.enter_async_context(opened)
        matrix = Matrix(system, await stack.enter_async_context(callers_of(system)))
        await system.add_worker(task_types=(OCCUPIED,))
        await matrix.read_empty()
        matrix.busy = {place: await occupy(system, place) for place in STORED}
        await matrix.store()
        yield matrix
