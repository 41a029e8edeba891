"""Every verb that changes several runs locks them in the order of their ids."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import text

from backend.broker.messages import AttemptEnd, AttemptResult, AttemptStarted, Ending, Progress
from backend.context import ServiceContext
from backend.runs import reorder
from backend.runs.cancel import cancel
from backend.runs.claim import claim, unassign
from backend.runs.fan_out import finish_parents
from backend.runs.finish import finish
from backend.runs.start import start
from backend.runs.telemetry import set_progress
from backend.workers.assignment import Choice
from shared.enums import Priority, RunStatus
from tests.backend.runs.stored_runs import OPERATOR, store_run, store_task, stored_runs

_LOCK = text("select id from runs where id = :id for update")
_NOT_DONE_SECONDS = 0.2
"""How long a verb is observed to wait for a lock."""

Verb = Callable[[ServiceContext, Sequence[int]], Awaitable[object]]


async def _cancel(context: ServiceContext, ids: Sequence[int]) -> object:
    return await cancel(context, ids, actor=OPERATOR)


async def _set_priority(context: ServiceContext, ids: Sequence[int]) -> object:
    return await reorder.set_priority(context, ids, Priority.HIGH, actor=OPERATOR)


async def _start_now(context: ServiceContext, ids: Sequence[int]) -> object:
    return await reorder.start_now(context, ids, actor=OPERATOR)


async def _claim(context: ServiceContext, ids: Sequence[int]) -> object:
    async with context.database.transaction() as connection:
        return await claim(connection, [Choice(run_id, "w") for run_id in ids])


async def _unassign(context: ServiceContext, ids: Sequence[int]) -> object:
    async with context.database.transaction() as connection:
        return await unassign(connection, [(run_id, 1) for run_id in ids])


async def _start(context: ServiceContext, ids: Sequence[int]) -> object:
    async with context.database.transaction() as connection:
        started = [AttemptStarted(run_id=run_id, attempt=1, ago_ms=0, worker_id="w") for run_id in ids]
        return await start(connection, started)


async def _progress(context: ServiceContext, ids: Sequence[int]) -> object:
    async with context.database.transaction() as connection:
        progress = [Progress(run_id=run_id, attempt=1, percent=50.0, text="half", worker_id="w") for run_id in ids]
        return await set_progress(connection, progress)


async def _finish(context: ServiceContext, ids: Sequence[int]) -> object:
    result = AttemptResult(ending=Ending.SUCCEEDED)
    async with context.database.transaction() as connection:
        ends = [AttemptEnd(run_id=run_id, attempt=1, result=result, worker_id="w") for run_id in ids]
        return await finish(connection, ends, replica_id="replica", max_lost_attempts=5)


async def _finish_parents(context: ServiceContext, ids: Sequence[int]) -> object:
    async with context.database.transaction() as connection:
        return await finish_parents(connection)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (_cancel, RunStatus.PENDING),
        (_cancel, RunStatus.RUNNING),
        (_set_priority, RunStatus.PENDING),
        (_start_now, RunStatus.PENDING),
        (_claim, RunStatus.PENDING),
        (_unassign, RunStatus.DISPATCHED),
        (_start, RunStatus.DISPATCHED),
        (_progress, RunStatus.RUNNING),
        (_finish, RunStatus.RUNNING),
    ],
)
async def test_a_verb_that_waits_for_a_run_holds_none_with_a_greater_id(
    context: ServiceContext, verb: Verb, status: RunStatus
) -> None:
    task_id = await store_task(context)
    ids = [await store_run(context, task_id, status) for _ in range(3)]
    await check_order(context, verb, ids)


async def test_parent_runs_that_finish_together_are_locked_in_order(context: ServiceContext) -> None:
    task_id = await store_task(context)
    ids = [await store_run(context, task_id, RunStatus.RUNNING, distribution="sharded") for _ in range(3)]
    for parent in ids:
        await store_run(context, task_id, RunStatus.SUCCEEDED, fan_out_run_id=parent)
    await check_order(context, _finish_parents, ids)


async def check_order(context: ServiceContext, verb: Verb, ids: Sequence[int]) -> None:
    """Check that a verb which waits for the second of three runs has not locked the third."""
    first, second, third = ids
    async with context.database.transaction() as connection:
        for run_id in (first, second):  # they now come after the third in the table
            await connection.execute(text("update runs set error = '' where id = :id"), {"id": run_id})
    before = await stored_runs(context)

    async with context.database.transaction() as connection:
        await connection.execute(_LOCK, {"id": second})
        change = asyncio.ensure_future(verb(context, [third, second, first]))
        done, _ = await asyncio.wait([change], timeout=_NOT_DONE_SECONDS)
        assert not done, "it waits for the second run"
        await connection.execute(_LOCK, {"id": third})
    await change

    after = await stored_runs(context)
    assert all(after[run_id] != before[run_id] for run_id in (first, second, third))


async def test_concurrent_cancels_of_the_same_runs_in_opposite_order_do_not_deadlock(context: ServiceContext) -> None:
    task_id = await store_task(context)
    parent = await store_run(context, task_id, RunStatus.RUNNING, distribution="sharded", worker_id=None)
    children = [await store_run(context, task_id, fan_out_run_id=parent) for _ in range(20)]

    results = await asyncio.gather(
        _cancel(context, [parent, *children]),
        _cancel(context, [*reversed(children), parent]),
        _cancel(context, [parent]),
    )

    assert len(results) == 3
    after = await stored_runs(context)
    assert {after[run_id]["status"] for run_id in children} == {"cancelled"}
