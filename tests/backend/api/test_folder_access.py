"""What a user with grants sees of tasks that are connected with others, and what a grant does not permit."""

from typing import Any

import httpx
import pytest

from shared.enums import Role, RunStatus, Scope
from tests.backend.api.answers import create, problem, refused_fields
from tests.backend.api.members import member
from tests.system import System


async def data(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_lists_pages_counts_and_searches_have_what_is_readable(system: System) -> None:
    for number in range(3):
        await create(system, name=f"mine {number}", folder="finance/daily")
        await create(system, name=f"theirs {number}", folder="ops")
    await create(system, name="beside", folder="finances")
    await create(system, name="top")
    async with member(system, ("finance", "read")) as anna:
        first = (await anna.get("/api/tasks", params={"limit": 2})).json()
        assert first["meta"]["total"] == 3
        second = (await anna.get("/api/tasks", params={"limit": 2, "cursor": first["meta"]["next_cursor"]})).json()
        assert [one["name"] for one in first["data"] + second["data"]] == ["mine 0", "mine 1", "mine 2"]
        assert second["meta"]["next_cursor"] is None
        assert await data(anna, "/api/tasks/count", q="theirs") == {"total": 0}
        assert await data(anna, "/api/tasks/count") == {"total": 3}
        assert await data(anna, "/api/tasks", folder="ops") == []
        assert await data(anna, "/api/tasks/folders") == [{"path": "finance/daily", "tasks": 3}]
        stats = await data(anna, "/api/system/stats")
        assert (stats["tasks_total"], stats["tasks_active"]) == (3, 3)
    async with member(system, user="nobody") as nobody:
        assert await data(nobody, "/api/tasks") == []
        assert (await data(nobody, "/api/system/stats"))["tasks_total"] == 0


async def test_folder_counts_are_those_of_readable_runs(system: System) -> None:
    mine, theirs = await create(system, name="mine", folder="finance"), await create(system, name="theirs")
    for task in (mine, theirs, theirs):
        await system.client.trigger_task(task["id"])
    async with member(system, ("finance", "read")) as anna:
        stats = await data(anna, "/api/system/stats")
        assert (stats["runs_waiting"], stats["runs_in_flight"]) == (1, 0)
        depth = await data(anna, "/api/system/queues")
        assert (depth["waiting"], depth["by_task_type"]) == (1, {"shell": 1})
        queue = (await anna.get("/api/queue")).json()
        assert [one["run"]["task_name"] for one in queue["data"]] == ["mine"]
        assert queue["meta"]["total"] == 1
        assert [one["position"] for one in queue["data"]] == [None], "a position would count the runs of others"
        (run,) = (await anna.get("/api/runs")).json()["data"]
        assert run["folder"] == "finance"
        await system.client.cancel_run(run["id"])
        stats = await data(anna, "/api/system/stats")
        assert (stats["runs_waiting"], stats["failed_last_hour"]) == (0, 0)


async def test_what_runs_beside_and_in_the_queue_is_only_what_is_readable(system: System) -> None:
    await system.add_worker()
    sleeping = {"command": "sleep 600"}
    mine, theirs = (
        await create(system, name="mine", folder="finance", **sleeping),
        await create(system, name="theirs", folder="ops", **sleeping),
    )
    runs = [await system.client.trigger_task(task["id"]) for task in (mine, theirs, mine)]
    for run in runs:
        await system.until(run.id, RunStatus.RUNNING)
    first, hidden, second = (run.id for run in runs)
    beside = [run["id"] for run in await data(system.http, f"/api/runs/{first}/beside")]
    assert sorted(beside) == sorted([hidden, second])
    async with member(system, ("finance", "run")) as anna:
        assert [run["id"] for run in await data(anna, f"/api/runs/{first}/beside")] == [second]
        for task_id, expected in ((None, [first, second]), (mine["id"], [first, second]), (theirs["id"], [])):
            queue = {"state": ["running"]} | ({} if task_id is None else {"task_id": task_id})
            answer = await anna.post("/api/runs/bulk", json={"action": "cancel", "queue": queue, "dry_run": True})
            assert answer.status_code == 200, answer.text
            done = answer.json()["data"]
            assert (done["ids"], done["selected"], done["refused"]) == (expected, len(expected), []), queue


async def test_a_neighbour_that_is_not_readable_is_not_named(system: System) -> None:
    hidden = await create(system, name="secret", folder="ops")
    between = [{"task_id": hidden["id"]}]
    mine = await create(system, name="mine", folder="finance", depends_on=between)
    blocked = await system.http.post(f"/api/tasks/{mine['id']}/trigger", json={"ignore_dependencies": False})
    run_id = blocked.json()["data"]["id"]
    async with member(system, ("finance", "edit")) as anna:
        run = await data(anna, f"/api/runs/{run_id}")
        assert run["waiting_reason"] == "Waiting for a task that you may not read to succeed."
        assert run["waiting"]["upstreams"][0]["task_name"] == ""
        graph = await data(anna, "/api/tasks/graph", task_id=mine["id"])
        assert ([node["name"] for node in graph["nodes"]], graph["edges"], graph["total"]) == (["mine"], [], 1)
        kept = await anna.patch(f"/api/tasks/{mine['id']}", json={"depends_on": between, "description": "changed"})
        assert kept.status_code == 200, "an edge that was there stays"
        other = {"name": "other", "folder": "finance", "executor": "shell", "command": "true", "depends_on": between}
        assert refused_fields(await anna.post("/api/tasks", json=other)) == {
            "depends_on": f"task {hidden['id']} does not exist"
        }
        applied = await anna.post("/api/tasks/apply", json={"tasks": [other]})
        assert refused_fields(applied) == {"tasks.0.depends_on": f"task {hidden['id']} does not exist"}
        by_name = {**other, "depends_on": [{"task": "secret"}]}
        applied = await anna.post("/api/tasks/apply", json={"tasks": [by_name]})
        assert refused_fields(applied) == {"tasks.0.depends_on": "task 'secret' does not exist"}
        cycle = await system.http.patch(f"/api/tasks/{hidden['id']}", json={"depends_on": [{"task_id": mine["id"]}]})
        assert "secret" in problem(cycle, 422, "validation_error")["detail"]
    async with member(system, ("ops", "edit"), user="bob") as bob:
        answer = problem(await bob.delete(f"/api/tasks/{hidden['id']}"), 409, "conflict")
        assert "1 task that you may not read depends on it" in answer["detail"]
        loop = await bob.patch(f"/api/tasks/{hidden['id']}", json={"depends_on": [{"task_id": mine["id"]}]})
        assert refused_fields(loop) == {"depends_on": f"task {mine['id']} does not exist"}


async def test_a_task_is_moved_with_edit_in_both_folders(system: System) -> None:
    task = await create(system, name="one", folder="finance")
    path = f"/api/tasks/{task['id']}"
    async with member(system, ("finance", "edit"), ("ops", "run")) as anna:
        refused = problem(await anna.patch(path, json={"folder": "ops"}), 403, "forbidden")
        assert "permission edit in the folder ops, and you have the permission run" in refused["detail"]
        body = {"tasks": [{"name": "one", "folder": "ops"}]}
        problem(await anna.post("/api/tasks/apply", json=body), 403, "forbidden")
        assert (await anna.patch(path, json={"folder": "finance/daily"})).status_code == 200
    await system.http.patch(path, json={"folder": "ops"})
    async with member(system, ("finance", "edit"), user="bob") as bob:
        problem(await bob.patch(path, json={"folder": "finance"}), 404, "not_found")
        problem(await bob.post(f"{path}/restore", json={"version": 1}), 404, "not_found")


async def test_a_name_of_another_folder_is_taken_and_not_shown(system: System) -> None:
    await create(system, name="payroll", folder="ops", command="secret")
    wanted = {"name": "payroll", "folder": "finance", "executor": "shell", "command": "true"}
    async with member(system, ("finance", "edit")) as anna:
        for path, body, field in (
            ("/api/tasks/apply", {"tasks": [wanted]}, "tasks.0.name"),
            ("/api/tasks/apply", {"tasks": [{"name": "payroll"}], "dry_run": True}, "tasks.0.name"),
        ):
            assert refused_fields(await anna.post(path, json=body)) == {field: "is taken by another task"}
        problem(await anna.post("/api/tasks", json=wanted), 409, "conflict")


async def test_one_refused_item_refuses_all(system: System) -> None:
    runs, reads, hides = [await create(system, name=one, folder=one) for one in ("runs", "reads", "hides")]
    ids = [(await system.client.trigger_task(task["id"])).id for task in (runs, reads, hides)]
    async with member(system, ("runs", "run"), ("reads", "read")) as anna:
        batch = {"runs": [{"task_id": runs["id"]}, {"task_id": reads["id"]}]}
        refused = problem(await anna.post("/api/runs/batch", json=batch), 403, "forbidden")
        assert "permission run in the folder reads" in refused["detail"]
        batch = {"runs": [{"task_id": runs["id"]}, {"task_id": hides["id"]}]}
        assert "runs.1.task_id" in refused_fields(await anna.post("/api/runs/batch", json=batch))
        for path, more in (("cancel", {}), ("start-now", {}), ("priority", {"priority": "high"})):
            problem(await anna.post(f"/api/runs/{path}", json={"run_ids": ids[:2], **more}), 403, "forbidden")
            answer = await anna.post(f"/api/runs/{path}", json={"run_ids": [ids[2]], **more})
            assert answer.json()["data"]["refused"] == [{"run_id": ids[2], "reason": f"Run {ids[2]} does not exist."}]
        for limit in (1, 50):
            assert (await anna.get("/api/runs", params={"limit": limit})).json()["meta"]["total"] == 2
    assert {(await system.client.get_run(run_id)).status for run_id in ids} == {"pending"}


async def test_tasks_are_pruned_only_where_they_may_be_edited(system: System) -> None:
    for folder in ("team/edits", "team/reads", "team/hides"):
        await create(system, name=folder, folder=folder, labels={"by": "git"})
    async with member(system, ("team/edits", "edit"), ("team/reads", "read")) as anna:
        path = "/api/definitions/apply"
        for dry_run in (True, False):
            body = {"prune": {"folder": "team", "label": "by:git"}, "dry_run": dry_run}
            refused = problem(await anna.post(path, json=body), 403, "forbidden")
            assert "permission edit in the folder team/reads" in refused["detail"]
        assert (await system.http.get("/api/tasks")).json()["meta"]["total"] == 3
        done = await anna.post(path, json={"prune": {"folder": "team/edits", "label": "by:git"}})
        assert [one["name"] for one in done.json()["data"]["definitions"]] == ["team/edits"]
    assert [one["name"] for one in await data(system.http, "/api/tasks")] == ["team/hides", "team/reads"]


async def test_a_change_of_many_counts_what_is_not_permitted_and_nothing_of_what_is_hidden(system: System) -> None:
    ids = {}
    for place in ("edits", "runs", "reads", "hides"):
        ids[place] = (await create(system, name=place, folder=place, schedule="0 3 * * *"))["id"]
    async with member(system, ("edits", "edit"), ("runs", "run"), ("reads", "read")) as anna:

        async def change(kind: str = "tasks", **body: Any) -> tuple[list[int], int, dict[str, list[str]]]:
            found = (await anna.post(f"/api/{kind}/bulk", json=body)).json()["data"]
            refused = {one["reason"]: [each["name"] for each in one["examples"]] for one in found["refused"]}
            return found["ids"], found["selected"], refused

        # By a filter, what is hidden is not even counted; by its id, it is like one that does not exist.
        not_permitted = {"not_permitted": ["runs", "reads"]}
        for body in (
            {"action": "pause"},
            {"action": "label", "add": {"a": "b"}},
            {"action": "move", "folder": "edits/below"},
            {"action": "delete", "dry_run": True},
        ):
            assert await change(filter={}, **body) == ([ids["edits"]], 3, not_permitted)
        assert await change(action="resume", ids=list(ids.values())) == (
            [ids["edits"]],
            4,
            {"not_permitted": ["runs", "reads"], "gone": [""]},
        )
        assert await change(action="trigger", filter={}) == (
            [ids["edits"], ids["runs"]],
            3,
            {"not_permitted": ["reads"]},
        )
        runs = [(await system.client.trigger_task(ids[place])).id for place in ids]
        cancelled = await change("runs", action="cancel", ids=runs)
        assert cancelled == (runs[:2], 4, {"not_permitted": ["reads"], "gone": [""]})
        assert (await change("runs", action="cancel", filter={"status": ["pending"]}))[2] == {
            "not_permitted": ["reads"]
        }
        assert (await change("runs", action="cancel", queue={}))[1:] == (1, {"not_permitted": ["reads"]})
        into = {"action": "move", "ids": [ids["edits"]], "folder": "runs"}
        problem(await anna.post("/api/tasks/bulk", json=into), 403, "forbidden")
    hidden = await system.client.get_task(ids["hides"])
    assert (hidden.status, hidden.labels, hidden.folder, hidden.version) == ("active", {}, "hides", 1)
    assert (await system.client.get_run(runs[3])).status == "pending"


async def test_a_move_is_undone_only_into_a_folder_that_may_be_edited(system: System) -> None:
    task = await create(system, name="one", folder="finance")
    move = {"action": "move", "ids": [task["id"]], "folder": "ops"}
    versions = (await system.http.post("/api/tasks/bulk", json=move)).json()["data"]["versions"]
    undo = {"action": "undo", "undoes": "move", "ids": [task["id"]], "versions": versions}
    async with member(system, ("ops", "edit")) as anna:
        refused = (await anna.post("/api/tasks/bulk", json=undo)).json()["data"]["refused"]
        assert [one["reason"] for one in refused] == ["not_permitted"]
    assert (await system.http.post("/api/tasks/bulk", json=undo)).json()["data"]["changed"] == 1
    assert (await system.client.get_task(task["id"])).folder == "finance"


@pytest.mark.parametrize(("permission", "is_shown"), [("read", False), ("run", False), ("edit", True)])
async def test_values_are_shown_to_who_may_edit(system: System, permission: str, is_shown: bool) -> None:
    task = await create(system, name="one", folder="finance", environment={"KEY": "value"})
    run = await system.client.trigger_task(task["id"])
    async with member(system, ("finance", permission), role=Role.VIEWER) as anna:
        expected = {"KEY": "value" if is_shown else "***"}
        assert (await data(anna, f"/api/tasks/{task['id']}"))["environment"] == expected
        assert (await data(anna, "/api/tasks"))[0]["environment"] == expected
        assert (await data(anna, f"/api/tasks/{task['id']}/versions/1"))["definition"]["environment"] == expected
        assert (await data(anna, f"/api/runs/{run.id}/inputs"))["environment"] == expected


async def test_a_token_is_narrower_than_its_owners_grants(system: System) -> None:
    task = await create(system, name="one", folder="finance")
    async with member(system, ("finance", "admin"), scope=Scope.RUN) as anna:
        assert (await anna.post(f"/api/tasks/{task['id']}/trigger")).status_code == 201
        refused = problem(await anna.patch(f"/api/tasks/{task['id']}", json={"description": "x"}), 403, "forbidden")
        assert "a token with the scope edit, and this one has the scope run" in refused["detail"]
        me = await data(anna, "/api/auth/me")
        assert (me["scope"], me["permission"]) == ("run", None)
        assert me["folders"] == [{"folder": "finance", "permission": "run"}]
        problem(await anna.get("/api/audit"), 403, "forbidden")


async def test_an_administrator_of_a_folder_grants_within_it(system: System) -> None:
    await create(system, name="one", folder="finance/daily")
    async with member(system, ("finance", "admin")) as anna, member(system, user="bob") as bob:
        problem(await bob.get("/api/tasks/1"), 404, "not_found")
        body = {"user": "bob", "folder": "finance/daily", "permission": "edit"}
        made = (await anna.post("/api/grants", json=body)).json()["data"]
        assert (made["user"], made["created_by"]) == ("bob", "anna")
        assert len(await data(bob, "/api/tasks")) == 1
        again = (await anna.post("/api/grants", json={**body, "permission": "read"})).json()["data"]
        assert again["id"] == made["id"], "it is replaced"
        problem(await bob.patch("/api/tasks/1", json={"description": "x"}), 403, "forbidden")
        problem(await anna.post("/api/grants", json={**body, "folder": "ops"}), 403, "forbidden")
        unknown = await anna.post("/api/grants", json={**body, "user": "eve"})
        assert refused_fields(unknown) == {"user": "'eve' does not exist; create the user first"}
        both = await anna.post("/api/grants", json={**body, "group": "sre"})
        assert "user" in refused_fields(both)
        assert [one["folder"] for one in await data(anna, "/api/grants", user="bob")] == ["finance/daily"]
        assert (await anna.delete(f"/api/grants/{made['id']}")).status_code == 204
        assert await data(bob, "/api/tasks") == []
        problem(await anna.delete(f"/api/grants/{made['id']}"), 404, "not_found")
    log = await data(system.http, "/api/audit", object_type="grant")
    assert [(one["action"], one["actor"], one["object_name"]) for one in log][:3] == [
        ("grant.remove", "anna", "bob"),
        ("grant.add", "anna", "bob"),
        ("grant.add", "anna", "bob"),
    ]
    assert log[1]["detail"] == {"subject": "user", "folder": "finance/daily", "permission": "read"}
