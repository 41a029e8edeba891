"""Many tasks at once: everything is checked, and all of it is applied or nothing."""

import asyncio
from typing import Any

import pytest

from shared.client import StreamEvent
from shared.enums import EventType, StreamTopic
from shared.errors import ConflictError, ValidationFailedError
from tests.system import System

GOOD: dict[str, Any] = {"name": "good", "executor": "noop"}


async def names(system: System) -> set[str]:
    return {task.name for task in (await system.client.list_tasks()).data}


async def refusals(system: System, *tasks: dict[str, Any]) -> dict[str, str]:
    """Return the errors of applying tasks, which must be the same in a dry run and change nothing."""
    before = await names(system)
    found = []
    for dry_run in (True, False):
        with pytest.raises(ValidationFailedError) as refused:
            await system.client.apply_tasks(tasks, dry_run=dry_run)
        found.append({error.field: error.message for error in refused.value.errors})
    assert found[0] == found[1]
    assert await names(system) == before
    return found[0]


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"executor": "cobol"}, "executor", "is not known"),
        ({"executor": "shell", "command": ""}, "command", ""),
        ({"schedule": "61 * * * *"}, "schedule", "minute: 61"),
        ({"shedule": "* * * * *"}, "shedule", "is not a field of a task"),
        ({"schedule": "* * * * *", "jitter_seconds": 60}, "jitter_seconds", "must be below the interval"),
        ({"calendar": "nowhere"}, "calendar", "does not exist"),
        ({"concurrency_group": "nobody"}, "concurrency_group", "does not exist"),
        ({"depends_on": [{"task": "nothing"}]}, "depends_on", "'nothing' does not exist"),
        ({"depends_on": [{"task_id": 987_654}]}, "depends_on", "987654 does not exist"),
        ({"depends_on": [{"task": "good", "task_id": 1}]}, "depends_on", "not by both"),
        ({"depends_on": [{"condition": "success"}]}, "depends_on.0.task_id", "required"),
        ({"depends_on": [{"task": "bad"}]}, "depends_on", "this would close a cycle: bad → bad"),
        ({"schedule": "at 2020-01-01T00:00"}, "schedule", "would never run"),
        ({"name": "good"}, "name", "is that of task 1 of the request too"),
        ({"name": "  "}, "name", "must not be empty"),
        ({"name": 7}, "name", "must be a text"),
        ({"environment": {"PORT": 8080}}, "environment.PORT", "put it in quotes"),
        ({"task_type": "nul\x00"}, "task_type", "NUL"),
    ],
)
async def test_one_bad_task_changes_nothing_and_is_named(
    system: System, fields: dict[str, Any], field: str, says: str
) -> None:
    errors = await refusals(system, GOOD, {"name": "bad", "executor": "noop", **fields})
    assert list(errors) == [f"tasks.1.{field}"]
    assert says in errors[f"tasks.1.{field}"]


async def test_every_error_of_every_task_is_listed_with_its_name(system: System) -> None:
    tasks = [{"name": f"t{number}", "executor": "noop", "retry_count": -1, "timezone": "Mars"} for number in range(9)]
    with pytest.raises(ValidationFailedError, match=r"t0: retry_count: .* and 8 more") as refused:
        await system.client.apply_tasks(tasks)
    assert len(refused.value.errors) == 18


async def test_a_dry_run_says_what_the_real_run_does(system: System) -> None:
    await system.client.apply_tasks([GOOD, {"name": "same", "executor": "noop"}])
    wanted: list[dict[str, Any]] = [
        {"name": "last", "executor": "noop", "depends_on": [{"task": "first"}, {"task": "good"}]},
        {"name": "first", "executor": "noop", "schedule": "every 1h"},
        {"name": "good", "priority": "high", "status": "paused"},
        {"name": "same"},
    ]
    planned = (await system.client.apply_tasks(wanted, dry_run=True)).tasks
    assert await names(system) == {"good", "same"}
    done = (await system.client.apply_tasks(wanted)).tasks
    assert [(one.name, one.action, one.fields) for one in done] == [
        ("last", "created", ["depends_on", "executor", "name"]),
        ("first", "created", ["executor", "name", "schedule"]),
        ("good", "changed", ["priority", "status"]),
        ("same", "unchanged", []),
    ]
    ids = {one.name: one.task_id for one in done}
    assert planned == [
        one.model_copy(update={"task_id": None if one.action == "created" else one.task_id}) for one in done
    ]
    last = await system.client.get_task(ids["last"] or 0)
    assert {edge.task_id for edge in last.depends_on} == {ids["first"], ids["good"]}
    first = await system.client.get_task(ids["first"] or 0)
    assert first.next_run_at is not None
    good = await system.client.get_task(ids["good"] or 0)
    assert (good.version, good.priority, good.status) == (2, "high", "paused")
    assert [one.action for one in (await system.client.apply_tasks(wanted)).tasks] == ["unchanged"] * 4


async def test_a_cycle_over_stored_tasks_is_found(system: System) -> None:
    chain: list[dict[str, Any]] = [
        {"name": "a", "executor": "noop"},
        {"name": "b", "executor": "noop", "depends_on": [{"task": "a"}]},
        {"name": "c", "executor": "noop", "depends_on": [{"task": "b"}]},
    ]
    await system.client.apply_tasks(chain)
    errors = await refusals(system, {"name": "a", "depends_on": [{"task": "c"}]})
    assert errors == {"tasks.0.depends_on": "this would close a cycle: a → c → b → a"}
    # Reversed as a whole it has none.
    turned: list[dict[str, Any]] = [
        {"name": "a", "depends_on": [{"task": "b"}]},
        {"name": "b", "depends_on": [{"task": "c"}]},
    ]
    await system.client.apply_tasks([*turned, {"name": "c", "depends_on": []}])


async def test_an_apply_leaves_versions_audit_entries_and_events(system: System) -> None:
    events = system.client.stream([StreamTopic.TASKS])
    await anext(events)
    await system.client.apply_tasks([GOOD])
    await system.client.apply_tasks([{"name": "good", "description": "now with words"}], dry_run=True)
    await system.client.apply_tasks([{"name": "good", "description": "now with words"}])
    async with asyncio.timeout(30):
        heard = [item async for item in take_events(events, 2)]
    await events.aclose()
    assert [item.type for item in heard] == [EventType.TASK_CREATED, EventType.TASK_UPDATED]
    task_id = (await system.client.list_tasks(name="good")).data[0].id
    versions = (await system.http.get(f"/api/tasks/{task_id}/versions")).json()["data"]
    assert [version["version"] for version in versions] == [2, 1]
    audit = (await system.client.audit(object_type="task", object_id=str(task_id))).data
    assert [(entry.action, entry.detail) for entry in audit] == [
        ("task.update", {"changed": ["description"]}),
        ("task.create", {}),
    ]


async def take_events(stream: Any, count: int) -> Any:
    found = 0
    async for item in stream:
        if isinstance(item, StreamEvent):
            yield item
            found += 1
            if found == count:
                return


async def test_the_same_new_tasks_from_two_requests_are_created_once(system: System) -> None:
    tasks = [{"name": f"both-{number}", "executor": "noop"} for number in range(300)]
    answers = await asyncio.gather(*(system.client.apply_tasks(tasks) for _ in range(4)), return_exceptions=True)
    done = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert done
    assert all(isinstance(answer, ConflictError) for answer in answers if isinstance(answer, BaseException))
    assert (await system.client.list_tasks(q="both-", limit=1)).meta.total == 300


async def test_a_large_file_is_applied_in_one_request(system: System) -> None:
    tasks = [
        {"name": f"task {number}", "executor": "shell", "command": f"echo {number}", "schedule": "H H * * *"}
        for number in range(2_000)
    ]
    done = (await system.client.apply_tasks(tasks)).tasks
    assert {one.action for one in done} == {"created"}
    assert (await system.client.list_tasks(has_schedule=True, limit=1)).meta.total == 2_000


async def test_a_body_beyond_the_limit_of_its_path_is_refused(system: System) -> None:
    answer = await system.http.post("/api/tasks/apply", content=b" " * (33 * 1024 * 1024))
    assert (answer.status_code, "larger than 32 MiB" in answer.json()["detail"]) == (413, True)
