"""Sign-in, tokens and who may do what."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.backend.api.answers import TASK, log_in, problem
from tests.system import System

GUARDED = ("/api/tasks", "/api/runs", "/api/workers", "/api/system/info", "/api/stream", "/api/auth/me")
HEADERS: list[str | None] = [None, "Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c"]


async def test_without_a_valid_token_every_request_is_refused(system: System, subtests: pytest.Subtests) -> None:
    for header in HEADERS:
        with subtests.test(header=header):
            async with httpx.AsyncClient(base_url=system.backend.url) as stranger:
                headers = {"Authorization": header} if header else {}
                for path in GUARDED:
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


async def test_login_refresh_and_reuse(system: System) -> None:
    password = "correct horse battery"
    made = await system.http.post("/api/users", json={"username": "ann", "password": password, "role": "viewer"})
    assert made.status_code == 201
    pair = (await log_in(system, "ann", password)).json()["data"]
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
        token = (await log_in(system, "bob", password)).json()["data"]["access_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["exp"] - datetime.now(UTC).timestamp() < 31
        import time_machine

        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=60), tick=True):
            answer = await system.http.get("/api/tasks", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 401, "unauthorized")


async def test_password_guesses_are_rate_limited(system: System) -> None:
    answers = [await log_in(system, "admin", f"guess {number}") for number in range(8)]
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
