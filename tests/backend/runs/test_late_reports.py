"""Reports that lay with a stopped replica: recorded late, with the times at which things happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from backend.broker.messages import (
    AttemptEnd,
    AttemptResult,
    AttemptStarted,
    Ending,
    Heartbeat,
    LogBatch,
    LogPiece,
    WorkerReport,
    WorkerState,
)
from backend.context import ServiceContext
from backend.runs.logs import LogIntake
from backend.runs.report_intake import ReportIntake
from backend.workers.heartbeats import HeartbeatIntake
from shared.enums import LogStream, RunStatus
from tests.backend.runs.stored_runs import store_run, store_task, stored_runs

CLOSE = timedelta(seconds=5)
"""Longer than a test takes on a busy machine, shorter than the delays in question."""
UPTIME_MS = 9 * 24 * 3600 * 1000
LONG_AGO = text("now() - interval '200 seconds'")


@dataclass(frozen=True)
class Times:
    """When things happened, in seconds before now."""

    dispatched: float
    started: float
    completed: float

    def are_in_order(self) -> bool:
        return self.dispatched >= self.started >= self.completed >= 0


def heartbeat(sequence: int, *, uptime_ms: int = UPTIME_MS) -> Heartbeat:
    return Heartbeat(
        worker_id="w", incarnation="first", sequence=sequence, state=WorkerState.ONLINE, hostname="far",
        version="0", task_types=["noop"], labels={}, slots=1, held=[], active_count=0,
        uptime_seconds=uptime_ms / 1000,
    )  # fmt: skip


async def dispatched(context: ServiceContext) -> int:
    """Return a run that was dispatched 200 s ago to a worker that has just sent a heartbeat."""
    task_id = await store_task(context)
    await HeartbeatIntake(context).handle([heartbeat(1)])
    return await store_run(context, task_id, RunStatus.DISPATCHED, dispatched_at=LONG_AGO)


async def report(context: ServiceContext, *, sent_ms: int | None, incarnation: str = "first", **what: Any) -> None:
    message = WorkerReport(worker_id="w", incarnation=incarnation, sent_ms=sent_ms, **what)
    await ReportIntake(context).handle([message])


def end(run_id: int, *, ending: Ending = Ending.SUCCEEDED, ago_ms: int = 1000) -> AttemptEnd:
    result = AttemptResult(ending=ending, exit_code=0, execution_time_ms=5000)
    return AttemptEnd(run_id=run_id, attempt=1, result=result, ago_ms=ago_ms)


def since(now: datetime, times: Sequence[datetime]) -> Times:
    return Times(*((now - at).total_seconds() for at in times))


async def times(context: ServiceContext, run_id: int) -> Times:
    run = (await stored_runs(context))[run_id]
    now = await context.database.now()
    return since(now, [run[name] for name in ("dispatched_at", "started_at", "completed_at")])


def close(found: float, wanted: float) -> bool:
    return abs(found - wanted) < CLOSE.total_seconds()


async def test_a_late_result_has_the_times_of_what_it_reports(context: ServiceContext) -> None:
    run_id = await dispatched(context)
    await report(context, sent_ms=UPTIME_MS - 90_000, finished=[end(run_id)])
    found = await times(context, run_id)
    assert found.are_in_order()
    assert close(found.completed, 91)
    assert close(found.started, 96)


async def test_a_late_start_has_the_time_at_which_it_was(context: ServiceContext) -> None:
    run_id = await dispatched(context)
    start = AttemptStarted(run_id=run_id, attempt=1, ago_ms=500)
    await report(context, sent_ms=UPTIME_MS - 90_000, started=[start])
    started_at = (await stored_runs(context))[run_id]["started_at"]
    assert close((await context.database.now() - started_at).total_seconds(), 90.5)


async def test_an_end_is_not_before_the_start_that_is_recorded(context: ServiceContext) -> None:
    run_id = await dispatched(context)
    await report(context, sent_ms=UPTIME_MS, started=[AttemptStarted(run_id=run_id, attempt=1, ago_ms=3_000)])
    await report(context, sent_ms=UPTIME_MS - 90_000, finished=[end(run_id)])
    assert (await times(context, run_id)).are_in_order()


@pytest.mark.parametrize(("sent_ms", "ago_ms"), [(0, 0), (UPTIME_MS + 10**9, -(10**9)), (UPTIME_MS, 10**9)])
async def test_times_stay_in_order_whatever_a_worker_says(context: ServiceContext, sent_ms: int, ago_ms: int) -> None:
    run_id = await dispatched(context)
    await report(context, sent_ms=sent_ms, finished=[end(run_id, ago_ms=ago_ms)])
    assert (await times(context, run_id)).are_in_order()


@pytest.mark.parametrize(("sent_ms", "incarnation"), [(None, "first"), (1, "another")])
async def test_a_report_whose_age_is_unknown_counts_as_sent_now(
    context: ServiceContext, sent_ms: int | None, incarnation: str
) -> None:
    run_id = await dispatched(context)
    await report(context, sent_ms=sent_ms, incarnation=incarnation, finished=[end(run_id)])
    assert close((await times(context, run_id)).completed, 1)


async def test_an_attempt_whose_run_goes_on_has_the_times_too(context: ServiceContext) -> None:
    run_id = await dispatched(context)
    await report(context, sent_ms=UPTIME_MS - 90_000, finished=[end(run_id, ending=Ending.REJECTED)])
    async with context.database.transaction() as connection:
        rows = await connection.execute(text("select dispatched_at, started_at, completed_at from run_attempts"))
        found = since(await context.database.now(), rows.one())
    assert found.are_in_order()
    assert close(found.completed, 91)
    assert close(found.started, 96)


async def test_a_late_heartbeat_does_not_spoil_the_estimate(context: ServiceContext) -> None:
    run_id = await dispatched(context)
    await HeartbeatIntake(context).handle([heartbeat(2, uptime_ms=UPTIME_MS - 15_000)])
    await report(context, sent_ms=UPTIME_MS - 90_000, finished=[end(run_id)])
    assert close((await times(context, run_id)).completed, 91)


async def test_late_output_has_the_time_at_which_it_was_written(context: ServiceContext) -> None:
    run_id = await dispatched(context)
    piece = LogPiece(run_id=run_id, attempt=1, stream=LogStream.STDOUT, sequence=1, ago_ms=2_000, text="a line\n")
    batch = LogBatch(worker_id="w", incarnation="first", sent_ms=UPTIME_MS - 90_000, pieces=[piece])
    await LogIntake(context).handle([batch])
    async with context.database.transaction() as connection:
        at = (await connection.execute(text("select at from log_chunks"))).scalar_one()
    assert close((await context.database.now() - at).total_seconds(), 92)
