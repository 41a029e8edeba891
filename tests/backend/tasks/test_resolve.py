"""Resolving dependencies, as the dispatcher does, over a database of its own."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.runs.model import RunChange, RunChangeKind
from backend.settings import Settings
from backend.tasks.resolve import affected_tasks, resolve
from shared.enums import RunStatus, RunTrigger

SETTINGS = Settings()
TASKS = text(
    """
    insert into tasks (id, name, folder, executor, task_type, command, arguments, environment, timezone,
        jitter_seconds, misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds,
        retry_backoff, retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version,
        created_at, updated_at)
    overriding system value
    select n, 'task ' || n, '', 'noop', 'noop', '', '[]', '{}', 'UTC', 0, 'fire_once', 'queue', 1, 'active', 0, 10,
        'fixed', 3600, 3600, 'retry', '{}', '{}', 1, now(), now()
    from generate_series(1, 3) n
    """
)
EDGES = text(
    """
    insert into task_dependencies (task_id, upstream_id, condition, period, consumed_run_id)
    values (3, 1, 'success', 'latest', 0), (3, 2, 'completion', 'latest', 0)
    """
)
VERSION = text(
    """
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    values (3, 1, '{"queue_timeout_seconds": 60}', 'test', now())
    """
)
RUN = text(
    """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at,
        completed_at)
    select cast(:task_id as bigint), 1, cast(:status as text), 'manual', 1, 1, 'noop', now(),
        case when cast(:status as text) not in ('blocked', 'pending') then clock_timestamp() end
    returning id
    """
)
DOWNSTREAM = 3
"""It depends on the success of task 1 and on any end of task 2."""


async def add_tasks(connection: AsyncConnection) -> None:
    for statement in (TASKS, EDGES, VERSION):
        await connection.execute(statement)


async def add_run(connection: AsyncConnection, task_id: int, status: RunStatus) -> int:
    run_id: int = (await connection.execute(RUN, {"task_id": task_id, "status": status})).scalar_one()
    return run_id


async def passes(connection: AsyncConnection) -> list[list[RunChange]]:
    """Resolve until nothing changes; return what each pass changed."""
    found = []
    while changes := await resolve(connection, [DOWNSTREAM], settings=SETTINGS):
        found.append(changes)
    return found


async def test_only_tasks_with_dependencies_are_affected(database: Database) -> None:
    async with database.transaction() as connection:
        await add_tasks(connection)
        assert await affected_tasks(connection, [1]) == [DOWNSTREAM]
        assert await affected_tasks(connection, [DOWNSTREAM]) == [DOWNSTREAM]
        assert await affected_tasks(connection, [999]) == []


async def test_all_dependencies_must_be_satisfied(database: Database) -> None:
    async with database.transaction() as connection:
        await add_tasks(connection)
        await add_run(connection, 1, RunStatus.FAILED)
        await add_run(connection, 2, RunStatus.FAILED)
        assert await passes(connection) == []
        await add_run(connection, 1, RunStatus.SUCCEEDED)
        assert len(await passes(connection)) == 1


async def test_older_upstream_runs_are_consumed_with_the_newest(database: Database) -> None:
    async with database.transaction() as connection:
        await add_tasks(connection)
        for task_id in (1, 1, 2):
            last = await add_run(connection, task_id, RunStatus.SUCCEEDED)
        ((change,),) = await passes(connection)

    assert change.kind is RunChangeKind.CREATED
    assert (change.run.task_id, change.run.trigger) == (DOWNSTREAM, RunTrigger.DEPENDENCY)
    assert change.run.parent_run_id == last


async def test_a_blocked_run_goes_on_instead_of_a_new_one(database: Database) -> None:
    async with database.transaction() as connection:
        await add_tasks(connection)
        blocked = [await add_run(connection, DOWNSTREAM, RunStatus.BLOCKED) for _ in range(2)]
        for task_id in (1, 2):
            await add_run(connection, task_id, RunStatus.SUCCEEDED)
        ((change,),) = await passes(connection)
        expires = (
            await connection.execute(text("select expires_at from runs where id = :id"), {"id": blocked[0]})
        ).scalar_one()

    assert (change.kind, change.run.id, change.run.status) == (RunChangeKind.UNBLOCKED, blocked[0], RunStatus.PENDING)
    assert expires is not None, "its queue timeout begins when it no longer waits for others"
