"""A drill takes the way of alerts, and says for each channel what became of it."""

import asyncio

from typer.testing import CliRunner, Result

from backend.cli.main import app
from tests.integration.test_alerts import receiving
from tests.system import System


async def drill(system: System, *options: str) -> Result:
    """Run `taskdeck alert drill` in a thread, since it has an event loop of its own."""
    environment = {"TASKDECK_URL": system.backend.url, "TASKDECK_TOKEN": system.token}
    return await asyncio.to_thread(CliRunner().invoke, app, ["alert", "drill", *options], env=environment)


async def test_each_enabled_channel_has_a_result(system: System) -> None:
    async with receiving() as (receiver, url):
        for name, fields in {
            "works": {"kind": "webhook", "url": url},
            "screen": {"kind": "console"},
            "mail": {"kind": "email", "recipients": ["ops@example.org"]},
            "off": {"kind": "webhook", "url": url, "enabled": False},
        }.items():
            (await system.http.put(f"/api/alerts/channels/{name}", json=fields)).raise_for_status()
        found = await drill(system)
        (body,) = await receiver.until(1)
    table = found.output[found.output.index("CHANNEL") :].splitlines()[1:]
    lines = {
        line.split()[0]: line.split()[1] for line in table if line.split()[0] in ("works", "screen", "mail", "off")
    }
    assert lines == {"mail": "failed", "screen": "sent", "works": "sent"}
    assert found.exit_code == 1
    assert "TASKDECK_SMTP_URL" in found.output
    assert body["title"].startswith("Taskdeck drill ")
    assert "Nothing is wrong" in body["detail"]
    (entry,) = (await system.http.get("/api/audit", params={"action": "alert.drill"})).json()["data"]
    assert entry["detail"]["channels"] == ["mail", "screen", "works"]


async def test_a_drill_without_channels_says_how_to_create_one(system: System) -> None:
    for channel in (await system.http.get("/api/alerts/channels")).json()["data"]:
        for rule in (await system.http.get("/api/alerts/rules")).json()["data"]:
            await system.http.delete(f"/api/alerts/rules/{rule['name']}")
        (await system.http.delete(f"/api/alerts/channels/{channel['name']}")).raise_for_status()
    answer = await system.http.post("/api/alerts/drill")
    assert answer.status_code == 409
    assert "taskdeck alert channel set" in answer.json()["detail"]
