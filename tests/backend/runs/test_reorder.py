"""Moving waiting runs in the queue."""

from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs import reorder
from shared.enums import Priority, RunStatus
from shared.models.queue import RunsChanged
from tests.backend.runs.stored_runs import OPERATOR, Stored, audited, changed, store_run, store_task, stored_runs

WAITING = [RunStatus.BLOCKED, RunStatus.PENDING]


async def raise_priority(context: ServiceContext, run_ids: Sequence[int]) -> RunsChanged:
    return await reorder.set_priority(context, run_ids, Priority.HIGH, actor=OPERATOR)


async def start_now(context: ServiceContext, run_ids: Sequence[int]) -> RunsChanged:
    return await reorder.start_now(context, run_ids, actor=OPERATOR)


def in_rank_order(runs: Stored) -> list[int]:
    return sorted(runs, key=lambda run_id: (runs[run_id]["dispatch_rank"], run_id))


@pytest.mark.parametrize("status", WAITING)
async def test_a_higher_priority_moves_a_run_ahead_and_changes_nothing_else(
    context: ServiceContext, status: RunStatus
) -> None:
    task_id = await store_task(context)
    ids = [await store_run(context, task_id, status) for _ in range(3)]
    await reorder.set_priority(context, ids, Priority.NORMAL, actor=OPERATOR)
    before = await stored_runs(context)
    assert in_rank_order(before) == ids

    result = await raise_priority(context, ids[2:])

    after = await stored_runs(context)
    assert (result.changed, result.refused) == (ids[2:], [])
    assert changed(before, after) == {ids[2]: {"priority", "dispatch_rank"}}
    assert in_rank_order(after) == [ids[2], ids[0], ids[1]]


async def test_a_run_gets_the_place_it_would_have_had_with_its_new_priority(context: ServiceContext) -> None:
    task_id = await store_task(context)
    run_id = await store_run(context, task_id)
    await raise_priority(context, [run_id])
    before = await stored_runs(context)

    await reorder.set_priority(context, [run_id], Priority.LOW, actor=OPERATOR)
    await raise_priority(context, [run_id])

    assert await stored_runs(context) == before


@pytest.mark.parametrize("hold", ["limit", "overlap", "backfill", "delay", None])
async def test_start_now_releases_a_run_from_every_hold(context: ServiceContext, hold: str | None) -> None:
    task_id = await store_task(context)
    other = await store_run(context, task_id, hold=hold)
    run_id = await store_run(context, task_id, hold=hold, not_before=text("now() + interval '1 hour'"))
    before = await stored_runs(context)

    result = await start_now(context, [run_id])

    after = await stored_runs(context)
    row = after[run_id]
    assert result.changed == [run_id]
    assert set(changed(before, after)) == {run_id}
    assert (row["status"], row["hold"], row["not_before"], row["ignores_limits"]) == ("pending", None, None, True)
    assert row["priority"] == Priority.CRITICAL.level
    assert in_rank_order(after) == [run_id, other]


async def test_start_now_unblocks_a_run_that_waits_for_upstream_tasks(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.BLOCKED)

    await start_now(context, [run_id])

    assert (await stored_runs(context))[run_id]["status"] == "pending"


async def test_start_now_of_a_held_parent_run_lets_it_become_its_child_runs(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), hold="limit", distribution="sharded")

    await start_now(context, [run_id])

    assert (await stored_runs(context))[run_id]["hold"] == "expand"


async def test_of_runs_started_now_the_first_goes_first_and_before_critical_ones(context: ServiceContext) -> None:
    task_id = await store_task(context)
    critical, first, second = [await store_run(context, task_id) for _ in range(3)]
    await reorder.set_priority(context, [critical], Priority.CRITICAL, actor=OPERATOR)

    await start_now(context, [second])
    await start_now(context, [first])

    assert in_rank_order(await stored_runs(context)) == [second, first, critical]


@pytest.mark.parametrize("move", [raise_priority, start_now])
async def test_runs_that_do_not_wait_are_refused_and_the_others_are_moved(
    context: ServiceContext, move: Callable[[ServiceContext, Sequence[int]], Awaitable[RunsChanged]]
) -> None:
    task_id = await store_task(context)
    runs = {status: await store_run(context, task_id, status) for status in RunStatus}
    before = await stored_runs(context)

    result = await move(context, [*runs.values(), 77])

    waiting = [runs[status] for status in WAITING]
    assert sorted(result.changed) == waiting
    assert set(changed(before, await stored_runs(context))) == set(waiting)
    reasons = {one.run_id: one.reason for one in result.refused}
    assert set(reasons) == {*runs.values(), 77} - set(waiting)
    assert reasons[77] == "Run 77 does not exist."
    assert reasons[runs[RunStatus.RUNNING]].endswith("has already started: it is running.")
    assert reasons[runs[RunStatus.TIMED_OUT]].endswith("has already ended: it is timed out.")
    assert sorted(int(run_id) for _, run_id in await audited(context)) == waiting
