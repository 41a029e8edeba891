"""Many tasks are changed by one request, which counts what it did and what it did not."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from shared.enums import EventType, StreamTopic
from shared.models.system import AuditEntry
from shared.models.task import Task
from tests.backend.api.answers import problem, refused_fields
from tests.system import System

BULK = "/api/tasks/bulk"


async def create_tasks(system: System, *names: str, **fields: Any) -> dict[str, int]:
    usual = {"executor": "noop", "schedule": "0 3 * * *", "labels": {"team": "ops"}, "folder": "some"}
    wanted = [{**usual, **fields, "name": name} for name in names]
    applied = await system.client.apply_tasks(wanted)
    return {task.name: task.task_id for task in applied.tasks if task.task_id is not None}


async def change(system: System, **body: Any) -> dict[str, Any]:
    answer = await system.http.post(BULK, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    assert found["changed"] + sum(one["count"] for one in found["refused"]) == found["selected"]
    assert len(found["ids"]) == found["changed"]
    return found


def reasons(answer: dict[str, Any]) -> dict[str, list[str]]:
    return {one["reason"]: [example["name"] for example in one["examples"]] for one in answer["refused"]}


async def stored(system: System) -> dict[str, Task]:
    return {task.name: task for task in (await system.client.list_tasks(limit=500)).data}


async def audited(system: System, kind: str) -> list[AuditEntry]:
    return [one for one in (await system.client.audit(action=f"{kind}.")).data if one.action != f"{kind}.create"]


async def test_a_folder_is_paused_and_resumed_with_counts(system: System) -> None:
    await create_tasks(system, "a", "b", "c")
    await create_tasks(system, "elsewhere", folder="somewhere")
    assert (await change(system, action="pause", ids=[(await stored(system))["a"].id]))["changed"] == 1

    paused = await change(system, action="pause", filter={"folder": "some"})

    assert (paused["selected"], paused["changed"], reasons(paused)) == (3, 2, {"already_paused": ["a"]})
    tasks = await stored(system)
    assert {name: task.status for name, task in tasks.items()} == {
        "a": "paused",
        "b": "paused",
        "c": "paused",
        "elsewhere": "active",
    }
    assert tasks["b"].next_run_at is None
    assert paused["versions"] == [tasks["b"].version, tasks["c"].version] == [2, 2]

    resumed = await change(system, action="resume", filter={"folder": "some", "status": "paused"})

    tasks = await stored(system)
    assert (resumed["changed"], {task.status for task in tasks.values()}) == (3, {"active"})
    assert tasks["b"].next_run_at == tasks["elsewhere"].next_run_at is not None


async def test_each_change_makes_a_version_with_the_fields_as_they_are(system: System) -> None:
    ids = await create_tasks(system, "a", command="", description="stays")
    await change(system, action="label", ids=[ids["a"]], add={"tier": "1"}, remove=["team"])
    await change(system, action="move", ids=[ids["a"]], folder="other/place")
    await change(system, action="pause", ids=[ids["a"]])
    versions = (await system.http.get(f"/api/tasks/{ids['a']}/versions")).json()["data"]
    assert [{one["field"] for one in version["changes"]} for version in versions] == [
        {"status"},
        {"folder"},
        {"labels"},
        set(),
    ]
    definition = (await system.http.get(f"/api/tasks/{ids['a']}/versions/4")).json()["data"]["definition"]
    task = (await system.client.get_task(ids["a"])).model_dump(mode="json")
    assert definition == {name: task[name] for name in definition}
    assert (definition["folder"], definition["labels"], definition["status"], definition["description"]) == (
        "other/place",
        {"tier": "1"},
        "paused",
        "stays",
    )


@pytest.mark.parametrize(
    "body",
    [
        {"action": "pause"},
        {"action": "resume"},
        {"action": "label", "add": {"team": "dev", "new": "x"}, "remove": ["b"]},
        {"action": "move", "folder": "other"},
    ],
    ids=lambda body: str(body["action"]),
)
async def test_undo_restores_exactly_what_was_changed(system: System, body: dict[str, Any]) -> None:
    await create_tasks(system, "active", labels={"team": "ops", "a": "1"})
    await create_tasks(system, "paused", status="paused", labels={"b": "2"}, folder="some/below")
    await create_tasks(system, "as asked for", labels={"team": "dev", "new": "x"}, folder="other")
    await create_tasks(system, "edited since", "edited before")
    shown = {"status", "labels", "folder", "next_run_at"}
    before = {name: task.model_dump(include=shown) for name, task in (await stored(system)).items()}
    done = await change(system, filter={}, **body)
    edited = (await stored(system))["edited since"]
    await system.client.update_task(edited.id, {"description": "newer"})

    undo = {"action": "undo", "undoes": body["action"], "ids": done["ids"], "versions": done["versions"]}
    undone = await change(system, **undo)

    after = {name: task.model_dump(include=shown) for name, task in (await stored(system)).items()}
    del before["edited since"], after["edited since"]
    assert after == before
    is_concerned = edited.id in done["ids"]
    assert reasons(undone) == ({"changed_since": ["edited since"]} if is_concerned else {})
    again = await change(system, **undo)
    assert again["changed"] == 0, "what was undone has changed since"


async def test_a_dry_run_answers_the_same_and_changes_nothing(system: System) -> None:
    await create_tasks(system, "a", "b", "c")
    await create_tasks(system, "d", status="paused")
    before = await stored(system)
    for body in (
        {"action": "pause"},
        {"action": "resume"},
        {"action": "label", "add": {"x": "y"}},
        {"action": "move", "folder": "other"},
        {"action": "trigger"},
        {"action": "delete"},
    ):
        dry = await change(system, filter={}, dry_run=True, **body)
        assert await stored(system) == before
        assert (await system.client.list_runs()).data == []
        assert (dry["dry_run"], dry["versions"], dry["run_ids"]) == (True, [], [])
    assert await audited(system, "task") == []
    real = await change(system, filter={}, action="delete")
    assert (real["ids"], real["refused"]) == (dry["ids"], dry["refused"])


async def test_a_task_stays_while_another_that_stays_depends_on_it(system: System) -> None:
    ids = await create_tasks(system, "first", "alone")
    ids |= await create_tasks(system, "second", depends_on=[{"task": "first"}])
    ids |= await create_tasks(system, "third", depends_on=[{"task": "second"}])

    part = await change(system, action="delete", ids=[ids["first"], ids["second"], ids["alone"]])

    assert (part["ids"], reasons(part)) == ([ids["alone"]], {"has_dependents": ["first", "second"]})
    whole = await change(system, action="delete", filter={})
    assert (whole["changed"], await stored(system)) == (3, {})
    async with system.backend.context.database.transaction() as connection:
        assert (await connection.execute(text("select count(*) from task_dependencies"))).scalar_one() == 0
    entries = await audited(system, "task")
    assert {one.object_name for one in entries if one.action == "task.delete"} == {"first", "second", "third", "alone"}


async def test_deleted_tasks_take_their_waiting_runs_with_them(system: System) -> None:
    ids = await create_tasks(system, "a", "b")
    runs = (await change(system, action="trigger", filter={}))["run_ids"]
    await change(system, action="delete", ids=[ids["a"]])
    async with system.backend.context.database.transaction() as connection:
        rows = await connection.execute(text("select id, status from runs order by id"))
        assert dict(tuple(row) for row in rows) == {runs[0]: "cancelled", runs[1]: "pending"}


async def test_tasks_are_run_with_what_the_request_says(system: System) -> None:
    ids = await create_tasks(system, "first", "limited", max_concurrency=1)
    ids |= await create_tasks(system, "second", depends_on=[{"task": "first"}], status="paused")
    done = await change(system, action="trigger", ids=[*ids.values(), 9999], priority="high", ignore_dependencies=False)
    assert (done["changed"], done["refused"][0]["reason"]) == (3, "gone")
    runs = {run.task_name: run for run in (await system.client.list_runs()).data}
    assert sorted(run.id for run in runs.values()) == done["run_ids"]
    assert {(run.priority, run.trigger) for run in runs.values()} == {("high", "manual")}
    assert runs["second"].status == "blocked"


async def test_changes_of_the_same_tasks_wait_for_each_other_and_lose_nothing(system: System) -> None:
    ids = await create_tasks(system, *(f"t{number:03}" for number in range(300)))
    backwards = sorted(ids.values(), reverse=True)
    bodies: list[dict[str, Any]] = [
        {"action": "label", "add": {"first": "1"}, "filter": {}},
        {"action": "label", "add": {"second": "2"}, "ids": backwards},
        {"action": "pause", "ids": backwards},
        {"action": "move", "folder": "other", "filter": {"q": "t"}},
    ]
    done = await asyncio.gather(*(change(system, **body) for body in bodies))
    assert [one["changed"] for one in done] == [300] * 4
    assert sorted(one["versions"][0] for one in done) == [2, 3, 4, 5]
    tasks = (await stored(system)).values()
    expected = ({"team": "ops", "first": "1", "second": "2"}, "paused", "other", 5)
    assert all((task.labels, task.status, task.folder, task.version) == expected for task in tasks)
    newest = (await system.http.get(f"/api/tasks/{backwards[0]}/versions/5")).json()["data"]["definition"]
    assert (newest["labels"], newest["status"], newest["folder"]) == expected[:3]


async def test_more_than_was_counted_is_not_changed(system: System) -> None:
    await create_tasks(system, "a", "b")
    body = {"action": "delete", "filter": {}, "at_most": 1}
    refused = problem(await system.http.post(BULK, json=body), 409, "conflict")
    assert "2 tasks are selected now, more than the 1" in refused["detail"]
    assert len(await stored(system)) == 2


async def test_a_request_is_one_entry_in_the_audit_log(system: System) -> None:
    ids = await create_tasks(system, "a", "b", "c")
    await change(system, action="pause", ids=[ids["b"]])
    await change(system, action="pause", filter={"label": "team:ops"})
    several = await audited(system, "tasks")
    (one,) = await audited(system, "task")
    assert (one.action, one.object_id, one.object_name) == ("task.pause", str(ids["b"]), "b")
    assert [(entry.action, entry.object_id) for entry in several] == [("tasks.pause", "bulk")]
    assert several[0].detail == {
        "count": 2,
        "filter": {"label": "team:ops"},
        "refused": {"already_paused": 1},
        "ids": f"{ids['a']}, {ids['c']}",
    }


async def test_a_request_that_is_repeated_with_its_key_has_one_effect(system: System) -> None:
    await create_tasks(system, "a")
    headers = {"Idempotency-Key": "once"}
    body = {"action": "trigger", "filter": {}}
    first = await system.http.post(BULK, json=body, headers=headers)
    again = await system.http.post(BULK, json=body, headers=headers)
    assert first.json() == again.json()
    assert len((await system.client.list_runs()).data) == 1


async def test_listeners_learn_of_each_task(system: System) -> None:
    ids = await create_tasks(system, *(f"t{number:03}" for number in range(450)))
    seen: list[int] = []
    is_listening = asyncio.Event()

    async def listen() -> None:
        async for item in system.client.stream([StreamTopic.TASKS]):
            is_listening.set()
            if getattr(item, "type", None) == EventType.TASK_UPDATED:
                data = item.data  # type: ignore[union-attr]
                assert (data["folder"], data["moved_from"]) == ("other", "some")
                seen.append(data["id"])
            if len(seen) == len(ids):
                return

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(listen())
        await is_listening.wait()
        await change(system, action="move", filter={"folder": "some"}, folder="other")
    assert sorted(seen) == sorted(ids.values())


async def test_a_schedule_that_cannot_be_evaluated_is_counted_and_the_others_are_resumed(system: System) -> None:
    ids = await create_tasks(system, "broken", "sound", status="paused")
    async with system.backend.context.database.transaction() as connection:
        await connection.execute(text("update tasks set schedule = '99 * * * *' where id = :id"), {"id": ids["broken"]})
    done = await change(system, action="resume", filter={})
    assert (done["ids"], reasons(done)) == ([ids["sound"]], {"invalid_schedule": ["broken"]})
    tasks = await stored(system)
    assert (tasks["broken"].status, tasks["sound"].status) == ("paused", "active")
    assert "cannot be evaluated" in (tasks["broken"].paused_reason or "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "drop", "ids": [1]}, "action"),
        ({"action": "pause"}, "ids"),
        ({"action": "pause", "ids": [True]}, "ids.0"),
        ({"action": "pause", "filter": {"nonsense": 1}}, "filter.nonsense"),
        ({"action": "pause", "filter": {"label": "team"}}, "filter.label"),
        ({"action": "move", "ids": [1], "folder": "a//b"}, "folder"),
        ({"action": "undo", "undoes": "move", "ids": [1], "versions": []}, "versions"),
    ],
)
async def test_a_wrong_request_names_the_field(system: System, body: dict[str, Any], field: str) -> None:
    assert field in refused_fields(await system.http.post(BULK, json=body))
