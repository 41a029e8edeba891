"""Firing due occurrences, as the dispatcher does, over a database of its own."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database
from backend.runs.limits import Hold
from backend.runs.model import RunRow
from backend.scheduling.due import fire_due, next_due
from backend.settings import Settings
from shared.enums import MisfirePolicy, OverlapPolicy, RunStatus
from tests.backend.scheduling.stored_tasks import add_task

SETTINGS = Settings()
DEPEND = text(
    """
    insert into task_dependencies (task_id, upstream_id, condition, period)
    values (:task, :upstream, 'success', 'latest')
    """
)


async def fire(connection: AsyncConnection, *, most: int = 10) -> list[RunRow]:
    """Fire what is due and return the runs that changed."""
    fired = await fire_due(connection, settings=SETTINGS, most=most)
    return [change.run for change in fired.changes]


async def test_a_due_occurrence_becomes_a_run_once(database: Database) -> None:
    async with database.transaction() as connection:
        task_id = await add_task(connection)
        (run,) = await fire(connection)
        assert await fire(connection) == []
        delay = await next_due(connection)

    assert (run.task_id, run.status, run.hold) == (task_id, RunStatus.PENDING, None)
    assert run.scheduled_for is not None
    assert delay is not None
    assert delay.total_seconds() > 0


async def test_a_batch_fires_no_more_tasks_than_asked_for(database: Database) -> None:
    async with database.transaction() as connection:
        for number in range(3):
            await add_task(connection, f"task {number}")
        batches = [await fire_due(connection, settings=SETTINGS, most=2) for _ in range(3)]

    assert [batch.tasks for batch in batches] == [2, 1, 0]


@pytest.mark.parametrize(
    "damage",
    [
        "timezone = 'localtime'",
        "timezone = 'Mars/Olympus'",
        "schedule = 'no cron at all'",
        "schedule = '* * * * 8'",
        """blackouts = '[{"schedule": "? ? ?", "duration_seconds": 1}]'""",
        "blackouts = '[7]'",
        "misfire_policy = 'never'",
    ],
)
async def test_one_schedule_that_cannot_be_evaluated_is_set_aside_and_all_others_fire(
    database: Database, damage: str
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("alter table tasks drop constraint if exists tasks_misfire_policy_check"))
        first, damaged, last = [await add_task(connection, name) for name in ("first", "damaged", "last")]
        await connection.execute(text(f"update tasks set {damage} where id = :id").bindparams(id=damaged))
        assert {run.task_id for run in await fire(connection)} == {first, last}
        assert await fire(connection) == []
        status, reason, next_run_at = (
            await connection.execute(
                text("select status, paused_reason, next_run_at from tasks where id = :id"), {"id": damaged}
            )
        ).one()
        audited = await connection.execute(text("select object_id from audit_log where action = 'task.pause'"))
        assert audited.scalars().all() == [str(damaged)]

    assert (status, next_run_at) == ("paused", None)
    assert reason.startswith("has a schedule that cannot be evaluated: ")


@pytest.mark.parametrize(
    ("policy", "status", "hold"),
    [
        (OverlapPolicy.ALLOW, RunStatus.PENDING, None),
        (OverlapPolicy.SKIP, RunStatus.SKIPPED, None),
        (OverlapPolicy.QUEUE_ALL, RunStatus.PENDING, Hold.OVERLAP),
    ],
)
async def test_an_occurrence_of_a_busy_task_follows_the_overlap_policy(
    database: Database, policy: OverlapPolicy, status: RunStatus, hold: Hold | None
) -> None:
    async with database.transaction() as connection:
        await add_task(connection, overlap=policy)
        await fire(connection)
        await connection.execute(text("update tasks set next_run_at = now(), next_occurrence_at = now()"))
        (run,) = await fire(connection)

    assert (run.status, run.hold) == (status, hold)


async def test_replace_cancels_the_run_that_waits(database: Database) -> None:
    async with database.transaction() as connection:
        await add_task(connection, overlap=OverlapPolicy.REPLACE)
        (first,) = await fire(connection)
        await connection.execute(text("update tasks set next_run_at = now(), next_occurrence_at = now()"))
        cancelled, created = await fire(connection)

    assert (cancelled.id, cancelled.status) == (first.id, RunStatus.CANCELLED)
    assert cancelled.error is not None
    assert created.hold is Hold.OVERLAP


async def test_an_occurrence_of_a_task_with_dependencies_is_blocked(database: Database) -> None:
    async with database.transaction() as connection:
        upstream = await add_task(connection, "upstream")
        await fire(connection)
        task_id = await add_task(connection, "downstream")
        await connection.execute(
            DEPEND,
            {"task": task_id, "upstream": upstream},
        )
        (run,) = await fire(connection)

    assert (run.task_id, run.status) == (task_id, RunStatus.BLOCKED)


async def test_missed_occurrences_without_a_run_are_in_the_audit_log_and_can_be_alerted(database: Database) -> None:
    async with database.transaction() as connection:
        await add_task(connection, late=3 * 3600 + 600, misfire=MisfirePolicy.SKIP)
        assert await fire(connection) == []
        missed_at = (await connection.execute(text("select missed_at from tasks"))).scalar_one()
        detail = (
            await connection.execute(text("select detail from audit_log where action = 'task.missed'"))
        ).scalar_one()

    assert missed_at is not None
    assert detail == {"missed": 1, "created_runs": 0, "policy": "skip", "more_were_left_out": False}
