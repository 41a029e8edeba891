"""The queue by task: which tasks have the most runs in it, in which states, and why their oldest run waits."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.context import ServiceContext
from backend.database.folder_conditions import FolderStatement
from backend.queue.order import COUNTED_UP_TO, STATES, WAITING_STATE
from backend.runs.conditions import IN_SLOT, WAITING
from backend.runs.filter import tasks_named
from backend.runs.model import SUMMARY_COLUMNS, RunRow, read_run
from backend.runs.waiting_facts import explain
from backend.workers.online import OnlineWorkers
from shared.access import Access
from shared.enums import QueueState
from shared.models.base import Meta, Page
from shared.models.queue import QueuedTask
from shared.models.waiting import WaitingReason

MOST_TASKS = 10_000
"""As many tasks with waiting runs are looked at: each is one step in the index runs_waiting_by_task."""

# A step leads from task to task, not from run to run: a million waiting runs of one task are passed over at once.
_TASKS = f"""
    with recursive waits (task_id) as (
        (select task_id from runs where {WAITING} order by task_id limit 1)
        union all
        select (select r.task_id from runs r where {WAITING} and r.task_id > w.task_id order by r.task_id limit 1)
        from waits w where w.task_id is not null
    ),
    found as (
        select task_id from (select task_id from waits where task_id is not null limit :most_tasks) w
        union select task_id from runs where {IN_SLOT}
    ),
    mine as (select task_id from found where granted_task(task_id))
"""  # noqa: S608
_LISTED = "with mine as (select unnest(cast(:task_ids as bigint[])) as task_id)"

# From the indexes runs_waiting_by_task and runs_in_flight_by_task alone.
_MOST_FIRST = f"""
    select m.task_id, count(*) over () as tasks from mine m
    cross join lateral (
        select count(*) as runs from (select from runs where task_id = m.task_id and {WAITING} limit :most) w
    ) waiting
    cross join lateral (select count(*) as runs from runs where task_id = m.task_id and {IN_SLOT}) running
    where waiting.runs > 0 or running.runs > 0
    order by waiting.runs desc, running.runs desc, m.task_id limit :limit
"""  # noqa: S608
ALL_TASKS = FolderStatement(f"{_TASKS} {_MOST_FIRST}")
LISTED_TASKS = text(f"{_LISTED} {_MOST_FIRST}")

COUNTS = text(
    f"""
    select m.task_id, c.state, c.runs from unnest(cast(:task_ids as bigint[])) as m (task_id)
    cross join lateral (
        select {WAITING_STATE} as state, count(*) as runs
        from (select status, hold from runs where task_id = m.task_id and {WAITING} limit :most) w group by 1
        union all
        select 'running', count(*) from runs where task_id = m.task_id and {IN_SLOT}
    ) c
    """  # noqa: S608
)

# The first of each task that waits, or the first that runs where none waits.
OLDEST = text(
    f"""
    select {SUMMARY_COLUMNS} from unnest(cast(:task_ids as bigint[])) as m (task_id)
    cross join lateral (
        select * from (
            (select *, 0 as place from runs where task_id = m.task_id and {WAITING} order by id limit 1)
            union all
            (select *, 1 from runs where task_id = m.task_id and {IN_SLOT} order by id limit 1)
        ) either order by place limit 1
    ) r
    join tasks t on t.id = r.task_id
    """  # noqa: S608
)


async def list_queued_tasks(
    context: ServiceContext, *, words: str, limit: int, online: OnlineWorkers, access: Access
) -> Page[QueuedTask]:
    """Return the tasks with the most runs in the queue, of those whose names contain the words, most first."""
    async with context.database.transaction() as connection:
        task_ids, total = await _most_first(connection, words, access, limit=limit)
        if not task_ids:
            return Page(data=[], meta=Meta(total=0))
        counts = await _counts(connection, task_ids)
        oldest = await _oldest(connection, task_ids)
        reasons = await explain(connection, list(oldest.values()), online=online, access=access)
    data = []
    for task_id in task_ids:
        run = oldest.get(task_id)
        if run is None:
            continue
        reason = reasons.get(run.id)
        data.append(
            QueuedTask(
                task_id=task_id,
                task_name=run.task_name,
                folder=run.folder,
                counts=counts[task_id],
                oldest_run_id=run.id,
                oldest_queued_at=run.queued_at,
                reason=WaitingReason.model_validate(reason) if reason is not None else None,
            )
        )
    return Page(data=data, meta=Meta(total=total if total < MOST_TASKS else None))


async def _most_first(connection: AsyncConnection, words: str, access: Access, *, limit: int) -> tuple[list[int], int]:
    """Return the ids of the tasks, and how many have a run in the queue."""
    values: dict[str, object] = {"most": COUNTED_UP_TO, "limit": limit}
    if words:
        statement = LISTED_TASKS
        values["task_ids"] = await tasks_named(connection, words, access)
    else:
        statement = ALL_TASKS.within(access)
        values["most_tasks"] = MOST_TASKS
    rows = (await connection.execute(statement, values)).all()
    return [row.task_id for row in rows], rows[0].tasks if rows else 0


async def _counts(connection: AsyncConnection, task_ids: Sequence[int]) -> dict[int, dict[QueueState, int]]:
    found = {task_id: dict.fromkeys(STATES, 0) for task_id in task_ids}
    rows = await connection.execute(COUNTS, {"task_ids": list(task_ids), "most": COUNTED_UP_TO})
    for row in rows:
        found[row.task_id][QueueState(row.state)] = row.runs
    return found


async def _oldest(connection: AsyncConnection, task_ids: Sequence[int]) -> dict[int, RunRow]:
    rows = await connection.execute(OLDEST, {"task_ids": list(task_ids)})
    return {run.task_id: run for run in map(read_run, rows)}
