"""Old runs are deleted in batches, and each batch begins where the last one ended."""

from datetime import datetime

from sqlalchemy import text

from backend.database.connection import Database
from backend.runs import retention

TASKS = text(
    """
    insert into tasks (name, folder, executor, task_type, command, arguments, environment, timezone, jitter_seconds,
        misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds, retry_backoff,
        retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version, created_at,
        updated_at, keep_days)
    select 'keeps ' || coalesce(keep::text, 'none'), '', 'noop', 'noop', '', '[]', '{}', 'UTC', 0, 'fire_once',
        'queue', 1, 'active', 0, 10, 'fixed', 3600, 3600, 'retry', '{}', '{}', 1, now(), now(), keep
    from unnest(cast(:keeps as integer[])) as keep returning id, keep_days
    """
)
RUNS = text(
    """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at,
        completed_at)
    select :task_id, 1, 'succeeded', 'manual', 1, days, 'noop', now() - days * interval '1 day',
        now() - days * interval '1 day'
    from unnest(cast(:days as integer[])) as days
    """
)
LEFT = text("select round(extract(epoch from now() - completed_at) / 86400)::integer from runs order by completed_at")


async def test_a_batch_does_not_read_what_the_last_one_read(database: Database) -> None:
    async with database.transaction() as connection:
        tasks = {row.keep_days: row.id for row in await connection.execute(TASKS, {"keeps": [None, 365]})}
        await connection.execute(RUNS, {"task_id": tasks[365], "days": [100, 60]})
        await connection.execute(RUNS, {"task_id": tasks[None], "days": [90, 80, 70, 5]})

    async def purge(since: datetime | None) -> retention.PurgedBatch:
        async with database.transaction() as connection:
            return await retention.purge_overall(connection, keep_days=30, batch=1, since=since)

    first = await purge(None)
    assert first.removed == 1
    second = await purge(first.until)
    assert second.removed == 1
    assert first.until is not None
    assert second.until is not None
    assert first.until < second.until
    async with database.transaction() as connection:
        await connection.execute(RUNS, {"task_id": tasks[None], "days": [95]})
    assert (await purge(second.until)).removed == 1, "the run of 70 days, not the one after it"
    async with database.transaction() as connection:
        assert list((await connection.execute(LEFT)).scalars()) == [100, 95, 60, 5]
