"""Record what workers report of their attempts."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptEnd, AttemptResult, AttemptStarted, Ending, WorkerReport
from backend.context import ServiceContext
from backend.faults.store import store_faults
from backend.faults.survivors import processes_survived
from backend.runs.finish import finish, finish_succeeded
from backend.runs.outbox import publish
from backend.runs.result_spans import result_spans
from backend.runs.start import start
from backend.workers.sent_times import SentTimes
from shared.json_nesting import MOST_NESTED, nesting


class ReportIntake:
    """Handles the queue of reports."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._sent_times = SentTimes()

    async def handle(self, reports: Sequence[WorkerReport]) -> None:
        """Record a batch of reports, and publish what changed.

        Starts and successes are one statement each, which commits itself: a report that comes again because a later
        part failed changes nothing the second time. Only ends that need a decision are read and written in a
        transaction.
        """
        with result_spans(self._context.tracer, reports):
            await self._record(reports)

    async def _record(self, reports: Sequence[WorkerReport]) -> None:
        async with self._context.database.statements() as connection:
            started, ends = await self._timed(connection, reports)
            if started:
                publish(self._context, await start(connection, started))
            recorded = await self._finish_succeeded(connection, ends)
        others = [end for end in ends if (end.run_id, end.attempt, end.worker_id) not in recorded]
        if others:
            await self._finish(others)

    async def _timed(
        self, connection: AsyncConnection, reports: Sequence[WorkerReport]
    ) -> tuple[list[AttemptStarted], list[AttemptEnd]]:
        """Return the starts and ends of reports, with their worker and how long ago they were."""
        waited = await self._sent_times.on_their_way(connection, reports)
        ends = [
            end.ended(
                ago_ms=max(end.ago_ms, 0) + ms,
                worker_id=report.worker_id,
                result=without_deep_output(end.result),
            )
            for report, ms in zip(reports, waited, strict=True)
            for end in report.finished
        ]
        ended = {(end.worker_id, end.ref) for end in ends}
        # An end says that its attempt started.
        started = [
            replace(one, worker_id=report.worker_id, ago_ms=max(one.ago_ms, 0) + ms)
            for report, ms in zip(reports, waited, strict=True)
            for one in report.started
            if (report.worker_id, one.ref) not in ended
        ]
        return started, ends

    async def _finish_succeeded(
        self, connection: AsyncConnection, ends: Sequence[AttemptEnd]
    ) -> set[tuple[int, int, str | None]]:
        """Record successes; return the run, attempt and worker of those that counted."""
        succeeded = [end for end in ends if end.result.ending is Ending.SUCCEEDED and not end.survivors]
        if not succeeded:
            return set()
        changes = await finish_succeeded(connection, succeeded, replica_id=self._context.replica_id)
        publish(self._context, changes)
        return {(run.id, run.attempt, run.worker_id) for _, run in changes}

    async def _finish(self, ends: Sequence[AttemptEnd]) -> None:
        async with self._context.database.transaction() as connection:
            changes = await finish(
                connection,
                ends,
                replica_id=self._context.replica_id,
                max_lost_attempts=self._context.settings.max_lost_attempts,
            )
            await store_faults(connection, [processes_survived(end) for end in ends if end.survivors])
        publish(self._context, changes)


def without_deep_output(result: AttemptResult) -> AttemptResult:
    """Return a result without an output that no answer of the API could contain; its worker should have left it out."""
    if result.output is None or nesting(result.output) <= MOST_NESTED:
        return result
    return replace(result, output=None).with_reason(f"the output is nested deeper than {MOST_NESTED} levels")
