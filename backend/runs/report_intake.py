"""Record what workers report of their attempts."""

from collections.abc import Sequence
from dataclasses import replace

from backend.broker.messages import AttemptResult, WorkerReport
from backend.context import ServiceContext
from backend.faults.store import store_faults
from backend.faults.survivors import processes_survived
from backend.runs.finish import finish, lock_facts
from backend.runs.model import RunChange
from backend.runs.outbox import publish
from backend.runs.start import start
from backend.workers.sent_times import SentTimes
from shared.json_nesting import MOST_NESTED, nesting


class ReportIntake:
    """Handles the queue of reports."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._sent_times = SentTimes()

    async def handle(self, reports: Sequence[WorkerReport]) -> None:
        """Record a batch of reports in one transaction and publish what changed."""
        changes: list[RunChange] = []
        async with self._context.database.transaction() as connection:
            waited = await self._sent_times.on_their_way(connection, reports)
            ends = [
                replace(
                    end,
                    worker_id=report.worker_id,
                    ago_ms=max(end.ago_ms, 0) + ms,
                    result=without_deep_output(end.result),
                )
                for report, ms in zip(reports, waited, strict=True)
                for end in report.finished
            ]
            ended = {(end.worker_id, end.ref) for end in ends}
            # An end says that its attempt started. Sorted, so that runs are locked in the order of their ids.
            started = sorted(
                (
                    replace(one, worker_id=report.worker_id, ago_ms=max(one.ago_ms, 0) + ms)
                    for report, ms in zip(reports, waited, strict=True)
                    for one in report.started
                    if (report.worker_id, one.ref) not in ended
                ),
                key=lambda one: (one.run_id, one.attempt),
            )
            facts = None
            if started and ends:
                run_ids = [end.run_id for end in ends] + [one.run_id for one in started]
                facts = await lock_facts(connection, run_ids)
            if started:
                changes += await start(connection, started)
            if ends:
                changes += await finish(
                    connection,
                    ends,
                    replica_id=self._context.replica_id,
                    max_lost_attempts=self._context.settings.max_lost_attempts,
                    facts=facts,
                )
                await store_faults(connection, [processes_survived(end) for end in ends if end.survivors])
        publish(self._context, changes)


def without_deep_output(result: AttemptResult) -> AttemptResult:
    """Return a result without an output that no answer of the API could contain; its worker should have left it out."""
    if result.output is None or nesting(result.output) <= MOST_NESTED:
        return result
    return replace(result, output=None).with_reason(f"the output is nested deeper than {MOST_NESTED} levels")
