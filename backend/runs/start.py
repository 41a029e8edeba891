"""Record that workers started the commands of attempts."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptStarted
from backend.database.direct_statement import DirectStatement
from backend.runs.lock import locked_if
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes

_STARTS = """unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:worker_ids as text[]),
            cast(:ago_ms as bigint[])) as s (run_id, attempt, worker_id, ago_ms)"""

# By the primary key. A report for an earlier attempt, by another worker than the run was assigned to, or after the end
# changes nothing.
START = text(
    f"""
    with {locked_if(f"select * from {_STARTS}", "status = 'dispatched'")}, started as (
        update runs set status = 'running',
            started_at = greatest(dispatched_at, now() - s.ago_ms * interval '1 millisecond')
        from locked s where runs.id = s.id and runs.attempt = s.attempt and runs.worker_id = s.worker_id
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from started r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)


# By the primary key. A worker that was killed may report a start after its attempt was recorded as lost; whether lost
# attempts had begun decides whether the run is retried.
START_OF_LOST = text(
    f"""
    update run_attempts a set started_at = greatest(a.dispatched_at, now() - s.ago_ms * interval '1 millisecond')
    from {_STARTS}
    where a.run_id = s.run_id and a.attempt = s.attempt and a.worker_id = s.worker_id and a.outcome = 'lost'
        and a.started_at is null
    """  # noqa: S608
)

_START = DirectStatement(START)


async def start(connection: AsyncConnection, started: Sequence[AttemptStarted]) -> list[RunChange]:
    """Mark the runs of attempts that their worker started running; return those that changed."""
    changes = read_changes(RunChangeKind.STARTED, await _START.rows(connection, _parameters(started)))
    changed = {change.run.id for change in changes}
    late = [one for one in started if one.run_id not in changed]
    if late:
        await connection.execute(START_OF_LOST, _parameters(late))
    return changes


def _parameters(started: Sequence[AttemptStarted]) -> dict[str, object]:
    return {
        "run_ids": [one.run_id for one in started],
        "attempts": [one.attempt for one in started],
        "worker_ids": [one.worker_id for one in started],
        "ago_ms": [one.ago_ms for one in started],
    }
