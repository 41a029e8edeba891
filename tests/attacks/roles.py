"""More rights than the role gives."""

import asyncio
from typing import Any

from shared.enums import Role
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import PASSWORD, Target, refused, statuses

ROLES = Attacks[Target]()
_HARMLESS = ("/api/auth/", "/api/tokens", "/api/schedules/preview")
"""What a viewer may send: the own session, own tokens, and a calculation."""
_OF_ADMINISTRATORS = (
    ("GET", "/api/users"),
    ("POST", "/api/users"),
    ("PATCH", "/api/users/1"),
    ("DELETE", "/api/users/1"),
    ("POST", "/api/signing-keys/rotate"),
    ("PUT", "/api/secrets/A"),
    ("DELETE", "/api/secrets/A"),
    ("POST", "/api/secret-keys/rotate"),
    ("PUT", "/api/alerts/channels/a"),
    ("DELETE", "/api/alerts/channels/a"),
    ("POST", "/api/alerts/channels/a/test"),
    ("POST", "/api/workers/w1/key"),
    ("DELETE", "/api/workers/w1/key"),
    ("POST", "/api/system/dead-letters/requeue"),
    ("POST", "/api/system/dead-letters/discard"),
    ("GET", "/api/audit/export"),
)


@ROLES.attack(Actor.VIEWER, "calls every operation that changes something", gets="403 for each")
async def viewer_changes(target: Target) -> None:
    paths = (await target.send("GET", "/openapi.json")).json()["paths"]
    changes = [
        (method, path)
        for path, operations in paths.items()
        for method in operations
        if method != "get" and not path.startswith(_HARMLESS)
    ]
    assert len(changes) > 40
    for method, path in changes:
        place = path
        for name, value in (("{name}", "a"), ("{worker_id}", "w1"), ("{version}", "1")):
            place = place.replace(name, value)
        place = "/".join("1" if part.startswith("{") else part for part in place.split("/"))
        refused(await target.send(method.upper(), place, by=Role.VIEWER, json={}), 403)


@ROLES.attack(Actor.OPERATOR, "calls what only administrators may", gets="403 for each")
async def operator_administers(target: Target) -> None:
    for method, path in _OF_ADMINISTRATORS:
        refused(await target.send(method, path, by=Role.OPERATOR, json={}), 403)


@ROLES.attack(Actor.VIEWER, "gives themself a role, or another account", gets="403")
async def own_role(target: Target) -> None:
    person = target.people[Role.VIEWER]
    for change in ({"role": "admin"}, {"password": PASSWORD}, {"disabled": False}):
        refused(await target.send("PATCH", f"/api/users/{person.user_id}", by=person, json=change), 403)
    refused(await target.send("POST", "/api/users", by=person, json={"username": "x", "password": PASSWORD}), 403)
    me = (await target.send("GET", "/api/auth/me", by=person)).json()["data"]
    assert (me["role"], me["scope"]) == ("viewer", "read")


@ROLES.attack(Actor.VIEWER, "claims another method in a header", gets="the method of the request")
async def overridden_method(target: Target) -> None:
    task = await target.system.create("stays", executor="noop", command="")
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        path = f"/api/tasks/{task}?_method=DELETE"
        answer = await target.send("GET", path, by=Role.VIEWER, headers={name: "DELETE"})
        assert answer.status_code in (200, 422)
    assert (await target.send("GET", f"/api/tasks/{task}", by=Role.VIEWER)).status_code == 200


@ROLES.attack(Actor.OPERATOR, "assigns fields that nobody may give: ids, times, owners", gets="422 that names each")
async def mass_assignment(target: Target) -> None:
    extra: dict[str, Any] = {"id": 1, "created_at": "2000-01-01T00:00:00Z"}
    attempts: list[tuple[str, str, Role, dict[str, Any], dict[str, Any]]] = [
        ("POST", "/api/tasks", Role.OPERATOR, {"name": "a", "executor": "noop"}, {"version": 7, "created_by": "x"}),
        ("POST", "/api/tokens", Role.OPERATOR, {"name": "a"}, {"user_id": 1, "token": "tdk_x", "generation": 9}),
        ("POST", "/api/users", Role.ADMIN, {"username": "m", "password": PASSWORD}, {"generation": 9, "disabled": 0}),
        ("PATCH", f"/api/users/{target.people[Role.VIEWER].user_id}", Role.ADMIN, {}, {"username": "x"}),
        ("POST", "/api/auth/login", Role.VIEWER, {"username": "a", "password": "b"}, {"role": "admin"}),
    ]
    for method, path, role, body, more in attempts:
        answer = refused(await target.send(method, path, by=role, json={**body, **extra, **more}), 422)
        named = {error["field"] for error in answer["errors"]}
        assert named >= {*extra, *more}, (path, named)


@ROLES.attack(
    Actor.ADMINISTRATOR, "uses the role after it was taken away", gets="401 at once, also for a race of requests"
)
async def demoted(target: Target) -> None:
    person = await target.new_person(Role.ADMIN)
    assert (await target.send("GET", "/api/users", by=person)).status_code == 200
    path = f"/api/users/{person.user_id}"
    change = target.send("PATCH", path, by=Role.ADMIN, json={"role": "viewer"})
    racing = [target.send("PATCH", path, by=person, json={"role": "admin"}) for _ in range(5)]
    changed, *tried = await asyncio.gather(change, *racing)
    again = await target.send("PATCH", path, by=Role.ADMIN, json={"role": "viewer"})
    assert statuses([changed, again]) == {200}
    assert statuses(tried) <= {200, 401, 429}
    refused(await target.send("GET", "/api/users", by=person), 401)
    refused(await target.send("POST", "/api/users", by=person, json={"username": "x", "password": PASSWORD}), 401)


@ROLES.attack(Actor.OPERATOR, "goes on after the account was disabled, or deleted", gets="401 at once")
async def disabled(target: Target) -> None:
    for method, body in (("PATCH", {"disabled": True}), ("DELETE", None)):
        person = await target.new_person(Role.OPERATOR)
        assert (await target.send("GET", "/api/tasks", by=person)).status_code == 200
        ended = await target.send(method, f"/api/users/{person.user_id}", by=Role.ADMIN, json=body)
        assert ended.is_success
        refused(await target.send("POST", "/api/tasks", by=person, json={"name": "x", "executor": "noop"}), 401)


@ROLES.attack(Actor.VIEWER, "reads the values of a task's environment, in every place that shows a task", gets="***")
async def environment(target: Target) -> None:
    value = "value-for-operators"
    fields = {"executor": "noop", "command": "", "environment": {"KEY": value}}
    task = await target.system.create("environment", **fields)
    run = await target.system.finished((await target.system.client.trigger_task(task)).id)
    changed = await target.send("PATCH", f"/api/tasks/{task}", by=Role.ADMIN, json={"description": "second version"})
    assert changed.status_code == 200
    places = (
        f"/api/tasks/{task}",
        "/api/tasks?limit=500",
        f"/api/tasks/{task}/versions",
        f"/api/tasks/{task}/versions/1",
        f"/api/tasks/{task}/diff?from=1&to=2",
        f"/api/runs/{run.id}",
        f"/api/runs/{run.id}/inputs",
        "/api/audit",
        f"/api/tasks?q={value}",
        f"/api/tasks/{task}/runs",
    )
    for place in places:
        answer = await target.send("GET", place, by=Role.VIEWER)
        assert answer.status_code in (200, 422), (place, answer.text)
        assert value not in answer.text.replace(place, ""), place
    shown = await target.send("GET", f"/api/tasks/{task}", by=Role.OPERATOR)
    assert value in shown.text


@ROLES.attack(Actor.OPERATOR, "reads the webhook and the credentials of an alert channel", gets="its host, and ***")
async def channel(target: Target) -> None:
    body = {
        "kind": "webhook",
        "url": "http://127.0.0.1:9/hook/very-secret-path",
        "headers": {"Authorization": "Bearer very-secret-token"},
    }
    made = await target.send("PUT", "/api/alerts/channels/wall", by=Role.ADMIN, json=body)
    assert made.is_success, made.text
    for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN):
        listed = await target.send("GET", "/api/alerts/channels", by=role)
        assert listed.status_code == 200
        assert "very-secret-token" not in listed.text
        assert ("very-secret-path" in listed.text) is (role is Role.ADMIN)


@ROLES.attack(Actor.ADMINISTRATOR, "reads the passwords of others", gets="no hash, anywhere")
async def password_hashes(target: Target) -> None:
    for path in ("/api/users", "/api/audit?limit=500", "/api/audit/export", "/api/signing-keys", "/api/tokens"):
        answer = await target.send("GET", path, by=Role.ADMIN)
        assert answer.status_code == 200
        for word in ("argon2", PASSWORD, "password_hash", "token_hash"):
            assert word not in answer.text, (path, word)


@ROLES.attack(Actor.VIEWER, "reads from which addresses others sign in", gets="null, and 403 for the filter")
async def addresses(target: Target) -> None:
    await target.sign_in((await target.new_person()).name)
    entries = (await target.send("GET", "/api/audit", by=Role.VIEWER)).json()["data"]
    assert entries
    assert {entry["address"] for entry in entries} == {None}
    refused(await target.send("GET", "/api/audit?address=127.0.0.1", by=Role.VIEWER), 403)


@ROLES.attack(Actor.ADMINISTRATOR, "gives a role that does not exist, or null", gets="422")
async def strange_roles(target: Target) -> None:
    path = f"/api/users/{target.people[Role.VIEWER].user_id}"
    for role in ("root", "ADMIN", "", None, ["admin"], {"a": 1}, 2):
        refused(await target.send("PATCH", path, by=Role.ADMIN, json={"role": role}), 422)
