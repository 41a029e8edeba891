"""The statements that record how attempts ended, and their parameters."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from sqlalchemy import text

from backend.broker.messages import AttemptEnd
from backend.database.metric_counts import counting, counting_ended
from backend.metric_kinds import CountKind
from backend.runs.conditions import STARTED
from backend.runs.definition import RETRY_POLICY, json_values
from backend.runs.lock import by_id, locked_if
from backend.runs.model import SUMMARY_COLUMNS
from backend.runs.outcomes import EXAMINE

RESULT_COLUMNS = {
    "error": "text",
    "exit_code": "integer",
    "http_status": "integer",
    "output": "text",
    "cpu_ms": "bigint",
    "peak_memory_bytes": "bigint",
    "execution_time_ms": "bigint",
    "stdout_tail": "text",
    "stderr_tail": "text",
    "log_pieces": "integer",
}
"""The fields of an `AttemptResult` that are columns of `runs`, with the type in which they are sent."""

_KEPT_ON_RETRY = ("error", "exit_code", "execution_time_ms", "stdout_tail", "stderr_tail")
"""What a run shows of its last attempt while it waits for the next one."""

_SPECIAL = {
    # A run that is cancelled says who cancelled it.
    "error": """case when e.outcome = 'cancelled' and runs.cancel_requested_at is not null
                then runs.error else e.error end""",
    "output": "e.output::jsonb",
}
_ASSIGNMENTS = ", ".join(f"{name} = {_SPECIAL.get(name, f'e.{name}')}" for name in RESULT_COLUMNS)

_END_COLUMNS = {"run_id": "bigint", "attempt": "integer", "worker_id": "text", "ago_ms": "bigint"}


def _ends(columns: Mapping[str, str]) -> str:
    """Return the `from` item `e` with one row for each end of a batch."""
    arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) as e ({', '.join(columns)})"


ENDED = _END_COLUMNS | RESULT_COLUMNS
"""What `FINISH` reads of an end; it reads an `outcome` beside."""
RETRIED = _END_COLUMNS | {"ending": "text"} | {name: RESULT_COLUMNS[name] for name in _KEPT_ON_RETRY}
"""What `RETRY` reads of an end; it reads the columns of a decision beside."""
_RETRY_DECIDED = {"failures": "integer", "delay_ms": "bigint", "expires_in_ms": "bigint"}
SUPERSEDED = _END_COLUMNS | {"ending": "text", "error": "text", "exit_code": "integer", "execution_time_ms": "bigint"}

# By the primary key. An attempt counts only where it is the run's current one and comes from the run's worker, as
# `decide_end` says: what changes nothing is not returned. How many ended is counted in steps of ten seconds, in a row
# for each replica, so that replicas do not wait for one another.
FINISH = text(
    f"""
    with {locked_if(f"select * from {_ends(ENDED | {'outcome': 'text'})}", STARTED)}, finished as (
        update runs set status = e.outcome, hold = null, {_ASSIGNMENTS},
            failures = runs.failures + case when e.outcome in ('failed', 'timed_out') then 1 else 0 end,
            completed_at = greatest(runs.dispatched_at, runs.started_at, now() - e.ago_ms * interval '1 millisecond'),
            started_at = coalesce(runs.started_at, case when e.execution_time_ms is not null then greatest(
                runs.dispatched_at,
                now() - (e.ago_ms + e.execution_time_ms) * interval '1 millisecond') end)
        from locked e where runs.id = e.id and runs.attempt = e.attempt
            and runs.worker_id is not distinct from e.worker_id
        returning runs.*
    ) {EXAMINE.format(outcomes="finished")} {counting_ended("finished")}
    , counted as (
        insert into finished_counts (at, replica_id, succeeded, failed)
        select to_timestamp(floor(extract(epoch from now()) / 10) * 10), cast(:replica_id as text),
            count(*) filter (where status = 'succeeded'), count(*) filter (where status in ('failed', 'timed_out'))
        from finished having count(*) filter (where status <> 'cancelled') > 0
        on conflict (at, replica_id) do update set
            succeeded = finished_counts.succeeded + excluded.succeeded,
            failed = finished_counts.failed + excluded.failed
    )
    select {SUMMARY_COLUMNS} from finished r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# The attempt moves to run_attempts. Its number stays on the run until the next attempt is claimed.
RETRY = text(
    f"""
    with {locked_if(f"select * from {_ends(RETRIED | _RETRY_DECIDED)}", STARTED)}, kept as (
        insert into run_attempts (run_id, attempt, worker_id, outcome, dispatched_at, started_at,
            completed_at, exit_code, error, execution_time_ms)
        select r.id, r.attempt, r.worker_id, e.ending, r.dispatched_at,
            coalesce(r.started_at, case when e.execution_time_ms is not null then greatest(r.dispatched_at,
                now() - (e.ago_ms + e.execution_time_ms) * interval '1 millisecond') end),
            greatest(r.dispatched_at, r.started_at, now() - e.ago_ms * interval '1 millisecond'),
            e.exit_code, e.error, e.execution_time_ms
        from locked e join runs r on r.id = e.id and r.attempt = e.attempt
        on conflict (run_id, attempt) do nothing
    ), waiting as (
        update runs set status = 'pending', worker_id = null, dispatched_at = null, started_at = null,
            failures = e.failures, exit_code = e.exit_code, error = e.error,
            stdout_tail = e.stdout_tail, stderr_tail = e.stderr_tail,
            hold = case when e.delay_ms > 0 then 'delay' end,
            not_before = case when e.delay_ms > 0 then now() + e.delay_ms * interval '1 millisecond' end,
            expires_at = now() + e.expires_in_ms * interval '1 millisecond'
        from locked e where runs.id = e.id and runs.attempt = e.attempt
        returning runs.*
    ) {counting(CountKind.RETRIES, "waiting")}
    select {SUMMARY_COLUMNS} from waiting r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# An attempt that counts as lost gets its worker's late report. A report that counted and comes again, one of another
# worker, and one whose run was purged are dropped. By the primary key.
SUPERSEDE = text(
    f"""
    with late as (
        update run_attempts a set superseded = true, outcome = e.ending,
            completed_at = greatest(a.started_at, now() - e.ago_ms * interval '1 millisecond'),
            exit_code = e.exit_code, error = e.error, execution_time_ms = e.execution_time_ms
        from {_ends(SUPERSEDED)}
        where a.run_id = e.run_id and a.attempt = e.attempt and a.worker_id = e.worker_id and a.outcome = 'lost'
        returning 1
    ) {counting(CountKind.SUPERSEDED_RESULTS, "late")}
    select count(*) from late
    """  # noqa: S608
)

# What decides about an end. By the primary key.
LOCK_FACTS = text(
    by_id(
        "select unnest(cast(:run_ids as bigint[]))",
        columns="""id, status, attempt, worker_id, failures, cancel_requested_at is not null as cancel_requested,
            coalesce(now() - first_dispatched_at, interval '0') as tried_for, started_at is not null as has_begun,
            case when attempt > 1 then (
                select count(*) from run_attempts a
                where a.run_id = runs.id and a.outcome = 'lost' and a.started_at is not null
            ) else 0 end as begun_and_lost""",
    )
)

# From the version of the task that the run was created with. By the primary keys.
POLICIES = text(
    f"""
    select r.id, {json_values(RETRY_POLICY)}
    from runs r join task_versions v on v.task_id = r.task_id and v.version = r.task_version
    where r.id = any(cast(:run_ids as bigint[]))
    """  # noqa: S608
)


_OWN = frozenset(_END_COLUMNS)


def parameters_of(columns: Iterable[str], ends: Sequence[AttemptEnd]) -> dict[str, list[object]]:
    """Return one array for each column: a field of the end itself, or of its result.

    It is empty where no end has a value, which `unnest` fills with nulls: asyncpg examines each element of an array.
    """
    results = [end.result for end in ends]
    arrays: dict[str, list[object]] = {}
    for name in columns:
        values = list(map(attrgetter(name), ends if name in _OWN else results))
        arrays[name] = values if any(value is not None for value in values) else []
    return arrays
