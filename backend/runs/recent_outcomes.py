"""How the last runs of tasks ended."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.folder_conditions import FolderStatement
from backend.runs.of_task import newest_first, runs_of
from shared.access import Access
from shared.models.task_overview import Outcome, RecentOutcomes

NEWEST_RUNS = 1000
"""A task with more runs than this waiting shows none of its outcomes: its backlog is not walked through."""

# For each task a walk down the index runs_by_task that ends at the last outcome wanted.
RECENT = FolderStatement(
    f"""
    select wanted.task_id, ended.id as run_id, ended.status, ended.completed_at, ended.execution_time_ms
    from unnest(cast(:task_ids as bigint[])) as wanted (task_id) cross join lateral (
        select * from (
            select id, status, completed_at, execution_time_ms from runs r
            where {runs_of("wanted.task_id")} and fan_out_run_id is null order by {newest_first()} limit {NEWEST_RUNS}
        ) newest
        where completed_at is not null order by id desc limit :most
    ) ended
    where granted_task(wanted.task_id) order by wanted.task_id, ended.id desc
    """  # noqa: S608
)


async def recent_outcomes(
    connection: AsyncConnection, task_ids: Sequence[int], *, most: int, access: Access
) -> list[RecentOutcomes]:
    """Return up to `most` outcomes of each task, the newest first, in the order of `task_ids`."""
    rows = await connection.execute(RECENT.within(access), {"task_ids": list(task_ids), "most": most})
    found: dict[int, list[Outcome]] = {task_id: [] for task_id in task_ids}
    for row in rows.mappings():
        found[row["task_id"]].append(Outcome.model_validate(dict(row)))
    return [RecentOutcomes(task_id=task_id, outcomes=outcomes) for task_id, outcomes in found.items()]
