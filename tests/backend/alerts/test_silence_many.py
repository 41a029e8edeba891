"""Many tasks are silenced by one request, and the silences end by another."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.models.alert import Silence
from tests.backend.api.answers import create, problem
from tests.backend.api.members import member
from tests.system import System

BULK = "/api/alerts/silences/bulk"
UNTIL = (datetime.now(UTC) + timedelta(hours=1)).isoformat()


async def silences(system: System) -> list[Silence]:
    answer = (await system.http.get("/api/alerts/silences")).json()
    return [Silence.model_validate(one) for one in answer["data"]]


async def change(system: System, **body: Any) -> dict[str, Any]:
    answer = await system.http.post(BULK, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_all_tasks_of_a_folder_are_silenced_and_taken_back(system: System) -> None:
    for name in ("a", "b", "c"):
        await create(system, name=name, folder="noisy")
    await create(system, name="other")
    dry = await change(system, action="add", filter={"folder": "noisy"}, ends_at=UNTIL, dry_run=True)
    assert (dry["changed"], await silences(system)) == (3, [])

    added = await change(system, action="add", filter={"folder": "noisy"}, ends_at=UNTIL, reason="upgrade")

    found = await silences(system)
    assert sorted(one.task_name or "" for one in found) == ["a", "b", "c"]
    assert {(one.reason, one.created_by) for one in found} == {("upgrade", "local")}
    assert added["ids"] == sorted(one.id for one in found)
    ended = await change(system, action="end", ids=[*added["ids"], 9999])
    assert (ended["changed"], ended["refused"][0]["reason"], await silences(system)) == (3, "gone", [])
    entries = (await system.client.audit(object_type="alert_silence")).data
    assert [(one.action, one.detail["count"]) for one in entries] == [
        ("alert_silences.end", 3),
        ("alert_silences.add", 3),
    ]


async def test_only_tasks_that_may_be_edited_are_silenced(system: System) -> None:
    ids = [(await create(system, name=place, folder=place))["id"] for place in ("edits", "reads", "hides")]
    other = await change(system, action="add", ids=ids[1:], ends_at=UNTIL)
    async with member(system, ("edits", "edit"), ("reads", "read")) as anna:
        answer = (await anna.post(BULK, json={"action": "add", "ids": ids, "ends_at": UNTIL})).json()["data"]
        assert {one["reason"]: one["count"] for one in answer["refused"]} == {"not_permitted": 1, "gone": 1}
        ended = (await anna.post(BULK, json={"action": "end", "ids": other["ids"]})).json()["data"]
        assert (ended["changed"], ended["refused"][0]["reason"]) == (0, "gone")
    assert len(await silences(system)) == 3


async def test_a_silence_that_has_ended_already_is_refused(system: System) -> None:
    await create(system, name="a")
    body = {"action": "add", "filter": {}, "ends_at": "2020-01-01T00:00:00Z"}
    assert problem(await system.http.post(BULK, json=body), 422, "validation_error")["errors"][0]["field"] == "ends_at"
