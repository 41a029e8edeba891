"""Retrying ended runs by hand."""

import pytest
from sqlalchemy import text

from backend.context import ServiceContext
from backend.runs.retry import retry
from shared.enums import RunStatus
from shared.errors import ConflictError, NotFoundError
from shared.models.task import TaskFields
from shared.models.trigger import RetryDefinition
from tests.backend.runs.stored_runs import OPERATOR, audited, changed, store_run, store_task, stored_runs

CURRENT, ORIGINAL = RetryDefinition.CURRENT, RetryDefinition.ORIGINAL
VERSION = text(
    """
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    values (:task_id, :version, cast(:definition as jsonb), 'test', now())
    """
)


@pytest.mark.parametrize("status", [status for status in RunStatus if status.is_final])
async def test_a_retry_is_a_new_run_with_the_inputs_of_the_ended_one_which_stays_as_it_is(
    context: ServiceContext, status: RunStatus
) -> None:
    run_id = await store_run(
        context, await store_task(context), status, priority=2, arguments=["-v"], environment={"A": "1"}
    )
    before = await stored_runs(context)

    run = await retry(context, run_id, definition=CURRENT, actor=OPERATOR)

    after = await stored_runs(context)
    assert set(changed(before, after)) == {run.id}
    assert (run.status, run.trigger, run.parent_run_id, run.attempt) == ("pending", "retry", run_id, 0)
    for name in ("task_id", "priority", "arguments", "environment", "scheduled_for"):
        assert after[run.id][name] == before[run_id][name]
    assert await audited(context) == [("run.retry", str(run_id))]


@pytest.mark.parametrize("status", [status for status in RunStatus if not status.is_final])
async def test_a_run_that_has_not_ended_cannot_be_retried(context: ServiceContext, status: RunStatus) -> None:
    run_id = await store_run(context, await store_task(context), status)
    before = await stored_runs(context)

    with pytest.raises(ConflictError, match=f"Run {run_id} has not ended: it is {status}"):
        await retry(context, run_id, definition=CURRENT, actor=OPERATOR)
    assert await stored_runs(context) == before


async def test_a_run_of_a_deleted_task_cannot_be_retried(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.FAILED)
    async with context.database.transaction() as connection:
        await connection.execute(text("update tasks set deleted_at = now()"))
    before = await stored_runs(context)

    with pytest.raises(ConflictError, match=f"The task of run {run_id} was deleted"):
        await retry(context, run_id, definition=CURRENT, actor=OPERATOR)
    assert await stored_runs(context) == before


async def test_a_run_that_does_not_exist_cannot_be_retried(context: ServiceContext) -> None:
    with pytest.raises(NotFoundError, match="Run 77 does not exist"):
        await retry(context, 77, definition=CURRENT, actor=OPERATOR)


@pytest.mark.parametrize(("definition", "version", "hold"), [(CURRENT, 2, "limit"), (ORIGINAL, 1, None)])
async def test_a_retry_follows_the_task_as_it_is_now_or_as_it_was_then(
    context: ServiceContext, definition: RetryDefinition, version: int, hold: str | None
) -> None:
    task_id = await store_task(context, version=2, max_concurrency=1)
    then = TaskFields(name="stored", executor="noop").model_dump_json()
    async with context.database.transaction() as connection:
        await connection.execute(VERSION, {"task_id": task_id, "version": 1, "definition": then})
    run_id = await store_run(context, task_id, RunStatus.FAILED)

    run = await retry(context, run_id, definition=definition, actor=OPERATOR)

    assert run.task_version == version
    assert (await stored_runs(context))[run.id]["hold"] == hold


async def test_a_child_run_is_retried_alone_as_the_same_shard(context: ServiceContext) -> None:
    task_id = await store_task(context, distribution="sharded")
    parent = await store_run(context, task_id, RunStatus.FAILED, distribution="sharded")
    shard = await store_run(
        context, task_id, RunStatus.FAILED, fan_out_run_id=parent, shard_index=1, shard_total=3, trigger="fan_out"
    )

    run = await retry(context, shard, definition=CURRENT, actor=OPERATOR)

    stored = await stored_runs(context)
    assert len(stored) == 3
    assert (run.shard_index, run.shard_total, run.distribution, run.fan_out_run_id) == (1, 3, None, None)
    assert stored[run.id]["hold"] is None


async def test_a_parent_run_is_retried_as_a_whole(context: ServiceContext) -> None:
    task_id = await store_task(context, distribution="sharded")
    parent = await store_run(context, task_id, RunStatus.FAILED, distribution="sharded")

    run = await retry(context, parent, definition=CURRENT, actor=OPERATOR)

    assert run.distribution == "sharded"
    assert (await stored_runs(context))[run.id]["hold"] == "expand"
