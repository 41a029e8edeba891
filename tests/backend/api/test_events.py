"""The audit trail and its filters."""

from tests.system import System


async def test_the_trail_is_narrowed_by_who_what_and_which(system: System) -> None:
    first = (await system.http.post("/api/tasks", json={"name": "alpha", "executor": "noop"})).json()["data"]
    await system.http.post("/api/tasks", json={"name": "beta_1", "executor": "noop"})
    await system.http.post(f"/api/tasks/{first['id']}/pause")

    async def actions(**params: str) -> list[str]:
        answer = (await system.http.get("/api/events", params=params)).json()
        return [f"{event['object_name']} {event['action']}" for event in answer["data"]]

    assert await actions(object_type="task", object_id=str(first["id"])) == ["alpha task.pause", "alpha task.create"]
    assert await actions(action="task.create") == ["beta_1 task.create", "alpha task.create"]
    assert len(await actions(action="task.")) == 3
    assert await actions(q="eta_") == ["beta_1 task.create"]
    assert await actions(q="%") == []
    assert await actions(actor="nobody") == []
    assert await actions(until="2020-01-01T00:00:00Z") == []
    assert len(await actions(since="2020-01-01T00:00:00Z")) == 3


async def test_a_filter_that_is_not_known_is_refused(system: System) -> None:
    assert (await system.http.get("/api/events", params={"who": "me"})).status_code == 422
    assert (await system.http.get("/api/events", params={"since": "yesterday"})).status_code == 422
