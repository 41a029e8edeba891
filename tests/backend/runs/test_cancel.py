"""Cancelling runs by hand, and with their task."""

import pytest

from backend.context import ServiceContext
from backend.runs.cancel import cancel
from backend.runs.detail import get_changed_run
from backend.tasks.delete import delete_task
from backend.workers.online import OnlineWorkers
from shared.access import FULL_ACCESS
from shared.enums import RunStatus
from shared.errors import ConflictError, NotFoundError
from tests.backend.runs.stored_runs import OPERATOR, audited, changed, store_run, store_task, stored_runs

ENDED = {"status", "hold", "cancel_requested_at", "completed_at", "error"}
REQUESTED = {"cancel_requested_at", "error"}
WAITING = [RunStatus.BLOCKED, RunStatus.PENDING]
STARTED = [RunStatus.DISPATCHED, RunStatus.RUNNING]
FINAL = [status for status in RunStatus if status.is_final]


@pytest.mark.parametrize("status", WAITING)
async def test_a_waiting_run_ends_at_once_and_nothing_else_changes(context: ServiceContext, status: RunStatus) -> None:
    task_id = await store_task(context)
    others = [await store_run(context, task_id, other) for other in RunStatus]
    run_id = await store_run(context, task_id, status, hold="limit" if status is RunStatus.PENDING else None)
    before = await stored_runs(context)

    result = await cancel(context, [run_id], actor=OPERATOR)

    after = await stored_runs(context)
    assert (result.changed, result.refused) == ([run_id], [])
    assert set(changed(before, after)) == {run_id}
    assert changed(before, after)[run_id] <= ENDED
    assert (after[run_id]["status"], after[run_id]["error"]) == ("cancelled", "cancelled by olga")
    assert after[run_id]["completed_at"] is not None
    assert len(after) == len(others) + 1


@pytest.mark.parametrize("status", STARTED)
async def test_a_started_run_goes_on_until_its_worker_ends_it(context: ServiceContext, status: RunStatus) -> None:
    run_id = await store_run(context, await store_task(context), status)
    before = await stored_runs(context)

    await cancel(context, [run_id], actor=OPERATOR)

    after = await stored_runs(context)
    assert changed(before, after) == {run_id: REQUESTED}
    assert after[run_id]["status"] == status


async def test_a_second_request_changes_nothing(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.RUNNING)
    await cancel(context, [run_id], actor=OPERATOR)
    before = await stored_runs(context)

    result = await cancel(context, [run_id], actor=OPERATOR)

    assert result.changed == [run_id]
    assert await stored_runs(context) == before


@pytest.mark.parametrize("status", FINAL)
async def test_a_run_that_has_ended_is_refused_and_stays_as_it_is(context: ServiceContext, status: RunStatus) -> None:
    run_id = await store_run(context, await store_task(context), status)
    before = await stored_runs(context)

    result = await cancel(context, [run_id], actor=OPERATOR)

    assert await stored_runs(context) == before
    assert result.changed == []
    with pytest.raises(ConflictError, match=f"Run {run_id} has already ended"):
        await get_changed_run(context, run_id, result, online=OnlineWorkers(), access=FULL_ACCESS)
    assert await audited(context) == []


async def test_a_run_that_does_not_exist_is_refused_and_not_found(context: ServiceContext) -> None:
    result = await cancel(context, [77], actor=OPERATOR)

    assert [one.reason for one in result.refused] == ["Run 77 does not exist."]
    with pytest.raises(NotFoundError):
        await get_changed_run(context, 77, result, online=OnlineWorkers(), access=FULL_ACCESS)


async def test_child_runs_are_cancelled_with_their_parent_each_by_its_own_state(context: ServiceContext) -> None:
    task_id = await store_task(context)
    parent = await store_run(context, task_id, RunStatus.RUNNING, distribution="sharded", worker_id=None)
    waiting, started, ended = [
        await store_run(context, task_id, status, fan_out_run_id=parent)
        for status in (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.SUCCEEDED)
    ]
    stranger = await store_run(context, task_id)
    before = await stored_runs(context)

    result = await cancel(context, [parent], actor=OPERATOR)

    after = await stored_runs(context)
    assert result.changed == [parent], "its child runs were not asked for"
    assert set(changed(before, after)) == {parent, waiting, started}
    assert changed(before, after)[parent] == changed(before, after)[started] == REQUESTED
    assert after[waiting]["status"] == RunStatus.CANCELLED
    assert after[waiting]["error"] == after[started]["error"] == "cancelled with its parent run by olga"
    assert after[parent]["error"] == "cancelled by olga"
    assert (after[ended]["status"], after[stranger]["status"]) == ("succeeded", "pending")


async def test_the_runs_of_a_deleted_task_are_cancelled_and_those_of_others_are_not(context: ServiceContext) -> None:
    task_id = await store_task(context)
    other = await store_run(context, await store_task(context, "other"))
    runs = {status: await store_run(context, task_id, status) for status in RunStatus}
    before = await stored_runs(context)

    await delete_task(context, task_id, if_match=None, actor=OPERATOR)

    after = await stored_runs(context)
    assert set(changed(before, after)) == {runs[status] for status in (*WAITING, *STARTED)}
    assert {after[runs[status]]["error"] for status in (*WAITING, *STARTED)} == {"its task was deleted"}
    assert after[other]["status"] == "pending"


async def test_a_started_run_of_a_deleted_task_can_be_cancelled(context: ServiceContext) -> None:
    task_id = await store_task(context)
    run_id = await store_run(context, task_id, RunStatus.RUNNING)
    await delete_task(context, task_id, if_match=None, actor=OPERATOR)
    before = await stored_runs(context)

    assert (await cancel(context, [run_id], actor=OPERATOR)).changed == [run_id]
    assert await stored_runs(context) == before, "the deletion requested it already"


async def test_each_cancelled_run_is_in_the_audit_log_and_no_refused_one(context: ServiceContext) -> None:
    task_id = await store_task(context)
    runs = [await store_run(context, task_id, status) for status in (RunStatus.PENDING, RunStatus.FAILED)]

    await cancel(context, [*runs, 77], actor=OPERATOR)

    assert await audited(context) == [("run.cancel", str(runs[0]))]
