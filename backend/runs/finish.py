"""Record how attempts ended: the run has its outcome, is retried, or has gone on without the attempt.

The only place where the outcome of a command is written.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptEnd, Ending
from backend.faults.model import NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.runs.definition import RETRY_POLICY, json_values
from backend.runs.lifecycle import GIVEN_UP_NEXT_STEP, Finish, Retry, RunFacts, Superseded, decide_end
from backend.runs.lock import in_id_order
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, RunRow, read_changes
from backend.runs.outcomes import EXAMINE
from backend.runs.retry_policy import NO_RETRIES, RetryPolicy
from shared.enums import FaultKind, OnWorkerLost, RetryBackoff, RunStatus

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
    "error": """case when e.status = 'cancelled' and runs.cancel_requested_at is not null
                then runs.error else e.error end""",
    "output": "e.output::jsonb",
}
_ASSIGNMENTS = ", ".join(f"{name} = {_SPECIAL.get(name, f'e.{name}')}" for name in RESULT_COLUMNS)

_END_COLUMNS = {"run_id": "bigint", "attempt": "integer", "worker_id": "text", "ago_ms": "bigint", "ending": "text"}


def _ends(columns: Mapping[str, str]) -> str:
    """Return the `from` item `e` with one row for each end of a batch."""
    arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) as e ({', '.join(columns)})"


_FINISH_COLUMNS = _END_COLUMNS | RESULT_COLUMNS | {"status": "text"}
_KEPT_COLUMNS = _END_COLUMNS | {name: RESULT_COLUMNS[name] for name in _KEPT_ON_RETRY}
_RETRY_COLUMNS = _KEPT_COLUMNS | {"failures": "integer", "delay_ms": "bigint", "expires_in_ms": "bigint"}
_SUPERSEDED_COLUMNS = _END_COLUMNS | {"error": "text", "exit_code": "integer", "execution_time_ms": "bigint"}

# The caller holds the locks of all runs of its batch, so the order of the update does not matter. By the primary key.
FINISH = text(
    f"""
    with finished as (
        update runs set status = e.status, hold = null, {_ASSIGNMENTS},
            failures = runs.failures + case when e.status in ('failed', 'timed_out') then 1 else 0 end,
            completed_at = greatest(runs.dispatched_at, runs.started_at, now() - e.ago_ms * interval '1 millisecond'),
            started_at = coalesce(runs.started_at, case when e.execution_time_ms is not null then greatest(
                runs.dispatched_at,
                now() - (e.ago_ms + e.execution_time_ms) * interval '1 millisecond') end)
        from {_ends(_FINISH_COLUMNS)}
        where runs.id = e.run_id and runs.attempt = e.attempt and runs.status in ('dispatched', 'running')
        returning runs.*
    ) {EXAMINE.format(outcomes="finished")}
    select {SUMMARY_COLUMNS} from finished r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# The attempt moves to run_attempts. Its number stays on the run until the next attempt is claimed.
RETRY = text(
    f"""
    with ends as materialized (select * from {_ends(_RETRY_COLUMNS)}
    ), kept as (
        insert into run_attempts (run_id, attempt, worker_id, outcome, dispatched_at, started_at,
            completed_at, exit_code, error, execution_time_ms)
        select r.id, r.attempt, r.worker_id, e.ending, r.dispatched_at,
            coalesce(r.started_at, case when e.execution_time_ms is not null then greatest(r.dispatched_at,
                now() - (e.ago_ms + e.execution_time_ms) * interval '1 millisecond') end),
            greatest(r.dispatched_at, r.started_at, now() - e.ago_ms * interval '1 millisecond'),
            e.exit_code, e.error, e.execution_time_ms
        from ends e join runs r on r.id = e.run_id and r.attempt = e.attempt
        where r.status in ('dispatched', 'running')
        on conflict (run_id, attempt) do nothing
    ), waiting as (
        update runs set status = 'pending', worker_id = null, dispatched_at = null, started_at = null,
            failures = e.failures, exit_code = e.exit_code, error = e.error,
            stdout_tail = e.stdout_tail, stderr_tail = e.stderr_tail,
            hold = case when e.delay_ms > 0 then 'delay' end,
            not_before = case when e.delay_ms > 0 then now() + e.delay_ms * interval '1 millisecond' end,
            expires_at = now() + e.expires_in_ms * interval '1 millisecond'
        from ends e
        where runs.id = e.run_id and runs.attempt = e.attempt and runs.status in ('dispatched', 'running')
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from waiting r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

# An attempt that counts as lost gets its worker's late report. A report that counted and comes again, one of another
# worker, and one whose run was purged are dropped. By the primary key.
SUPERSEDE = text(
    f"""
    update run_attempts a set superseded = true, outcome = e.ending,
        completed_at = greatest(a.started_at, now() - e.ago_ms * interval '1 millisecond'),
        exit_code = e.exit_code, error = e.error, execution_time_ms = e.execution_time_ms
    from {_ends(_SUPERSEDED_COLUMNS)}
    where a.run_id = e.run_id and a.attempt = e.attempt and a.worker_id = e.worker_id and a.outcome = 'lost'
    """  # noqa: S608
)

# What decides about an end. By the primary key.
LOCK_FACTS = text(
    in_id_order(
        "id = any(cast(:run_ids as bigint[]))",
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

# Counts of ten seconds for each replica, so that replicas do not wait for one another's row.
COUNT_FINISHED = text(
    """
    insert into finished_counts (at, replica_id, succeeded, failed)
    values (to_timestamp(floor(extract(epoch from now()) / 10) * 10), :replica_id, :succeeded, :failed)
    on conflict (at, replica_id) do update set
        succeeded = finished_counts.succeeded + excluded.succeeded,
        failed = finished_counts.failed + excluded.failed
    """
)

_STATUSES = {status.value: status for status in RunStatus}


async def finish(
    connection: AsyncConnection,
    ends: Sequence[AttemptEnd],
    *,
    replica_id: str,
    max_lost_attempts: int,
    facts: Mapping[int, RunFacts] | None = None,
) -> list[RunChange]:
    """Decide what a batch of ends means, record it, and return the runs that ended or are retried.

    `max_lost_attempts` is the setting; `facts` are those of the runs, where the caller has locked them.
    """
    if facts is None:
        facts = await lock_facts(connection, (end.run_id for end in ends))
    policies = await _policies(
        connection, [end.run_id for end in ends if end.result.ending is not Ending.SUCCEEDED and end.run_id in facts]
    )
    finished: list[tuple[AttemptEnd, Finish]] = []
    retried: list[tuple[AttemptEnd, Retry]] = []
    superseded: dict[tuple[int, int, str | None], AttemptEnd] = {}
    decided: set[int] = set()
    for end in ends:
        run = facts.get(end.run_id)
        if run is None:
            continue
        decision = (
            Superseded()
            if end.run_id in decided
            else decide_end(
                run,
                end,
                policy=policies.get(end.run_id, NO_RETRIES),
                chance=random.random(),  # noqa: S311 - spreads retries, protects nothing
                max_lost_attempts=max_lost_attempts,
            )
        )
        match decision:
            case Superseded():
                superseded[end.run_id, end.attempt, end.worker_id] = end
                continue
            case Finish():
                finished.append((end, decision))
            case Retry():
                retried.append((end, decision))
        decided.add(end.run_id)
    changes = await _finish(connection, finished) if finished else []
    given_up = {end.run_id for end, decision in finished if decision.is_given_up}
    if given_up:
        await store_faults(connection, [_given_up(change.run) for change in changes if change.run.id in given_up])
    if retried:
        changes += await _retry(connection, retried)
    if superseded:
        await connection.execute(SUPERSEDE, _parameters(_SUPERSEDED_COLUMNS, list(superseded.values())))
    await _count(connection, [decision.status for _, decision in finished], replica_id=replica_id)
    return changes


async def lock_facts(connection: AsyncConnection, run_ids: Iterable[int]) -> dict[int, RunFacts]:
    """Lock runs in the order of their ids and return what decides about them."""
    rows = await connection.execute(LOCK_FACTS, {"run_ids": sorted(set(run_ids))})
    return {
        run_id: RunFacts(
            status=_STATUSES[status],
            attempt=attempt,
            failures=failures,
            cancel_requested=cancel_requested,
            worker_id=worker_id,
            tried_for=tried_for,
            has_begun=has_begun,
            begun_and_lost=begun_and_lost,
        )
        for (
            run_id,
            status,
            attempt,
            worker_id,
            failures,
            cancel_requested,
            tried_for,
            has_begun,
            begun_and_lost,
        ) in rows
    }


async def _policies(connection: AsyncConnection, run_ids: Sequence[int]) -> dict[int, RetryPolicy]:
    if not run_ids:
        return {}
    rows = await connection.execute(POLICIES, {"run_ids": list(run_ids)})
    found, faults = read_each(
        rows,
        lambda row: (row[0], _policy(dict(zip(RETRY_POLICY, row[1:], strict=True)))),
        fault=lambda row, error: set_aside(
            "retry policy",
            row[0],
            name=f"of run {row[0]}",
            cause=error,
            next_step="The run is not retried. Save its task again, and retry the run by hand.",
        ),
    )
    await store_faults(connection, faults)
    return dict(found)


def _policy(task: Mapping[str, Any]) -> RetryPolicy:
    exit_codes, http_statuses = task["retry_exit_codes"], task["retry_http_statuses"]
    return RetryPolicy(
        count=task["retry_count"],
        delay=timedelta(seconds=task["retry_delay_seconds"]),
        max_delay=timedelta(seconds=task["retry_max_delay_seconds"]),
        backoff=RetryBackoff(task["retry_backoff"]),
        on_worker_lost=OnWorkerLost(task["on_worker_lost"]),
        exit_codes=frozenset(exit_codes) if exit_codes is not None else None,
        http_statuses=frozenset(http_statuses) if http_statuses is not None else None,
        on_timeout=task["retry_on_timeout"] is not False,
        total_time=_seconds(task["retry_timeout_seconds"]),
        queue_timeout=_seconds(task["queue_timeout_seconds"]),
    )


def _seconds(value: int | None) -> timedelta | None:
    return timedelta(seconds=value) if value is not None else None


def _milliseconds(value: timedelta) -> int:
    return int(value.total_seconds() * 1000)


async def _finish(connection: AsyncConnection, ends: Sequence[tuple[AttemptEnd, Finish]]) -> list[RunChange]:
    parameters = _parameters(_END_COLUMNS | RESULT_COLUMNS, [_with_note(end, decision.note) for end, decision in ends])
    parameters["status"] = [decision.status for _, decision in ends]
    return read_changes(RunChangeKind.FINISHED, await connection.execute(FINISH, parameters))


def _with_note(end: AttemptEnd, note: str | None) -> AttemptEnd:
    if note is None:
        return end
    return replace(end, result=end.result.with_reason(note))


def _given_up(run: RunRow) -> NewFault:
    return NewFault(
        kind=FaultKind.GIVEN_UP,
        object_type="task",
        object_id=str(run.task_id),
        object_name=run.task_name,
        cause=f"run {run.id} failed: {run.error}",
        next_step=f"{GIVEN_UP_NEXT_STEP}.",
    )


async def _retry(connection: AsyncConnection, ends: Sequence[tuple[AttemptEnd, Retry]]) -> list[RunChange]:
    parameters = _parameters(_KEPT_COLUMNS, [end for end, _ in ends])
    parameters |= {
        "failures": [decision.failures for _, decision in ends],
        "delay_ms": [_milliseconds(decision.delay) for _, decision in ends],
        "expires_in_ms": [
            _milliseconds(decision.expires_in) if decision.expires_in is not None else None for _, decision in ends
        ],
    }
    return read_changes(RunChangeKind.RETRYING, await connection.execute(RETRY, parameters))


async def _count(connection: AsyncConnection, statuses: Iterable[RunStatus], *, replica_id: str) -> None:
    succeeded = failed = 0
    for status in statuses:
        succeeded += status is RunStatus.SUCCEEDED
        failed += status in (RunStatus.FAILED, RunStatus.TIMED_OUT)
    if succeeded or failed:
        await connection.execute(COUNT_FINISHED, {"replica_id": replica_id, "succeeded": succeeded, "failed": failed})


def _parameters(columns: Iterable[str], ends: Sequence[AttemptEnd]) -> dict[str, list[object]]:
    """Return one array for each column: a field of the end itself, or of its result."""
    own = ("run_id", "attempt", "worker_id", "ago_ms")
    return {
        name: [getattr(end, name) for end in ends] if name in own else [getattr(end.result, name) for end in ends]
        for name in columns
    }
