"""Alerts over HTTP."""

from typing import Any

from sqlalchemy import text

from backend.alerts.messages import LIST_OF_TASK
from backend.context import ServiceContext
from shared.access import access_of
from shared.enums import Role
from tests.backend.api.answers import create, log_in
from tests.backend.api.members import member
from tests.system import System

STORE = text(
    """
    insert into alerts (rule, condition, message, grouping_key, task_id, task_name, count, title, detail, folder)
    values ('rule', 'failure', 'first', '', :task_id, 'named', 1, :title, '', :folder)
    """
)


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


async def test_the_alerts_of_one_task_are_listed_page_by_page(system: System) -> None:
    mine, other = [await create(system, name=one, folder="finance") for one in ("mine", "other")]
    async with system.backend.context.database.transaction() as connection:
        for task, title in ((mine, "first"), (other, "theirs"), (mine, "second"), (mine, "third")):
            await connection.execute(STORE, {"task_id": task["id"], "title": title, "folder": "finance"})
        await connection.execute(STORE, {"task_id": mine["id"], "title": "hidden", "folder": "ops"})

    async with member(system, ("finance", "read")) as anna:
        query: dict[str, Any] = {"task_id": mine["id"], "limit": 2}
        first = (await anna.get("/api/alerts", params=query)).json()
        second = (await anna.get("/api/alerts", params=query | {"cursor": first["meta"]["next_cursor"]})).json()
        assert [one["title"] for one in first["data"] + second["data"]] == ["third", "second", "first"]
        assert second["meta"]["next_cursor"] is None
    assert (await system.http.get("/api/alerts", params={"task_id": 0})).status_code == 422
    everything = await system.client.list_alerts(task_id=mine["id"])
    assert [one.title for one in everything] == ["hidden", "third", "second", "first"]


async def test_the_alerts_of_one_task_are_read_from_their_index(context: ServiceContext) -> None:
    async with context.database.transaction() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        statement = LIST_OF_TASK.within(access_of(Role.ADMIN, []))
        plan = await connection.execute(text(f"explain {statement.text}"), {"task_id": 1, "before": None, "limit": 10})
        lines = [line for (line,) in plan]
    assert "Index Scan Backward using alerts_by_task" in lines[1], lines
