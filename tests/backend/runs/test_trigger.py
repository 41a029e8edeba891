"""Running tasks by hand, one or many."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs.template import RecentTasks, RunTemplate, TaskToRun
from backend.runs.trigger import trigger, trigger_batch
from shared.enums import Priority, RunStatus
from shared.errors import NotFoundError, ValidationFailedError
from shared.models.task import TaskFields
from shared.models.trigger import BatchItem, TriggerRequest
from tests.backend.runs.stored_runs import OPERATOR, audited, store_task, stored_runs

DEPEND = text(
    """
    insert into task_dependencies (task_id, upstream_id, condition, period)
    values (:task, :upstream, 'success', 'latest')
    """
)


async def downstream(context: ServiceContext) -> int:
    """Return a task that depends on another."""
    upstream, task_id = await store_task(context, "upstream"), await store_task(context, "downstream")
    async with context.database.transaction() as connection:
        await connection.execute(DEPEND, {"task": task_id, "upstream": upstream})
    return task_id


async def test_a_triggered_run_waits_for_a_worker_with_the_inputs_of_the_request(context: ServiceContext) -> None:
    task_id = await store_task(context)
    request = TriggerRequest(priority=Priority.HIGH, arguments=["-v"], environment={"A": "1"})

    run = await trigger(context, task_id, request, actor=OPERATOR)

    stored = await stored_runs(context)
    assert list(stored) == [run.id]
    assert (run.task_id, run.status, run.trigger, run.priority) == (task_id, "pending", "manual", Priority.HIGH)
    assert (stored[run.id]["arguments"], stored[run.id]["environment"]) == (["-v"], {"A": "1"})
    assert stored[run.id]["hold"] is None
    assert await audited(context) == [("task.trigger", str(task_id))]


async def test_a_paused_task_can_be_triggered(context: ServiceContext) -> None:
    task_id = await store_task(context, status="paused")

    assert (await trigger(context, task_id, TriggerRequest(), actor=OPERATOR)).status is RunStatus.PENDING


@pytest.mark.parametrize(("ignores", "hold"), [(False, "limit"), (True, None)])
async def test_a_limit_holds_a_triggered_run_unless_the_request_ignores_it(
    context: ServiceContext, ignores: bool, hold: str | None
) -> None:
    task_id = await store_task(context, max_concurrency=1)

    run = await trigger(context, task_id, TriggerRequest(ignore_limits=ignores), actor=OPERATOR)

    stored = (await stored_runs(context))[run.id]
    assert (stored["hold"], stored["ignores_limits"]) == (hold, ignores)


@pytest.mark.parametrize(("ignores", "status"), [(False, RunStatus.BLOCKED), (True, RunStatus.PENDING)])
async def test_dependencies_block_a_triggered_run_unless_the_request_ignores_them(
    context: ServiceContext, ignores: bool, status: RunStatus
) -> None:
    task_id = await downstream(context)

    run = await trigger(context, task_id, TriggerRequest(ignore_dependencies=ignores), actor=OPERATOR)

    assert run.status is status


async def test_a_task_that_is_deleted_or_was_never_stored_is_not_found(context: ServiceContext) -> None:
    task_id = await store_task(context)
    async with context.database.transaction() as connection:
        await connection.execute(text("update tasks set deleted_at = now()"))

    for missing in (task_id, 77):
        with pytest.raises(NotFoundError, match=f"Task {missing} does not exist"):
            await trigger(context, missing, TriggerRequest(), actor=OPERATOR)
    assert await stored_runs(context) == {}
    assert await audited(context) == []


async def test_a_batch_creates_its_runs_in_the_order_given(context: ServiceContext) -> None:
    first, second = await store_task(context, "first"), await store_task(context, "second")

    run_ids = await trigger_batch(
        context, [BatchItem(task_id=task_id) for task_id in (second, first, second)], actor=OPERATOR
    )

    stored = await stored_runs(context)
    assert run_ids == sorted(stored)
    assert [stored[run_id]["task_id"] for run_id in run_ids] == [second, first, second]
    assert await audited(context) == [("runs.batch", str(run_ids[0]))]


async def test_a_batch_with_an_unknown_task_creates_nothing_and_names_the_item(context: ServiceContext) -> None:
    task_id = await store_task(context)

    with pytest.raises(ValidationFailedError) as refused:
        await trigger_batch(context, [BatchItem(task_id=task_id), BatchItem(task_id=77)], actor=OPERATOR)

    assert [error.field for error in refused.value.errors] == ["runs.1.task_id"]
    assert await stored_runs(context) == {}
    assert await audited(context) == []


CHANGES = {
    "another version": "update tasks set version = version + 1, max_concurrency = 1 where id = :id",
    "another folder": "update tasks set folder = 'elsewhere' where id = :id",
    "an upstream": "insert into task_dependencies (task_id, upstream_id, condition, period)"
    " select :id, id, 'success', 'latest' from tasks where id <> :id",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_task_that_changed_since_it_was_read_is_read_again(context: ServiceContext, change: str) -> None:
    await store_task(context, "other")
    task_id = await store_task(context)
    recent = RecentTasks()
    request = TriggerRequest(ignore_dependencies=False)
    before = await trigger(context, task_id, request, actor=OPERATOR, recent=recent)
    read_before = recent.find(task_id)
    async with context.database.transaction() as connection:
        await connection.execute(text(change), {"id": task_id})

    after = await trigger(context, task_id, request, actor=OPERATOR, recent=recent)

    assert recent.find(task_id) != read_before
    assert len(await stored_runs(context)) == 2
    assert (after.status is RunStatus.BLOCKED) == (change == CHANGES["an upstream"])
    assert after.task_version == before.task_version + (change == CHANGES["another version"])


async def test_a_task_that_did_not_change_is_not_read_again(context: ServiceContext) -> None:
    task_id = await store_task(context)
    recent = RecentTasks()

    await trigger(context, task_id, TriggerRequest(), actor=OPERATOR, recent=recent)
    read = recent.find(task_id)
    await trigger(context, task_id, TriggerRequest(), actor=OPERATOR, recent=recent)

    assert read is not None
    assert recent.find(task_id) is read
    assert len(await stored_runs(context)) == 2


async def test_a_deleted_task_is_not_found_also_where_it_was_read_a_moment_ago(context: ServiceContext) -> None:
    task_id = await store_task(context)
    recent = RecentTasks()
    await trigger(context, task_id, TriggerRequest(), actor=OPERATOR, recent=recent)
    async with context.database.transaction() as connection:
        await connection.execute(text("update tasks set deleted_at = now()"))

    with pytest.raises(NotFoundError):
        await trigger(context, task_id, TriggerRequest(), actor=OPERATOR, recent=recent)

    assert len(await stored_runs(context)) == 1


def test_only_so_many_tasks_are_remembered() -> None:
    recent = RecentTasks(most=2)
    template = RunTemplate.of_fields(TaskFields(name="t", executor="noop"), task_id=1, version=1)
    for task_id in (1, 2, 3):
        recent.keep(TaskToRun(name="t", folder="", template=replace(template, task_id=task_id), has_upstreams=False))

    assert [recent.find(task_id) is not None for task_id in (1, 2, 3)] == [False, True, True]
