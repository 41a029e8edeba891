"""Tasks with schedules, inserted as they are stored."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.enums import MisfirePolicy, OverlapPolicy

INSERT = text(
    """
    insert into tasks (name, folder, executor, task_type, command, arguments, environment, schedule, timezone,
        jitter_seconds, misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds,
        retry_backoff, retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version,
        schedule_since, created_at, updated_at, late_after_seconds, next_occurrence_at, next_run_at)
    select :name, '', 'noop', 'noop', '', '[]', '{}', :schedule, 'UTC', 0, :misfire_policy, :overlap_policy, 1,
        'active', 0, 10, 'fixed', 3600, 3600, 'retry', '{}', '{}', 1, now() - interval '1 day', now(), now(), 60,
        now() - :late * interval '1 second', now() - :late * interval '1 second'
    returning id
    """
)


async def add_task(
    connection: AsyncConnection,
    name: str = "stored",
    *,
    late: int = 1,
    misfire: MisfirePolicy = MisfirePolicy.FIRE_ONCE,
    overlap: OverlapPolicy = OverlapPolicy.QUEUE,
    schedule: str = "every 30d",
) -> int:
    """Add a task whose occurrence was due `late` seconds ago, and the next is many days away; return its id."""
    values = {"name": name, "late": late, "misfire_policy": misfire, "overlap_policy": overlap, "schedule": schedule}
    task_id: int = (await connection.execute(INSERT, values)).scalar_one()
    return task_id
