"""Finishing parent runs."""

import asyncio

from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs.fan_out import FinishedParents, finish_parents
from backend.runs.fan_out_plan import child_runs
from shared.enums import RunDistribution, RunStatus
from tests.backend.runs.stored_runs import changed, store_run, store_task, stored_runs

LOCK = text("select id from runs where id = :id for update")
NOT_DONE_SECONDS = 0.2
"""How long a verb is observed to wait for a lock."""


async def finish(context: ServiceContext) -> FinishedParents:
    async with context.database.transaction() as connection:
        return await finish_parents(connection)


async def store_parent(context: ServiceContext, task_id: int, *children: RunStatus) -> int:
    """Store a running parent run whose child runs have these statuses."""
    parent = await store_run(context, task_id, RunStatus.RUNNING, distribution="sharded", worker_id=None)
    for status in children:
        await store_run(context, task_id, status, fan_out_run_id=parent)
    return parent


async def store_orphan(context: ServiceContext, task_id: int) -> tuple[int, int]:
    """Store a running broadcast and its child run, which waits for a worker that left."""
    parent = await store_run(context, task_id, RunStatus.RUNNING, distribution="broadcast", worker_id=None)
    (child,) = child_runs(RunDistribution.BROADCAST, parent_placement="noop", shard_count=None, worker_ids=["gone"])
    return parent, await store_run(context, task_id, fan_out_run_id=parent, placement=child.placement)


async def test_a_parent_run_ends_when_all_its_child_runs_have(context: ServiceContext) -> None:
    task_id = await store_task(context)
    ended = await store_parent(context, task_id, RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    other = await store_task(context, "other")
    await store_parent(context, other, RunStatus.SUCCEEDED, RunStatus.RUNNING)
    before = await stored_runs(context)

    finished = await finish(context)

    after = await stored_runs(context)
    assert set(changed(before, after)) == {ended}
    assert after[ended]["status"] == RunStatus.SUCCEEDED
    assert finished.running_tasks == {other}


async def test_a_broadcast_ends_without_a_worker_that_left(context: ServiceContext) -> None:
    parent, child = await store_orphan(context, await store_task(context))

    finished = await finish(context)

    stored = await stored_runs(context)
    assert [change.run.id for change in finished.changes] == [child, parent]
    assert stored[child]["status"] == RunStatus.CANCELLED
    assert stored[child]["error"] == "worker gone left before it began"
    assert stored[parent]["status"] == RunStatus.FAILED


async def test_no_child_run_is_locked_before_a_parent_run_that_finishes_with_it(context: ServiceContext) -> None:
    task_id = await store_task(context)
    earlier = await store_parent(context, task_id, RunStatus.SUCCEEDED)
    parent, child = await store_orphan(context, task_id)

    async with context.database.transaction() as connection:
        await connection.execute(LOCK, {"id": earlier})
        finishing = asyncio.ensure_future(finish(context))
        done, _ = await asyncio.wait([finishing], timeout=NOT_DONE_SECONDS)
        assert not done, "it waits for the earlier parent run"
        await connection.execute(LOCK, {"id": child})
    finished = await finishing

    assert {change.run.id for change in finished.changes} == {earlier, parent, child}
