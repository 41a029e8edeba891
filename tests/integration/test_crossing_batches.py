"""Batches that have runs in common, recorded by two replicas at once: neither waits for the other for ever."""

import asyncio

from sqlalchemy import text

from backend.broker.messages import AttemptEnd, AttemptResult, AttemptStarted, Ending, WorkerReport
from backend.database.connection import Database
from backend.runs.report_intake import ReportIntake
from shared.enums import RunStatus
from shared.errors import DatabaseUnavailableError
from tests.system import System

ROUNDS = 40
DISPATCHED = """
    insert into runs (task_id, task_version, status, trigger, priority, dispatch_rank, placement, attempt, worker_id,
        queued_at, dispatched_at, first_dispatched_at)
    select :task, 1, 'dispatched', 'api', 1, 0, 'nobody', 1, 'w1', now(), now(), now() from generate_series(1, 2)
    returning id
"""


def report(*, started: int, finished: int) -> WorkerReport:
    return WorkerReport(
        worker_id="w1",
        incarnation="1",
        started=[AttemptStarted(run_id=started, attempt=1, ago_ms=0)],
        finished=[AttemptEnd(run_id=finished, attempt=1, result=AttemptResult(ending=Ending.SUCCEEDED))],
    )


async def test_reports_that_cross_are_both_recorded(system: System) -> None:
    await system.add_worker()
    task = await system.create("crossing", command="true")
    database = system.backend.context.database
    intake = ReportIntake(system.backend.context)
    made = []
    for _ in range(ROUNDS):
        async with database.transaction() as connection:
            one, two = (await connection.execute(text(DISPATCHED), {"task": task})).scalars()
        made += [one, two]
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(intake.handle([report(started=one, finished=two)]))
            group.create_task(intake.handle([report(started=two, finished=one)]))
    for run_id in made:
        assert (await system.client.get_run(run_id)).status is RunStatus.SUCCEEDED


async def test_a_transaction_that_was_in_anothers_way_may_be_tried_again(database: Database) -> None:
    both_hold = asyncio.Barrier(2)

    async def take(first: int, second: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": first})
            await both_hold.wait()
            await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": second})

    outcomes = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)
    (failed,) = [one for one in outcomes if one is not None]
    assert isinstance(failed, DatabaseUnavailableError)
    assert failed.detail.startswith("The change conflicted")
