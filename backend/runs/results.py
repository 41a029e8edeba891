"""What reports do to runs: statements over whole batches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.lifecycle import Ending, Finish, RetryPolicy, RunFacts, TryAgain
from backend.runs.model import SUMMARY_COLUMNS
from backend.runs.outcomes import EXAMINE
from shared.enums import OnWorkerLost, RetryBackoff, RunStatus

_STATUSES = {status.value: status for status in RunStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnd:
    """The end of an attempt, heard from its worker or concluded by the dispatcher; times are ago."""

    run_id: int
    attempt: int
    ending: Ending
    ago_ms: int = 0
    execution_time_ms: int | None = None
    exit_code: int | None = None
    error: str | None = None
    stdout_tail: str | None = None
    stderr_tail: str | None = None
    worker_id: str | None = None
    http_status: int | None = None
    output: str | None = None
    cpu_ms: int | None = None
    peak_memory_bytes: int | None = None
    log_pieces: int | None = None


# Whoever changes several runs locks them first in the order of their ids: of two that have some in common, one waits
# for the other, and never each for the other.
START = text(
    f"""
    with locked as (
        select id from runs where id = any(cast(:run_ids as bigint[])) and status = 'dispatched' order by id for update
    ), started as (
        update runs set status = 'running',
            started_at = greatest(dispatched_at, now() - s.ago_ms * interval '1 millisecond')
        from unnest(cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:ago as bigint[]))
            as s (run_id, attempt, ago_ms), locked
        where runs.id = s.run_id and runs.id = locked.id and runs.attempt = s.attempt and runs.status = 'dispatched'
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from started r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

LOCK_FACTS = text(
    """
    select id, status, attempt, failures, cancel_requested_at is not null as cancel_requested,
        coalesce(now() - first_dispatched_at, interval '0') as tried_for
    from runs where id = any(cast(:run_ids as bigint[])) order by id for update
    """
)

POLICIES = text(
    """
    select r.id, v.definition -> 'retry_count' as retry_count,
        v.definition -> 'retry_delay_seconds' as retry_delay_seconds,
        v.definition -> 'retry_max_delay_seconds' as retry_max_delay_seconds,
        v.definition ->> 'retry_backoff' as retry_backoff,
        v.definition ->> 'on_worker_lost' as on_worker_lost,
        v.definition -> 'retry_exit_codes' as exit_codes, v.definition -> 'retry_http_statuses' as http_statuses,
        coalesce((v.definition ->> 'retry_on_timeout')::boolean, true) as on_timeout,
        (v.definition ->> 'retry_timeout_seconds')::integer as longest_seconds
    from runs r join task_versions v on v.task_id = r.task_id and v.version = r.task_version
    where r.id = any(cast(:run_ids as bigint[]))
    """
)

FINISH = text(
    f"""
    with finished as (
        update runs set status = f.status, hold = null, exit_code = f.exit_code, error = case
                when f.status = 'cancelled' and runs.cancel_requested_at is not null then runs.error else f.error end,
            failures = runs.failures + case when f.status in ('failed', 'timed_out') then 1 else 0 end,
            stdout_tail = f.stdout_tail, stderr_tail = f.stderr_tail,
            completed_at = greatest(runs.dispatched_at, now() - f.ago_ms * interval '1 millisecond'),
            started_at = coalesce(runs.started_at, case when f.execution_time_ms is not null then greatest(
                runs.dispatched_at,
                now() - (f.ago_ms + f.execution_time_ms) * interval '1 millisecond') end),
            execution_time_ms = f.execution_time_ms, http_status = f.http_status, output = f.output::jsonb,
            cpu_ms = f.cpu_ms, peak_memory_bytes = f.peak_memory_bytes,
            log_pieces = f.log_pieces
        from unnest(
            cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:statuses as text[]),
            cast(:ago as bigint[]), cast(:execution_times as bigint[]), cast(:exit_codes as integer[]),
            cast(:errors as text[]), cast(:stdout_tails as text[]), cast(:stderr_tails as text[]),
            cast(:http_statuses as integer[]), cast(:outputs as text[]), cast(:cpu_ms as bigint[]),
            cast(:peak_memory_bytes as bigint[]), cast(:log_pieces as integer[])
        ) as f (run_id, attempt, status, ago_ms, execution_time_ms, exit_code, error, stdout_tail, stderr_tail,
                http_status, output, cpu_ms, peak_memory_bytes, log_pieces)
        where runs.id = f.run_id and runs.attempt = f.attempt and runs.status in ('dispatched', 'running')
        returning runs.*
    ) {EXAMINE.format(outcomes="finished")}
    select {SUMMARY_COLUMNS} from finished r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# The attempt that ended moves to run_attempts; its number stays on the run until the next is claimed. It waits in the
# queue anew, and no longer than its chain of tries may take.
TRY_AGAIN = text(
    f"""
    with again as (
        select * from unnest(
            cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:outcomes as text[]),
            cast(:ago as bigint[]), cast(:execution_times as bigint[]), cast(:exit_codes as integer[]),
            cast(:errors as text[]), cast(:failures as integer[]), cast(:delays_ms as bigint[]),
            cast(:stdout_tails as text[]), cast(:stderr_tails as text[])
        ) as a (run_id, attempt, outcome, ago_ms, execution_time_ms, exit_code, error, failures, delay_ms,
                stdout_tail, stderr_tail)
    ), kept as (
        insert into run_attempts (run_id, attempt, worker_id, outcome, dispatched_at, started_at,
            completed_at, exit_code, error, execution_time_ms)
        select r.id, r.attempt, r.worker_id, a.outcome, r.dispatched_at,
            coalesce(r.started_at, now() - (a.ago_ms + a.execution_time_ms) * interval '1 millisecond'),
            now() - a.ago_ms * interval '1 millisecond', a.exit_code, a.error, a.execution_time_ms
        from again a join runs r on r.id = a.run_id and r.attempt = a.attempt
        where r.status in ('dispatched', 'running')
        on conflict (run_id, attempt) do nothing
    ), waiting as (
        update runs set status = 'pending', worker_id = null, dispatched_at = null, started_at = null,
            failures = a.failures, exit_code = a.exit_code, error = a.error,
            stdout_tail = a.stdout_tail, stderr_tail = a.stderr_tail,
            hold = case when a.delay_ms > 0 then 'delay' end,
            not_before = case when a.delay_ms > 0 then now() + a.delay_ms * interval '1 millisecond' end,
            expires_at = least(
                now() + a.delay_ms * interval '1 millisecond'
                    + (v.definition ->> 'queue_timeout_seconds')::integer * interval '1 second',
                runs.first_dispatched_at + (v.definition ->> 'retry_timeout_seconds')::integer * interval '1 second')
        from again a, task_versions v
        where runs.id = a.run_id and runs.attempt = a.attempt and runs.status in ('dispatched', 'running')
            and v.task_id = runs.task_id and v.version = runs.task_version
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from waiting r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# An attempt that was kept already gets what its worker said after all; a run that was removed, nothing.
SUPERSEDE = text(
    """
    insert into run_attempts (run_id, attempt, worker_id, outcome, completed_at, exit_code, error,
        execution_time_ms, superseded)
    select s.run_id, s.attempt, s.worker_id, s.outcome, now() - s.ago_ms * interval '1 millisecond',
        s.exit_code, s.error, s.execution_time_ms, true
    from unnest(
        cast(:run_ids as bigint[]), cast(:attempts as integer[]), cast(:worker_ids as text[]),
        cast(:outcomes as text[]), cast(:ago as bigint[]), cast(:exit_codes as integer[]),
        cast(:errors as text[]), cast(:execution_times as bigint[])
    ) as s (run_id, attempt, worker_id, outcome, ago_ms, exit_code, error, execution_time_ms)
    join runs r on r.id = s.run_id
    -- the same report twice is not another attempt
    where not (r.attempt = s.attempt and r.status in ('succeeded', 'failed', 'timed_out', 'cancelled'))
    on conflict (run_id, attempt) do update set superseded = true, outcome = excluded.outcome,
        completed_at = excluded.completed_at, exit_code = excluded.exit_code, error = excluded.error,
        execution_time_ms = excluded.execution_time_ms
    """
)

COUNT_FINISHED = text(
    """
    insert into finished_counts (at, replica_id, succeeded, failed)
    values (to_timestamp(floor(extract(epoch from now()) / 10) * 10), :replica_id, :succeeded, :failed)
    on conflict (at, replica_id) do update set
        succeeded = finished_counts.succeeded + excluded.succeeded,
        failed = finished_counts.failed + excluded.failed
    """
)

ASSIGNED = text(
    """
    select id, attempt, worker_id, dispatched_at < now() - cast(:settled as interval) as is_settled
    from runs where worker_id = any(cast(:worker_ids as text[])) and status in ('dispatched', 'running')
    """
)


async def start(connection: AsyncConnection, started: Sequence[tuple[int, int, int]]) -> Sequence[RowMapping]:
    """Mark attempts running, given as (run, attempt, milliseconds ago); return the runs that changed."""
    rows = await connection.execute(
        START,
        {
            "run_ids": [run for run, _, _ in started],
            "attempts": [attempt for _, attempt, _ in started],
            "ago": [ago for _, _, ago in started],
        },
    )
    return rows.mappings().all()


async def lock_facts(connection: AsyncConnection, run_ids: Iterable[int]) -> dict[int, RunFacts]:
    """Lock runs and return what decides about them."""
    rows = await connection.execute(LOCK_FACTS, {"run_ids": sorted(set(run_ids))})
    return {
        run_id: RunFacts(
            status=_STATUSES[status],
            attempt=attempt,
            failures=failures,
            cancel_requested=cancel_requested,
            tried_for=tried_for,
        )
        for run_id, status, attempt, failures, cancel_requested, tried_for in rows
    }


async def policies(connection: AsyncConnection, run_ids: Sequence[int]) -> dict[int, RetryPolicy]:
    """Return what each run's task, in the version the run holds, says of failures."""
    if not run_ids:
        return {}
    rows = await connection.execute(POLICIES, {"run_ids": list(run_ids)})
    return {
        row.id: RetryPolicy(
            count=row.retry_count,
            delay=timedelta(seconds=row.retry_delay_seconds),
            most=timedelta(seconds=row.retry_max_delay_seconds),
            backoff=RetryBackoff(row.retry_backoff),
            on_worker_lost=OnWorkerLost(row.on_worker_lost),
            exit_codes=frozenset(row.exit_codes) if row.exit_codes is not None else None,
            http_statuses=frozenset(row.http_statuses) if row.http_statuses is not None else None,
            on_timeout=row.on_timeout,
            longest=timedelta(seconds=row.longest_seconds) if row.longest_seconds is not None else None,
        )
        for row in rows
    }


async def finish(connection: AsyncConnection, ends: Sequence[tuple[AttemptEnd, Finish]]) -> Sequence[RowMapping]:
    """Record outcomes; return the runs."""
    parameters = _end_parameters([end for end, _ in ends])
    parameters["statuses"] = [decision.status for _, decision in ends]
    parameters |= {
        "http_statuses": [end.http_status for end, _ in ends],
        "outputs": [end.output for end, _ in ends],
        "cpu_ms": [end.cpu_ms for end, _ in ends],
        "peak_memory_bytes": [end.peak_memory_bytes for end, _ in ends],
        "log_pieces": [end.log_pieces for end, _ in ends],
    }
    return (await connection.execute(FINISH, parameters)).mappings().all()


async def try_again(connection: AsyncConnection, ends: Sequence[tuple[AttemptEnd, TryAgain]]) -> Sequence[RowMapping]:
    """Send runs back to wait for their next attempt; return them."""
    parameters = _end_parameters([end for end, _ in ends])
    parameters |= {
        "outcomes": [end.ending for end, _ in ends],
        "failures": [decision.failures for _, decision in ends],
        "delays_ms": [int(decision.delay.total_seconds() * 1000) for _, decision in ends],
    }
    return (await connection.execute(TRY_AGAIN, parameters)).mappings().all()


async def supersede(connection: AsyncConnection, ends: Sequence[AttemptEnd]) -> None:
    """Record what came of attempts that no longer count."""
    parameters = _end_parameters(ends)
    del parameters["stdout_tails"], parameters["stderr_tails"]
    parameters |= {
        "outcomes": [end.ending for end in ends],
        "worker_ids": [end.worker_id for end in ends],
    }
    await connection.execute(SUPERSEDE, parameters)


async def count_finished(connection: AsyncConnection, *, replica_id: str, statuses: Iterable[str]) -> None:
    """Add outcomes to this replica's counts of the current ten seconds."""
    succeeded = failed = 0
    for status in statuses:
        succeeded += status == RunStatus.SUCCEEDED
        failed += status in (RunStatus.FAILED, RunStatus.TIMED_OUT)
    if succeeded or failed:
        await connection.execute(COUNT_FINISHED, {"replica_id": replica_id, "succeeded": succeeded, "failed": failed})


async def assigned(
    connection: AsyncConnection, worker_ids: Sequence[str], *, settled: timedelta
) -> Sequence[RowMapping]:
    """Return what the workers were given and have not ended; `is_settled` where it was `settled` ago."""
    rows = await connection.execute(ASSIGNED, {"worker_ids": list(worker_ids), "settled": settled})
    return rows.mappings().all()


def _end_parameters(ends: Sequence[AttemptEnd]) -> dict[str, list[object]]:
    columns: Mapping[str, str] = {
        "run_ids": "run_id",
        "attempts": "attempt",
        "ago": "ago_ms",
        "execution_times": "execution_time_ms",
        "exit_codes": "exit_code",
        "errors": "error",
        "stdout_tails": "stdout_tail",
        "stderr_tails": "stderr_tail",
    }
    return {name: [getattr(end, field) for end in ends] for name, field in columns.items()}
