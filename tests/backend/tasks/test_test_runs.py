import asyncio

import pytest
from sqlalchemy import text

from backend.tasks.delete import purge_deleted
from shared.client import StreamEvent
from shared.enums import EventType, RunStatus, StreamTopic
from shared.errors import NotFoundError
from tests.system import System


async def test_a_test_run_runs_its_command_once_and_leaves_no_task(system: System) -> None:
    await system.add_worker()
    fields = {
        "name": "typed",
        "executor": "shell",
        "command": 'echo "$WHO $1"; exit 4',
        "arguments": ["there"],
        "environment": {"WHO": "hello"},
        "schedule": "* * * * *",
        "retry_count": 5,
    }
    started = await system.client.start_test_run(fields)
    run = await system.finished(started.id)
    assert (run.status, run.exit_code, run.attempt, run.task_name) == (RunStatus.FAILED, 4, 1, "typed (test run)")
    assert run.stdout_tail == "hello there\n"
    assert (await system.client.list_tasks()).data == []
    assert [one.id for one in (await system.client.list_runs()).data] == [run.id]
    async with system.backend.context.database.transaction() as connection:
        noted = (await connection.execute(text("select count(*) from alerts"))).scalar_one()
    assert noted == 0
    refused = await system.http.post("/api/test-runs", json=fields | {"executor": "nothing"})
    assert refused.status_code == 422


async def test_a_test_run_is_purged_after_an_hour(system: System) -> None:
    await system.add_worker()
    run = await system.finished(
        (await system.client.start_test_run({"name": "x", "executor": "shell", "command": "true"})).id
    )
    database = system.backend.context.database
    async with database.transaction() as connection:
        assert await purge_deleted(connection, batch=10) == 0
    assert (await system.client.get_run(run.id)).id == run.id
    async with database.transaction() as connection:
        await connection.execute(text("update tasks set deleted_at = now() - interval '1 minute'"))
    async with database.transaction() as connection:
        assert await purge_deleted(connection, batch=10) == 1
    with pytest.raises(NotFoundError):
        await system.client.get_run(run.id)


async def test_a_test_run_can_be_cancelled(system: System) -> None:
    await system.add_worker()
    async with asyncio.timeout(60):
        stream = system.client.stream([StreamTopic.RUNS])
        await anext(stream)
        run = await system.client.start_test_run({"name": "x", "executor": "shell", "command": "sleep 300"})
        async for event in stream:
            if isinstance(event, StreamEvent) and event.type is EventType.RUN_STARTED:
                break
        await stream.aclose()
    await system.client.cancel_run(run.id)
    assert (await system.finished(run.id)).status is RunStatus.CANCELLED
