"""JSON in one row that is deeper than anything reads or writes harms this row only, wherever it is shown."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import text

from shared.enums import RunStatus
from tests.backend.faults.listed import faults
from tests.system import System

DEPTHS = (300, 5000)
"""Beyond what pydantic writes, and beyond what Python's parser reads. PostgreSQL stores more than either."""

LISTS = (
    "/api/tasks",
    "/api/runs",
    "/api/workers",
    "/api/calendars",
    "/api/alerts",
    "/api/alerts/channels",
    "/api/alerts/rules",
    "/api/audit",
    "/api/concurrency-groups",
    "/api/system/faults",
    "/api/system/stats",
    "/api/system/queues",
    "/api/runs/2/attempts",
)

DETAILS = tuple(
    f"/api/{path}"
    for number in (1, 2, 3)
    for path in (f"tasks/{number}", f"tasks/{number}/versions", f"runs/{number}", f"runs/{number}/inputs")
)
"""What is about one row says in an answer that it cannot be read."""

COLUMNS = """
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and data_type = 'jsonb' order by 1, 2
    """


async def execute(system: System, statement: str, **values: Any) -> Sequence[Any]:
    async with system.backend.context.database.transaction() as connection:
        rows = await connection.execute(text(statement), values)
        return rows.all() if rows.returns_rows else []


async def fill(system: System) -> None:
    """Put three of everything into the database."""
    http = system.http
    for name in ("a first", "b bad", "c last"):
        await http.put(f"/api/calendars/{name}", json={"weekdays": ["sunday"]})
        await http.put(f"/api/alerts/channels/{name}", json={"kind": "webhook", "url": "http://127.0.0.1:9/"})
        await http.put(f"/api/alerts/rules/{name}", json={"channels": [name], "enabled": False})
        fields = {"schedule": "0 0 1 1 *", "calendar": name, "labels": {"a": "b"}}
        task_id = await system.create(name, command="echo '[1]' > $TASKDECK_OUTPUT", **fields)
        inputs = {"arguments": ["x"], "environment": {"A": "1"}}
        run = (await http.post(f"/api/tasks/{task_id}/trigger", json=inputs)).json()["data"]
        await system.finished(run["id"])


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


async def rows_of_lists(system: System) -> dict[str, int]:
    """Return how many rows each list has, -5 for one that failed."""
    found = {}
    for path in LISTS:
        answer = await system.http.get(path)
        found[path] = len(answer.json()["data"]) if answer.status_code == 200 else -5
    return found


@pytest.mark.timeout(300)
async def test_a_deep_value_in_any_column_of_one_row_harms_no_list(system: System) -> None:
    async with AsyncExitStack() as stack:
        await system.add_worker(stack=stack)
        await fill(system)
    counts = await rows_of_lists(system)
    assert min(counts.values()) >= 0
    failed = []
    for number, (table, column) in enumerate(await execute(system, COLUMNS)):
        select = f"select {column}::text as value, ctid::text as place from {table} order by ctid"
        rows = await execute(system, select)
        if len(rows) < 2:
            continue
        change = (
            f"update {table} set {column} = cast(:value as jsonb)"
            " where ctid = cast(cast(:place as text) as tid) returning ctid::text"
        )
        depth = DEPTHS[number % len(DEPTHS)]
        ((place,),) = await execute(system, change, value=deep(depth), place=rows[1].place)
        for path, count in (await rows_of_lists(system)).items():
            if count < counts[path] - 1:
                failed.append(f"{table}.{column}, {depth} deep: {path} has {count} instead of {counts[path]}")
        statuses = {path: (await system.http.get(path)).status_code for path in DETAILS}
        failed += [
            f"{table}.{column}, {depth} deep: {path} was answered with {status}"
            for path, status in statuses.items()
            if status not in (200, 409)
        ]
        await execute(system, change, value=rows[1].value, place=place)
    assert failed == [], "\n".join(failed)


async def test_a_task_that_cannot_be_read_is_a_fault_and_says_so_itself(system: System) -> None:
    first, bad, last = [await system.create(name, command="true") for name in ("a first", "b bad", "c last")]
    await execute(system, "update tasks set labels = cast(:deep as jsonb) where id = :id", deep=deep(5000), id=bad)
    listed = (await system.http.get("/api/tasks")).json()
    assert [task["id"] for task in listed["data"]] == [first, last]
    assert f"listed task {bad}" in await faults(system)
    answer = await system.http.get(f"/api/tasks/{bad}")
    assert answer.status_code == 409
    assert "Task 2 (b bad) cannot be read: " in answer.json()["detail"]


async def test_runs_of_a_batch_run_beside_one_whose_definition_is_too_deep(system: System) -> None:
    tasks = [await system.create(name, command="true") for name in ("a first", "b bad", "c last")]
    await execute(
        system,
        "update task_versions set definition = cast(:deep as jsonb) where task_id = :id",
        deep=deep(5000),
        id=tasks[1],
    )
    runs = [await system.client.trigger_task(task_id) for task_id in tasks]
    await system.add_worker()
    ended = [await system.finished(run.id) for run in runs]
    assert [run.status for run in ended] == [RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.SUCCEEDED]
    assert "cannot be read" in (ended[1].error or "")


async def test_an_output_that_is_too_deep_is_left_out_of_its_run(system: System) -> None:
    await system.add_worker()
    up = await system.create("up", command="true")
    run = await system.finished((await system.client.trigger_task(up)).id)
    await execute(system, "update runs set output = cast(:deep as jsonb) where id = :id", deep=deep(300), id=run.id)
    shown = await system.client.get_run(run.id)
    assert (shown.output, shown.status) == (None, RunStatus.SUCCEEDED)
    assert shown.error == "the output is not shown: it is nested deeper than 100 levels"
