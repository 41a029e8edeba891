"""Secrets are given to a backend and a worker in every way that there is, and every line that they log is read."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine import make_url

from backend.broker.keys import new_secret_text
from backend.encryption.key_ring import new_key
from backend.worker.masking import spellings
from shared.client import TaskdeckClient
from tests.faults.fleet import PASSWORD, Fleet, make, until_ended
from tests.free_port import free_port

_OF_VARIABLE = "of a variable: k3y/&+"
_OF_BACKEND = "of the backend: p4ss/&+"
_WRONG_PASSWORD = "wr0ng horse battery"
_NEW_PASSWORD = "a new passw0rd of somebody"
_METRICS_TOKEN = "of-the-metrics-7f3a"
_HEARTBEAT = "0d3f2d4e-heartbeat"
_WEBHOOK = "of-the-webhook-91c2"
_FORGED = "tdk_" + "x7" * 20
_FIELDS = ("refresh_token", "setup_token", "code", "name", "x")


def _with_password(url: str, password: str) -> str:
    return make_url(url).set(password=password, username="taskdeck").render_as_string(hide_password=False)


async def _sign_in(http: httpx.AsyncClient, password: str) -> dict[str, Any]:
    answer = await http.post("/api/auth/login", json={"username": "admin", "password": password})
    return answer.json().get("data") or {}


async def _ask_everything(http: httpx.AsyncClient, tokens: list[str]) -> None:
    """Send each token in header, query, path, id and body, also where it is not valid."""
    for token in tokens:
        bearer = {"Authorization": f"Bearer {token}"}
        for headers in (bearer, {"Authorization": f"Basic {token}"}, {"X-Request-ID": token[:64]}, {"Cookie": token}):
            await http.get("/api/tasks", headers=headers, params={"token": token})
        for path in ("/api/tokens/" + token, f"/api/workers/{token}", f"/{token}", f"/setup?token={token}", "/metrics"):
            await http.get(path, headers=bearer)
        for path in ("/api/auth/refresh", "/api/auth/logout", "/api/auth/code", "/api/tasks", "/api/auth/setup"):
            await http.post(
                path, headers=bearer, json={"refresh_token": token, "code": token, "name": token, "x": token}
            )
            await http.post(path, headers=bearer, content=b'{"refresh_token": "%b' % token.encode())
        await http.get("/api/auth/oidc/callback", params={"code": token, "state": token})


async def _use(client: TaskdeckClient, http: httpx.AsyncClient) -> None:
    """Let a channel, a secret of the backend and commands that print it be used."""
    channel = {"kind": "webhook", "url": f"http://127.0.0.1:9/{_WEBHOOK}", "headers": {"Authorization": _WEBHOOK}}
    assert (await http.put("/api/alerts/channels/hook", json=channel)).is_success
    await http.post("/api/alerts/channels/hook/test")
    assert (await http.put("/api/secrets/FROM_BACKEND", json={"value": _OF_BACKEND})).is_success
    values = {"A": "${secret:API}", "B": "${secret:FROM_BACKEND}"}
    for number, command in enumerate(['echo "$A $B"; echo "$A $B" >&2; exit 3', "exit 0"]):
        task = await make(client, f"uses-{number}", command, environment=values)
        await until_ended(client, (await client.trigger_task(task)).id)
    called = {"url": f"http://127.0.0.1:9/{_FORGED}", "headers": {"Authorization": "Bearer ${secret:API}"}}
    await http.post("/api/tasks", json={"name": "calls", "executor": "http", "command": json.dumps(called)})


async def _until_ended(process: subprocess.Popen[str]) -> None:
    await asyncio.to_thread(process.wait, 90)


async def test_no_secret_is_logged_by_a_backend_or_a_worker(fleet: Fleet, tmp_path: Path) -> None:
    fleet.log_to_files = True
    keys: dict[str, Any] = {"TASKDECK_SECRETS_KEY": new_key().text(), "TASKDECK_METRICS_TOKEN": _METRICS_TOKEN}
    extra: dict[str, Any] = {
        **keys,
        "TASKDECK_LOG_LEVEL": "debug",
        "TASKDECK_HEARTBEAT_URL": f"http://127.0.0.1:9/{_HEARTBEAT}",
    }
    port = free_port()
    fleet.backend(port, **extra)
    async with await fleet.client(port) as client:
        fleet.worker("w1", TASKDECK_LOG_LEVEL="debug", TASKDECK_SECRET_API=_OF_VARIABLE)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            await _sign_in(http, _WRONG_PASSWORD)
            session = await _sign_in(http, PASSWORD)
            http.headers["Authorization"] = f"Bearer {session['access_token']}"
            made = (await http.post("/api/tokens", json={"name": "ci"})).json()["data"]["token"]
            user = {"username": "mia", "password": _NEW_PASSWORD, "role": "viewer"}
            assert (await http.post("/api/users", json=user)).is_success
            await http.post("/api/users", json={**user, "role": "queen"})
            await _use(client, http)
            await _ask_everything(http, [made, session["access_token"], session["refresh_token"], _FORGED])
    database, broker = fleet.database_url, fleet.broker_url
    fleet.database_url = _with_password(database, _WRONG_PASSWORD)
    await _until_ended(fleet.backend(free_port(), TASKDECK_WAIT_AT_START_SECONDS="1", **keys))
    fleet.database_url, fleet.broker_url = database, broker.replace("guest:guest@", f"guest:{_WEBHOOK}@")
    await _until_ended(fleet.backend(free_port(), TASKDECK_WAIT_AT_START_SECONDS="1", **keys))
    fleet.kill_all()

    secrets = [
        *(_OF_VARIABLE, _OF_BACKEND, _WRONG_PASSWORD, _NEW_PASSWORD, PASSWORD, _METRICS_TOKEN, _HEARTBEAT, _WEBHOOK),
        *(made, session["access_token"], session["refresh_token"], _FORGED, keys["TASKDECK_SECRETS_KEY"]),
        *(fleet.signing_key or new_secret_text(), "guest:guest"),
    ]
    logs = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.glob("*.log")}
    assert len(logs) == 4
    for name, text in logs.items():
        found = [secret for secret in secrets for one in spellings(secret) if one in text]
        assert found == [], name
    for line in (logs[f"backend-{port}.log"] + logs["w1.log"]).splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line)), line
    asked = [json.loads(line) for line in logs[f"backend-{port}.log"].splitlines() if '"request"' in line]
    signed_in = [line for line in asked if line.get("path") == "/api/auth/login"]
    assert [(line["method"], line["status"]) for line in signed_in][-2:] == [("POST", 401), ("POST", 200)]
    assert {line["account"] for line in asked} == {None, "admin"}
    assert all(line["request_id"] and line["address"] == "127.0.0.1" and line["ms"] >= 0 for line in asked)
    assert {line["path"] for line in asked if line["level"] == "debug"} <= {"/health", "/ready", "/metrics"}
