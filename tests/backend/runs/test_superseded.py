"""Which reports of an attempt count, and what is recorded of the others."""

from sqlalchemy import text

from backend.broker.messages import AttemptEnd, AttemptResult, AttemptStarted, Ending, WorkerReport
from backend.context import ServiceContext
from backend.runs.finish import finish
from backend.runs.report_intake import ReportIntake
from shared.enums import RunStatus
from tests.backend.runs.stored_runs import store_run, store_task, stored_runs


def report(run_id: int, ending: Ending, *, worker_id: str = "w", attempt: int = 1) -> WorkerReport:
    result = AttemptResult(ending=ending, exit_code=0, execution_time_ms=5)
    return WorkerReport(
        worker_id=worker_id,
        incarnation="1",
        finished=[AttemptEnd(run_id=run_id, attempt=attempt, result=result)],
    )


def start_report(run_id: int, *, worker_id: str = "w") -> WorkerReport:
    started = AttemptStarted(run_id=run_id, attempt=1, ago_ms=0, worker_id="w")
    return WorkerReport(worker_id=worker_id, incarnation="1", started=[started])


async def recorded(context: ServiceContext) -> list[tuple[int, str, bool]]:
    """Return the former attempts: number, outcome, and whether it is superseded."""
    async with context.database.transaction() as connection:
        rows = await connection.execute(text("select attempt, outcome, superseded from run_attempts order by attempt"))
        return [(row.attempt, row.outcome, row.superseded) for row in rows]


async def lost_starts(context: ServiceContext) -> list[bool]:
    """Return whether each former attempt counts as begun."""
    async with context.database.transaction() as connection:
        rows = await connection.execute(text("select started_at is not null from run_attempts order by attempt"))
        return list(rows.scalars())


async def test_a_result_of_another_worker_changes_nothing(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.RUNNING)
    before = await stored_runs(context)
    intake = ReportIntake(context)
    await intake.handle([report(run_id, Ending.SUCCEEDED, worker_id="stranger")])
    assert await stored_runs(context) == before
    assert await recorded(context) == []
    await intake.handle([report(run_id, Ending.SUCCEEDED)])
    assert (await stored_runs(context))[run_id]["status"] == RunStatus.SUCCEEDED


async def test_a_start_on_another_worker_changes_nothing(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.DISPATCHED)
    before = await stored_runs(context)
    intake = ReportIntake(context)
    await intake.handle([start_report(run_id, worker_id="stranger")])
    assert await stored_runs(context) == before
    await intake.handle([start_report(run_id), report(run_id, Ending.SUCCEEDED, worker_id="stranger")])
    assert (await stored_runs(context))[run_id]["status"] == RunStatus.RUNNING


async def test_a_start_on_another_worker_does_not_count_for_a_lost_attempt(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.DISPATCHED)
    lost = AttemptEnd(run_id=run_id, attempt=1, result=AttemptResult(ending=Ending.LOST), worker_id="w")
    intake = ReportIntake(context)
    async with context.database.transaction() as connection:
        await finish(connection, [lost], replica_id="replica", max_lost_attempts=3)
    await intake.handle([start_report(run_id, worker_id="stranger")])
    assert await lost_starts(context) == [False]
    await intake.handle([start_report(run_id)])
    assert await lost_starts(context) == [True]


async def test_a_report_that_counted_is_not_superseded_when_it_comes_again(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.RUNNING)
    intake = ReportIntake(context)
    await intake.handle([report(run_id, Ending.REJECTED)])
    await intake.handle([report(run_id, Ending.REJECTED)])
    assert (await stored_runs(context))[run_id]["status"] == RunStatus.PENDING
    assert await recorded(context) == [(1, "rejected", False)]


async def test_a_late_result_of_a_lost_attempt_is_recorded_as_superseded(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.RUNNING)
    lost = AttemptEnd(run_id=run_id, attempt=1, result=AttemptResult(ending=Ending.LOST), worker_id="w")
    async with context.database.transaction() as connection:
        await finish(connection, [lost], replica_id="replica", max_lost_attempts=3)
    await ReportIntake(context).handle([report(run_id, Ending.SUCCEEDED)])
    assert (await stored_runs(context))[run_id]["status"] == RunStatus.PENDING
    assert await recorded(context) == [(1, "succeeded", True)]


async def test_a_stranger_in_the_same_batch_does_not_displace_a_late_result(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.RUNNING)
    lost = AttemptEnd(run_id=run_id, attempt=1, result=AttemptResult(ending=Ending.LOST), worker_id="w")
    async with context.database.transaction() as connection:
        await finish(connection, [lost], replica_id="replica", max_lost_attempts=3)
    forged = report(run_id, Ending.FAILED, worker_id="stranger")
    await ReportIntake(context).handle([forged, report(run_id, Ending.SUCCEEDED), forged])
    assert await recorded(context) == [(1, "succeeded", True)]


async def test_a_result_of_an_attempt_that_never_was_is_not_recorded(context: ServiceContext) -> None:
    run_id = await store_run(context, await store_task(context), RunStatus.RUNNING)
    await ReportIntake(context).handle(
        [report(run_id, Ending.SUCCEEDED, attempt=attempt, worker_id="stranger") for attempt in (0, 2)]
    )
    assert await recorded(context) == []
