"""What the system says about itself, and previews of schedules."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.backend.api.answers import create, refused_fields
from tests.system import System


async def test_the_system_describes_itself(system: System) -> None:
    info = (await system.http.get("/api/system/info")).json()["data"]
    assert info["version"]
    assert info["uptime_seconds"] >= 0
    stats = (await system.http.get("/api/system/stats")).json()["data"]
    assert stats["tasks_total"] == 0
    executors = {one["name"] for one in (await system.http.get("/api/system/executors")).json()["data"]}
    assert {"shell", "http", "noop"} <= executors
    assert (await system.http.get("/api/system/dispatcher")).json()["data"]["active"] is True
    task = await create(system, priority="high")
    await system.http.post(f"/api/tasks/{task['id']}/trigger")
    depth = (await system.http.get("/api/system/queues")).json()["data"]
    assert depth["by_priority"]["high"] == 1
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    history = await system.http.get("/api/system/queues/history", params={"since": since})
    assert "samples" in history.json()["data"]
    events = (await system.http.get("/api/audit")).json()["data"]
    assert events[0]["action"] == "task.trigger"


async def test_a_schedule_is_previewed_in_its_zone(system: System) -> None:
    answer = await system.http.post(
        "/api/schedules/preview",
        json={"schedule": "30 2 * * *", "timezone": "Europe/Berlin", "count": 2, "after": "2026-03-28T12:00:00Z"},
    )
    found = answer.json()["data"]
    assert found["times"] == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]
    assert found["description"]
    wrong = await system.http.post("/api/schedules/preview", json={"schedule": "61 * * * *"})
    assert "minute" in refused_fields(wrong)["schedule"]


async def test_the_document_says_what_lists_are_sorted_by_and_which_topics_there_are(system: System) -> None:
    paths = (await system.http.get("/openapi.json")).json()["paths"]

    def query(path: str) -> dict[str, Any]:
        return {one["name"]: one["schema"] for one in paths[path]["get"]["parameters"]}

    for path in ("/api/tasks", "/api/runs", "/api/audit"):
        names = query(path)["sort"]["anyOf"][0]["enum"]
        for name in names:
            assert (await system.http.get(path, params={"sort": name, "limit": 1})).status_code == 200, name
        assert (await system.http.get(path, params={"sort": "nothing"})).status_code == 422
    topics = re.compile(query("/api/stream")["topics"]["pattern"])
    assert topics.search("runs,alerts")
    assert not topics.search("runs,nothing")
    assert re.search(query("/api/tasks")["label"]["anyOf"][0]["pattern"], "team:billing")
