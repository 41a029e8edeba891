"""The audit log tells who did what from where, and an attacker can neither hide in it nor fill it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backend import audit
from backend.accounts.login import login, refresh
from backend.accounts.refusals import REFUSED, SIGN_IN_FAILED, Refusal, Refusals, RefusalsStored
from backend.audit import purge_log
from backend.context import SYSTEM, ServiceContext
from backend.supervisor import Supervisor
from shared.errors import UnauthorizedError
from tests.backend.api.answers import log_in
from tests.system import System

PASSWORD = "correct horse battery"


async def entries(system: System, **params: str) -> list[dict[str, Any]]:
    answer = await system.http.get("/api/audit", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def add(system: System, name: str, role: str = "viewer") -> None:
    person = {"username": name, "password": PASSWORD, "role": role}
    assert (await system.http.post("/api/users", json=person)).status_code == 201


async def bearer(system: System, name: str) -> dict[str, str]:
    pair = (await log_in(system, name, PASSWORD)).json()["data"]
    return {"Authorization": f"Bearer {pair['access_token']}"}


async def test_an_entry_names_account_token_address_request_and_program(system: System) -> None:
    await add(system, "ann", "operator")
    ann = await bearer(system, "ann")
    task = await system.create("one", command="true")
    script = await system.http.post("/api/tokens", json={"name": "script"}, headers=ann)
    token = script.json()["data"]
    calls = {
        "console": {**ann, "User-Agent": "taskdeck-console/1"},
        "command_line": {**ann, "User-Agent": "taskdeck-cli/1"},
        "session": ann,
        "token": {"Authorization": f"Bearer {token['token']}"},
    }
    for via, headers in calls.items():
        answer = await system.http.post(
            f"/api/tasks/{task}/trigger", headers={**headers, "X-Request-ID": f"request-{via}"}
        )
        assert answer.status_code == 201
        (entry,) = await entries(system, request_id=f"request-{via}")
        assert (entry["action"], entry["actor"], entry["address"], entry["via"]) == (
            "task.trigger",
            "ann",
            "127.0.0.1",
            via,
        )
        assert entry["token_id"] == (token["id"] if via == "token" else None)
        assert [one["id"] for one in await entries(system, via=via, user_id=str(entry["user_id"]))][-1:] != []


async def test_sign_ins_tokens_and_tests_of_channels_are_recorded(system: System) -> None:
    await add(system, "ann")
    pair = (await log_in(system, "ann", PASSWORD)).json()["data"]
    ann = {"Authorization": f"Bearer {pair['access_token']}"}
    token = (await system.http.post("/api/tokens", json={"name": "script"}, headers=ann)).json()["data"]
    await system.http.delete(f"/api/tokens/{token['id']}", headers=ann)
    await system.http.post("/api/auth/logout", json={"refresh_token": pair["refresh_token"]})
    assert [one["action"] for one in await entries(system, actor="ann")] == [
        "auth.sign_out",
        "token.delete",
        "token.create",
        "auth.sign_in",
    ]
    channel = {"kind": "webhook", "url": "http://127.0.0.1:9/"}
    assert (await system.http.put("/api/alerts/channels/hook", json=channel)).is_success
    await system.http.post("/api/alerts/channels/hook/test")
    assert len(await entries(system, action="alert_channel.test")) == 1


async def test_a_stolen_refresh_token_is_recorded_when_it_is_used(system: System) -> None:
    await add(system, "ann")
    context, identities = system.backend.context, system.backend.identities
    pair = await login(context, identities, "ann", PASSWORD)
    await refresh(context, identities, pair.refresh_token)
    with pytest.raises(UnauthorizedError):
        await refresh(context, identities, pair.refresh_token)
    assert [one["action"] for one in await entries(system, actor="ann")] == ["auth.refresh_reused", "auth.sign_in"]


async def test_a_change_of_a_user_says_what_changed(system: System) -> None:
    await add(system, "ann")
    (user,) = [one["id"] for one in (await system.http.get("/api/users")).json()["data"] if one["username"] == "ann"]
    await system.http.patch(f"/api/users/{user}", json={"role": "operator", "password": "another long password"})
    (entry,) = await entries(system, action="user.update")
    assert entry["detail"] == {"changed": ["password", "role"], "values": {"role": ["viewer", "operator"]}}


async def test_refused_requests_are_recorded(system: System) -> None:
    await add(system, "ann")
    ann = await bearer(system, "ann")
    with system.backend.context.passes.watch(RefusalsStored) as stored:
        assert (await system.http.delete("/api/users/1", headers=ann)).status_code == 403
        await stored.next()
    (entry,) = await entries(system, action=REFUSED)
    assert (entry["actor"], entry["object_id"], entry["address"]) == ("ann", "DELETE /api/users/{user_id}", "127.0.0.1")
    assert entry["detail"] == {"count": 1, "status": 403}


async def test_a_failed_sign_in_is_recorded_under_its_name(system: System) -> None:
    with system.backend.context.passes.watch(RefusalsStored) as stored:
        assert (await log_in(system, "admin", "guess")).status_code == 401
        await stored.next()
    (entry,) = await entries(system, action=SIGN_IN_FAILED)
    assert (entry["actor"], entry["object_type"], entry["object_id"]) == ("anonymous", "user", "admin")


@asynccontextmanager
async def recording(context: ServiceContext) -> AsyncIterator[Refusals]:
    refusals = Refusals(context, interval_seconds=0)
    services = Supervisor()
    services.start(refusals, name="refused requests")
    try:
        yield refusals
    finally:
        await services.stop()


async def test_an_attacker_cannot_fill_the_table(context: ServiceContext) -> None:
    with context.passes.watch(RefusalsStored) as stored:
        async with recording(context) as refusals:
            for number in range(30_000):
                refusals.note(Refusal(REFUSED, 401, f"GET /{number}", f"2001:db8:{number:x}::/64"))
            for _ in range(100):
                refusals.note(Refusal(SIGN_IN_FAILED, 401, "admin", "192.0.2.1"))
            assert await stored.next() == RefusalsStored(30_100, 51)
    async with context.database.transaction() as connection:
        rows = (await connection.execute(text("select action, detail from audit_log order by id"))).all()
    assert len(rows) == 51
    assert sum(row.detail["count"] for row in rows) == 30_100


async def test_refusals_of_the_last_interval_are_stored_at_the_end(context: ServiceContext) -> None:
    refusals = Refusals(context)
    services = Supervisor()
    services.start(refusals, name="refused requests")
    with context.passes.watch(RefusalsStored) as stored:
        refusals.note(Refusal(REFUSED, 401, "GET /", "192.0.2.1"))
        await stored.next()
        refusals.note(Refusal(REFUSED, 403, "GET /", "192.0.2.1"))
        await services.stop()
        assert await stored.next() == RefusalsStored(1, 1)


async def test_addresses_are_shown_to_administrators_only(system: System) -> None:
    await add(system, "ann")
    ann = await bearer(system, "ann")
    seen = (await system.http.get("/api/audit", headers=ann)).json()["data"]
    assert {one["address"] for one in seen} == {None}
    assert {one["address"] for one in await entries(system)} == {"127.0.0.1"}
    assert (await system.http.get("/api/audit", params={"address": "x"}, headers=ann)).status_code == 403
    assert (await system.http.get("/api/audit/export", headers=ann)).status_code == 403


async def test_the_export_has_every_entry_as_a_line_and_is_recorded(system: System) -> None:
    context = system.backend.context
    async with context.database.transaction() as connection:
        await audit.record_many(
            connection,
            actor=SYSTEM,
            action="task.create",
            object_type="task",
            objects=[(number, "line\nbreak") for number in range(1, 2502)],
            detail={},
        )
    answer = await system.http.get("/api/audit/export", params={"action": "task."})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [int(line["object_id"]) for line in lines] == list(range(1, 2502))
    (entry,) = await entries(system, action="audit.export")
    assert entry["detail"] == {"action": "task."}
    exported = [json.loads(line) async for line in system.client.export_audit({"action": "audit."})]
    assert [one["action"] for one in exported] == ["audit.export", "audit.export"]


async def test_old_entries_are_deleted_and_new_ones_stay(context: ServiceContext) -> None:
    async with context.database.transaction() as connection:
        for name in ("old", "new"):
            await audit.record(connection, actor=SYSTEM, action="x", object_type="task", object_id=1, object_name=name)
        await connection.execute(text("update audit_log set at = now() - interval '31 days' where object_name = 'old'"))
        assert await purge_log(connection, older_than=timedelta(days=30)) == 1
        left = (await connection.execute(text("select object_name from audit_log"))).scalars().all()
    assert left == ["new"]


async def test_a_name_that_was_taken_again_is_told_apart_by_its_account(system: System) -> None:
    ids = []
    for _ in range(2):
        await add(system, "ann")
        await log_in(system, "ann", PASSWORD)
        listed = (await system.http.get("/api/users")).json()["data"]
        (user,) = [one["id"] for one in listed if one["username"] == "ann"]
        ids.append(user)
        assert (await system.http.delete(f"/api/users/{user}")).status_code == 204
    assert [one["user_id"] for one in await entries(system, action="auth.sign_in")] == ids[::-1]


async def test_an_expired_access_token_is_no_refusal(system: System) -> None:
    await add(system, "ann")
    import time_machine

    ann = await bearer(system, "ann")
    async with httpx.AsyncClient(base_url=system.backend.url) as client:
        with time_machine.travel(timedelta(hours=1), tick=True):
            assert (await client.get("/api/tasks", headers=ann)).status_code == 401
        with system.backend.context.passes.watch(RefusalsStored) as stored:
            assert (await client.get("/api/tasks", headers={"Authorization": "Bearer x"})).status_code == 401
            assert await stored.next() == RefusalsStored(1, 1)
