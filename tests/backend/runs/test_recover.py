"""Attempts end when their worker is lost, or when it no longer holds them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptRef, AttemptStarted
from backend.database.connection import Database
from backend.faults.store import read_faults
from backend.runs.recover import RecoverPass, RunRecovery
from backend.runs.start import start
from shared.enums import FaultKind, RunStatus, WorkerStatus

TASK = """
    insert into tasks (id, name, folder, executor, task_type, command, arguments, environment, timezone, jitter_seconds,
        misfire_policy, overlap_policy, priority, status, retry_count, retry_delay_seconds, retry_backoff,
        retry_max_delay_seconds, timeout_seconds, on_worker_lost, worker_labels, labels, version, created_at,
        updated_at)
    overriding system value
    values (1, 'task', '', 'noop', 'noop', '', '[]', '{}', 'UTC', 0, 'skip', 'allow', 1, 'active', 0, 0, 'fixed', 0, 60,
        'retry', '{}', '{}', 1, now(), now())
"""
VERSION = """
    insert into task_versions (task_id, version, definition, changed_by, changed_at)
    values (1, 1, jsonb_build_object('retry_count', 0, 'retry_delay_seconds', 0, 'retry_max_delay_seconds', 0,
        'retry_backoff', 'fixed', 'on_worker_lost', 'retry'), 'test', now())
"""
RUN = """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, queued_at, worker_id,
        attempt, dispatched_at, first_dispatched_at)
    values (1, 1, 'dispatched', 'api', 1, 0, 'noop', now(), 'w', 1, now() - interval '1 minute', now()) returning id
"""
WORKER = """
    insert into workers (id, incarnation, sequence, status, hostname, version, task_types, labels, slots, held,
        active_count, started_at, last_heartbeat_at)
    values ('w', 'life', 1, 'online', 'host', '1', '["*"]', '{}', 4, '[]', 0, now(), now())
"""
HEARTBEAT = text("update workers set sequence = sequence + 1, held = cast(:held as jsonb), status = 'online'")


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.transaction() as opened:
        for statement in (TASK, VERSION, WORKER):
            await opened.execute(text(statement.replace(":", "\\:")))
        yield opened


@pytest.fixture
async def run_id(connection: AsyncConnection) -> int:
    return int((await connection.execute(text(RUN))).scalar_one())


@pytest.fixture
def recovery() -> RunRecovery:
    return RunRecovery(
        heartbeat_timeout=timedelta(seconds=15),
        settled_after=timedelta(seconds=10),
        replica_id="replica",
        max_lost_attempts=3,
    )


async def heartbeat(connection: AsyncConnection, *held: int) -> None:
    await connection.execute(HEARTBEAT, {"held": str([[run_id, 1] for run_id in held])})


async def pass_time(connection: AsyncConnection, recovery: RunRecovery, *, since: int, until: int) -> RecoverPass:
    """Look at the heartbeats each second, as the dispatcher does; return what came of the last look."""
    for second in range(since, until):
        assert not (await recovery.recover(connection, now=float(second))).lost
    return await recovery.recover(connection, now=float(until))


def returned(result: RecoverPass) -> list[tuple[int, RunStatus]]:
    return [(change.run.id, change.run.status) for change in result.changes]


async def test_a_silent_worker_is_lost_and_its_run_returns_to_the_queue(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    assert not (await pass_time(connection, recovery, since=0, until=13)).lost
    assert not recovery.is_any_silent(at=14.0)
    assert recovery.is_any_silent(at=15.0)
    result = await pass_time(connection, recovery, since=14, until=15)
    assert [(worker.id, worker.status) for worker in result.lost] == [("w", WorkerStatus.LOST)]
    assert returned(result) == [(run_id, RunStatus.PENDING)]


async def test_silence_does_not_count_while_the_clocks_are_restarted(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    await recovery.recover(connection, now=0.0)
    recovery.restart_clocks(now=10.0)
    assert (await pass_time(connection, recovery, since=10, until=25)).lost


async def test_a_standstill_of_the_replica_is_no_silence(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    await recovery.recover(connection, now=0.0)
    assert not (await recovery.recover(connection, now=60.0)).lost
    assert (await pass_time(connection, recovery, since=61, until=73)).lost


async def test_a_run_that_two_heartbeats_do_not_name_returns_to_the_queue(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    assert returned(await recovery.recover(connection, now=0.0)) == []
    assert returned(await recovery.recover(connection, now=1.0)) == [], "no new heartbeat"
    await heartbeat(connection)
    assert returned(await recovery.recover(connection, now=2.0)) == [(run_id, RunStatus.PENDING)]


async def test_a_worker_that_returns_is_told_which_attempts_are_stale(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    await recovery.recover(connection, now=0.0)
    assert (await pass_time(connection, recovery, since=1, until=15)).stale == {}
    await heartbeat(connection, run_id)
    assert (await recovery.recover(connection, now=16.0)).stale == {"w": [AttemptRef(run_id, 1)]}
    await heartbeat(connection, run_id)
    assert (await recovery.recover(connection, now=17.0)).stale == {}


async def lose(connection: AsyncConnection, recovery: RunRecovery, run_id: int, attempt: int, *, begun: bool) -> None:
    """Assign an attempt, let it begin or not, and restart its worker."""
    await connection.execute(
        text(
            """
            update runs set status = :status, worker_id = 'w', attempt = :attempt,
                dispatched_at = now() - interval '1 minute',
                started_at = case when :begun then now() - interval '1 minute' end
            where id = :id
            """
        ),
        {"id": run_id, "attempt": attempt, "begun": begun, "status": "running" if begun else "dispatched"},
    )
    for _ in range(2):
        await heartbeat(connection)
        await recovery.recover(connection, now=float(attempt))


async def stored(connection: AsyncConnection, run_id: int) -> tuple[str, str]:
    status, error = (
        await connection.execute(text("select status, error from runs where id = :id"), {"id": run_id})
    ).one()
    return status, error


async def test_a_run_whose_attempts_are_lost_after_they_began_fails_and_is_named(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    for attempt, begun in enumerate([True, False, False, True, False], start=1):
        await lose(connection, recovery, run_id, attempt, begun=begun)
        assert (await stored(connection, run_id))[0] == "pending"
    assert await read_faults(connection) == []
    await lose(connection, recovery, run_id, 6, begun=True)
    status, error = await stored(connection, run_id)
    assert status == "failed"
    assert "worker w no longer has this run" in error
    assert "3 attempts that had begun were lost with the worker" in error
    (fault,) = await read_faults(connection)
    assert (fault.kind, fault.object_type, fault.object_id) == (FaultKind.GIVEN_UP, "task", "1")
    assert fault.cause == f"run {run_id} failed: {error}"


async def test_a_start_that_is_reported_after_the_loss_counts(
    connection: AsyncConnection, recovery: RunRecovery, run_id: int
) -> None:
    """A run that kills its worker does so before its start is reported; the worker's next incarnation reports it."""
    for attempt in (1, 2):
        await lose(connection, recovery, run_id, attempt, begun=False)
        assert await start(connection, [AttemptStarted(run_id=run_id, attempt=attempt, ago_ms=5, worker_id="w")]) == []
    await lose(connection, recovery, run_id, 3, begun=True)
    assert (await stored(connection, run_id))[0] == "failed"
