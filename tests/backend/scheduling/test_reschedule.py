from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.scheduling.reschedule import reschedule
from backend.settings import Settings
from tests.backend.scheduling.stored_tasks import add_task

SETTINGS = Settings()


async def next_run(connection: AsyncConnection) -> tuple[datetime | None, datetime]:
    """Return when the only task is due next, and the time of the database."""
    row = (await connection.execute(text("select next_run_at, now() from tasks"))).one()
    return row[0], row[1]


async def test_a_task_is_due_from_now_on(database: Database) -> None:
    async with database.transaction() as connection:
        task_id = await add_task(connection, late=3 * 3600)
        await reschedule(connection, [task_id], settings=SETTINGS, keeps_due=False)
        due, now = await next_run(connection)

    assert due is not None
    assert due > now, "what was due before is not made up for"


async def test_an_edit_keeps_an_occurrence_that_is_due(database: Database) -> None:
    async with database.transaction() as connection:
        task_id = await add_task(connection)
        before, _ = await next_run(connection)
        await reschedule(connection, [task_id], settings=SETTINGS, keeps_due=True)
        assert (await next_run(connection))[0] == before


async def test_a_paused_task_is_never_due(database: Database) -> None:
    async with database.transaction() as connection:
        task_id = await add_task(connection)
        await connection.execute(text("update tasks set status = 'paused'"))
        await reschedule(connection, [task_id], settings=SETTINGS, keeps_due=True)
        assert (await next_run(connection))[0] is None
