"""The audit log and its filters."""

from shared.enums import Role
from tests.backend.api.answers import problem
from tests.backend.api.members import member
from tests.system import System


async def test_the_audit_log_is_filtered_by_actor_action_and_object(system: System) -> None:
    first = (await system.http.post("/api/tasks", json={"name": "alpha", "executor": "noop"})).json()["data"]
    await system.http.post("/api/tasks", json={"name": "beta_1", "executor": "noop"})
    await system.http.post(f"/api/tasks/{first['id']}/pause")

    async def actions(**params: str) -> list[str]:
        answer = (await system.http.get("/api/audit", params=params)).json()
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
    assert (await system.http.get("/api/audit", params={"who": "me"})).status_code == 422
    assert (await system.http.get("/api/audit", params={"since": "yesterday"})).status_code == 422


async def test_the_former_path_is_an_alias(system: System) -> None:
    await system.create("alpha", command="true")
    answers = [(await system.http.get(path)).json() for path in ("/api/audit", "/api/events")]
    assert answers[0] == answers[1]
    assert [entry.action for entry in (await system.client.audit()).data] == ["task.create"]


async def test_addresses_are_for_administrators(system: System) -> None:
    await system.create("alpha", command="true")
    assert [entry.address for entry in (await system.client.audit()).data] == ["127.0.0.1"]
    async with member(system, role=Role.VIEWER) as viewer:
        answer = await viewer.get("/api/audit")
        assert {entry["address"] for entry in answer.json()["data"]} == {None}
        problem(await viewer.get("/api/audit", params={"address": "127.0.0.1"}), 403, "forbidden")
