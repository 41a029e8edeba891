"""What the list of concurrency groups counts is what their limits count."""

from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs.concurrency_groups import list_concurrency_groups
from backend.runs.limits import HeldRun, Hold
from backend.runs.release import room_for
from shared.enums import RunStatus
from tests.backend.runs.stored_runs import store_run, store_task

GROUP = text("insert into concurrency_groups (name, max_concurrency, updated_at) values ('db', 3, now())")


async def test_a_group_shows_the_usage_that_its_limit_counts(context: ServiceContext) -> None:
    task_id = await store_task(context, concurrency_group="db")
    for status in RunStatus:
        await store_run(context, task_id, status, concurrency_group="db")
    for hold in Hold:
        await store_run(context, task_id, hold=hold, concurrency_group="db")
    await store_run(context, task_id, RunStatus.RUNNING, distribution="sharded", concurrency_group="db")
    async with context.database.transaction() as connection:
        await connection.execute(GROUP)
        rooms = await room_for(connection, [HeldRun(1, task_id, Hold.LIMIT, 0, "db")])

    (group,) = await list_concurrency_groups(context)

    assert group.busy == rooms.concurrency_groups["db"].busy == 4, "dispatched, running, ready and delayed"
    assert group.waiting == 3, "limit, overlap and backfill"
