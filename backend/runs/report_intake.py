"""What workers report of their attempts: started, ended."""

from collections.abc import Sequence

from backend.broker.messages import AttemptFinished, AttemptOutcome, WorkerReport
from backend.context import ServiceContext
from backend.events.wakes import WakeReason
from backend.runs import results as run_results
from backend.runs.finish import RecordedEnds, record_ends
from backend.runs.lifecycle import Ending
from backend.runs.results import AttemptEnd
from shared.enums import EventType

_ENDINGS = {
    AttemptOutcome.SUCCEEDED: Ending.SUCCEEDED,
    AttemptOutcome.FAILED: Ending.FAILED,
    AttemptOutcome.TIMED_OUT: Ending.TIMED_OUT,
    AttemptOutcome.CANCELLED: Ending.CANCELLED,
    AttemptOutcome.REJECTED: Ending.REJECTED,
}


def _end(report: WorkerReport, finished: AttemptFinished) -> AttemptEnd:
    return AttemptEnd(
        run_id=finished.run_id,
        attempt=finished.attempt,
        ending=_ENDINGS[finished.outcome],
        ago_ms=finished.ago_ms,
        execution_time_ms=finished.execution_time_ms,
        exit_code=finished.exit_code,
        error=finished.error,
        stdout_tail=finished.stdout_tail,
        stderr_tail=finished.stderr_tail,
        worker_id=report.worker_id,
        http_status=finished.http_status,
        output=finished.output,
        cpu_ms=_sum(finished.user_cpu_ms, finished.system_cpu_ms),
        peak_memory_bytes=finished.peak_memory_bytes,
        log_pieces=finished.log_pieces,
    )


def _sum(first: int | None, second: int | None) -> int | None:
    return first + second if first is not None and second is not None else None


class ReportIntake:
    """Records reports and says what changed."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def handle(self, reports: Sequence[WorkerReport]) -> None:
        """Record a batch of reports in one transaction."""
        ends = [_end(report, finished) for report in reports for finished in report.finished]
        ended = {(end.run_id, end.attempt) for end in ends}
        started = {
            (one.run_id, one.attempt): (one.run_id, one.attempt, one.ago_ms)
            for report in reports
            for one in report.started
            if (one.run_id, one.attempt) not in ended
        }
        recorded = RecordedEnds([], [])
        started_rows = []
        async with self._context.database.transaction() as connection:
            facts = None
            if started and ends:
                run_ids = [end.run_id for end in ends] + [run_id for run_id, _ in started]
                facts = await run_results.lock_facts(connection, run_ids)
            if started:
                started_rows = list(await run_results.start(connection, [started[key] for key in sorted(started)]))
            if ends:
                recorded = await record_ends(connection, ends, replica_id=self._context.replica_id, facts=facts)
        announce_ends(self._context, recorded)
        self._context.events.publish_runs(EventType.RUN_STARTED, started_rows)


def announce_ends(context: ServiceContext, recorded: RecordedEnds) -> None:
    """Publish what came of ended attempts and wake the dispatcher for the places they left."""
    context.events.publish_runs(EventType.RUN_FINISHED, recorded.finished)
    context.events.publish_runs(EventType.RUN_RETRYING, recorded.waiting)
    if recorded.task_ids:
        context.signals.wake(WakeReason.RUNS_READY, task_ids=recorded.task_ids)
