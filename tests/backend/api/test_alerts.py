"""Alerts over HTTP."""

from tests.backend.api.answers import log_in
from tests.system import System


async def test_a_viewer_sees_webhook_urls_masked(system: System) -> None:
    password = "correct horse battery"
    await system.http.post("/api/users", json={"username": "eve", "password": password, "role": "viewer"})
    address = "https://hooks.example.org/services/T1/hunter2"
    await system.http.put("/api/alerts/channels/chat", json={"kind": "webhook", "url": address})
    pair = (await log_in(system, "eve", password)).json()["data"]
    as_eve = {"Authorization": f"Bearer {pair['access_token']}"}
    seen = await system.http.get("/api/alerts/channels", headers=as_eve)
    assert seen.json()["data"][0]["url"] == "https://hooks.example.org/***"
    assert (await system.http.get("/api/alerts/channels")).json()["data"][0]["url"] == address
