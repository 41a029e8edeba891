"""Record how attempts ended: the run has its outcome, is retried, or has gone on without the attempt.

The only place where the outcome of a command is written.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptEnd, Ending
from backend.database.direct_statement import DirectStatement
from backend.faults.model import NewFault, set_aside
from backend.faults.reading import read_each
from backend.faults.store import store_faults
from backend.runs.definition import RETRY_POLICY
from backend.runs.finish_statements import (
    ENDED,
    FINISH,
    LOCK_FACTS,
    POLICIES,
    RETRIED,
    RETRY,
    SUPERSEDE,
    SUPERSEDED,
    parameters_of,
)
from backend.runs.lifecycle import GIVEN_UP_NEXT_STEP, Finish, Retry, RunFacts, Superseded, decide_end
from backend.runs.model import RunChange, RunChangeKind, RunRow, read_changes
from backend.runs.retry_policy import NO_RETRIES, RetryPolicy
from shared.enums import FaultKind, OnWorkerLost, RetryBackoff, RunStatus

_FINISH = DirectStatement(FINISH)
_STATUSES = {status.value: status for status in RunStatus}


async def finish(
    connection: AsyncConnection,
    ends: Sequence[AttemptEnd],
    *,
    replica_id: str,
    max_lost_attempts: int,
) -> list[RunChange]:
    """Decide what a batch of ends means, record it, and return the runs that ended or are retried.

    `max_lost_attempts` is the setting.
    """
    facts = await _lock_facts(connection, (end.run_id for end in ends))
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
    changes = await _finish(connection, finished, replica_id=replica_id) if finished else []
    given_up = {end.run_id for end, decision in finished if decision.is_given_up}
    if given_up:
        await store_faults(connection, [_given_up(change.run) for change in changes if change.run.id in given_up])
    if retried:
        changes += await _retry(connection, retried)
    if superseded:
        await connection.execute(SUPERSEDE, parameters_of(SUPERSEDED, list(superseded.values())))
    return changes


async def _lock_facts(connection: AsyncConnection, run_ids: Iterable[int]) -> dict[int, RunFacts]:
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


async def finish_succeeded(
    connection: AsyncConnection, ends: Sequence[AttemptEnd], *, replica_id: str
) -> list[RunChange]:
    """Record successes without asking for facts first, and return the runs that ended.

    `decide_end` makes every success of a run's current attempt its outcome, and the statement knows which attempt that
    is. What is not returned changed nothing: `finish` says why.
    """
    return await _finish(connection, [(end, Finish(RunStatus.SUCCEEDED)) for end in ends], replica_id=replica_id)


async def _finish(
    connection: AsyncConnection, ends: Sequence[tuple[AttemptEnd, Finish]], *, replica_id: str
) -> list[RunChange]:
    parameters = {
        **parameters_of(ENDED, [_with_note(end, decision.note) for end, decision in ends]),
        "outcome": [decision.status for _, decision in ends],
        "replica_id": replica_id,
    }
    return read_changes(RunChangeKind.FINISHED, await _FINISH.rows(connection, parameters))


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
    parameters = parameters_of(RETRIED, [end for end, _ in ends])
    parameters |= {
        "failures": [decision.failures for _, decision in ends],
        "delay_ms": [_milliseconds(decision.delay) for _, decision in ends],
        "expires_in_ms": [
            _milliseconds(decision.expires_in) if decision.expires_in is not None else None for _, decision in ends
        ],
    }
    return read_changes(RunChangeKind.RETRYING, await connection.execute(RETRY, parameters))
