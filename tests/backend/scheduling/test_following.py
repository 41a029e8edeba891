from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.database.connection import Database
from backend.scheduling.following import follow_last_runs, following_tasks
from backend.settings import Settings
from tests.backend.scheduling.stored_tasks import add_task

SETTINGS = Settings()
RUN = text(
    """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at,
        completed_at)
    values (:task_id, 1, :status, 'manual', 1, 1, 'noop', now(), cast(:ended_at as timestamptz)) returning completed_at
    """
)


async def test_the_next_occurrence_follows_the_end_of_the_last_run(database: Database) -> None:
    async with database.transaction() as connection:
        await add_task(connection, "by the clock")
        task_id = await add_task(connection, "after its last run", schedule="after 10m")
        now = (await connection.execute(text("select now()"))).scalar_one()
        await connection.execute(RUN, {"task_id": task_id, "status": "failed", "ended_at": now})
        assert await following_tasks(connection) == {task_id}
        (found,) = await follow_last_runs(connection, [task_id], settings=SETTINGS)

    assert found.occurrence == now + timedelta(minutes=10)


@pytest.mark.parametrize("status", ["blocked", "pending", "dispatched", "running"])
async def test_nothing_follows_while_a_run_has_not_ended(database: Database, status: str) -> None:
    async with database.transaction() as connection:
        task_id = await add_task(connection, schedule="after 10m")
        now = (await connection.execute(text("select now()"))).scalar_one()
        await connection.execute(RUN, {"task_id": task_id, "status": "succeeded", "ended_at": now})
        await connection.execute(RUN, {"task_id": task_id, "status": status, "ended_at": None})
        assert await follow_last_runs(connection, [task_id], settings=SETTINGS) == []
