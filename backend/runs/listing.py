"""Runs as people read and stop them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.paging import fetch_page
from backend.database.schema import RUNS, TASKS
from backend.pages import PagePosition, PageRequest
from backend.runs.model import (
    SUMMARY_COLUMNS,
    SUMMARY_FIELDS,
    RunChange,
    RunChangeKind,
    read_changes,
    read_run,
    to_run,
)
from backend.workers.assignment import WorkerLoad
from shared.enums import RunStatus, RunTrigger
from shared.models.run import Attempt, Run

SORTABLE = {
    name: RUNS.c[name]
    for name in (
        "id",
        "queued_at",
        "dispatched_at",
        "started_at",
        "completed_at",
        "execution_time_ms",
        "priority",
    )
}

GET = text(
    f"""
    select {SUMMARY_COLUMNS}, r.stdout_tail, r.stderr_tail, r.output
    from runs r join tasks t on t.id = r.task_id where r.id = :id
    """  # noqa: S608
)
LOCK = text("select status from runs where id = :id for update")

CANCEL_AT_ONCE = text(
    f"""
    with cancelled as (
        update runs set status = 'cancelled', hold = null, cancel_requested_at = now(), completed_at = now(),
            error = :reason
        where id = any(cast(:ids as bigint[])) and status in ('blocked', 'pending')
        returning *
    )
    select {SUMMARY_COLUMNS} from cancelled r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

ASK_TO_CANCEL = text(
    f"""
    with locked as (
        select id from runs where id = any(cast(:ids as bigint[])) and status in ('dispatched', 'running')
        order by id for update
    ), asked as (
        update runs set cancel_requested_at = coalesce(cancel_requested_at, now()),
            error = case when cancel_requested_at is null then :reason else error end
        from locked where runs.id = locked.id and status in ('dispatched', 'running')
        returning runs.*
    )
    select {SUMMARY_COLUMNS} from asked r join tasks t on t.id = r.task_id order by r.id
    """  # noqa: S608
)

UNFINISHED_OF_TASK = text(
    """
    select id, status from runs where task_id = :task_id and status in ('dispatched', 'running')
    union all
    select id, status from runs where task_id = :task_id and status in ('blocked', 'pending')
    """
)

RETRY_SOURCE = text(
    """
    select id, task_id, task_version, status, priority, placement, scheduled_for, arguments, environment,
        fan_out_run_id, shard_index, shard_total
    from runs where id = :id for share
    """
)

ATTEMPTS = text(
    """
    select attempt, worker_id, outcome, dispatched_at, started_at, completed_at, exit_code, error,
        execution_time_ms, superseded
    from run_attempts where run_id = :id
    union all
    select attempt, worker_id, status, dispatched_at, started_at, completed_at, exit_code, error,
        execution_time_ms, false
    from runs where id = :id and attempt > 0 and worker_id is not null
        and not exists (select from run_attempts a where a.run_id = runs.id and a.attempt = runs.attempt)
    order by attempt
    """
)


INPUTS = text(
    """
    select r.task_version, r.arguments, r.environment, v.definition
    from runs r left join task_versions v on v.task_id = r.task_id and v.version = r.task_version where r.id = :id
    """
)

# Tasks first: the runs of a few tasks come from the index runs_by_task, and no run is read for its name.
NAMED = text("select id from tasks where name ilike :pattern and deleted_at is null order by id limit :most")
_MOST_NAMED = 5_000
_GREATEST_ID = 2**63 - 1


def _pattern(text_: str) -> str:
    escaped = text_.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _number(text_: str) -> int:
    """Return the run that a text may name; no run has the number -1."""
    words = text_.strip().removeprefix("#")
    is_number = words.isascii() and words.isdecimal() and int(words) <= _GREATEST_ID
    return int(words) if is_number else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs; a field that is None does not filter. `since` and `until` bound `queued_at`."""

    task_id: int | None = None
    statuses: Sequence[RunStatus] | None = None
    worker_id: str | None = None
    trigger: RunTrigger | None = None
    since: datetime | None = None
    until: datetime | None = None
    fan_out_run_id: int | None = None
    backfill_id: int | None = None
    text: str | None = None
    ended_since: datetime | None = None
    ended_until: datetime | None = None
    waiting_since: datetime | None = None
    waiting_until: datetime | None = None


def _select() -> Select[Any]:
    hidden = (
        "stdout_tail",
        "stderr_tail",
        "dispatch_rank",
        "output",
        "released_at",
        "first_dispatched_at",
        "expires_at",
        "ignores_limits",
        "failures",
        "log_pieces",
        "arguments",
        "environment",
    )
    return (
        select(*(column for column in RUNS.c if column.name not in hidden), TASKS.c.name.label("task_name"))
        .select_from(RUNS.join(TASKS, TASKS.c.id == RUNS.c.task_id))
        .where(or_(TASKS.c.deleted_at.is_(None), TASKS.c.deleted_at > func.now()))
    )


async def list_runs(
    connection: AsyncConnection, wanted: RunFilter, page: PageRequest, *, online: Sequence[WorkerLoad]
) -> tuple[list[Run], PagePosition]:
    """Return one page of runs, without the tails of their output.

    The runs of a group are there where the group or a worker is asked for; else the group's own run stands for them.
    """
    query = _select()
    if wanted.task_id is not None:
        # As a literal: a plan for any task would be made for those that have nearly all runs.
        query = query.where(RUNS.c.task_id == bindparam(None, wanted.task_id, unique=True, literal_execute=True))
    if wanted.statuses:
        query = query.where(RUNS.c.status.in_(wanted.statuses))
    if wanted.worker_id is not None:
        query = query.where(RUNS.c.worker_id == wanted.worker_id)
    if wanted.trigger is not None:
        query = query.where(RUNS.c.trigger == wanted.trigger)
    if wanted.since is not None:
        query = query.where(RUNS.c.queued_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(RUNS.c.queued_at < wanted.until)
    if wanted.fan_out_run_id is not None:
        query = query.where(RUNS.c.fan_out_run_id == wanted.fan_out_run_id)
    elif wanted.worker_id is None:
        query = query.where(RUNS.c.fan_out_run_id.is_(None))
    if wanted.text is not None:
        named = (await connection.execute(NAMED, {"pattern": _pattern(wanted.text), "most": _MOST_NAMED})).scalars()
        query = query.where(or_(RUNS.c.task_id.in_(list(named)), RUNS.c.id == _number(wanted.text)))
    if wanted.ended_since is not None:
        query = query.where(RUNS.c.completed_at >= wanted.ended_since)
    if wanted.ended_until is not None:
        query = query.where(RUNS.c.completed_at < wanted.ended_until)
    if wanted.waiting_until is not None:
        query = query.where(RUNS.c.queued_at < wanted.waiting_until)
    if wanted.waiting_since is not None:
        ended = func.coalesce(RUNS.c.started_at, RUNS.c.completed_at)
        query = query.where(or_(ended.is_(None), ended >= wanted.waiting_since))
    if wanted.backfill_id is not None:
        query = query.where(RUNS.c.backfill_id == wanted.backfill_id)
    found = await fetch_page(connection, query, row_id=RUNS.c.id, sortable=SORTABLE, default_sort="-id", page=page)
    runs = [read_run([row[name] for name in SUMMARY_FIELDS]) for row in found.rows]
    return [to_run(run, online=online) for run in runs], found


async def get_run(connection: AsyncConnection, run_id: int, *, online: Sequence[WorkerLoad]) -> Run | None:
    """Return a run with the tails of its output, or None."""
    row = (await connection.execute(GET, {"id": run_id})).one_or_none()
    if row is None:
        return None
    tails = {"stdout_tail": row.stdout_tail, "stderr_tail": row.stderr_tail, "output": row.output}
    return to_run(read_run(row), online=online).model_copy(update=tails)


async def inputs(connection: AsyncConnection, run_id: int) -> RowMapping | None:
    """Return the definition that a run goes by, and what it asked for instead; None where there is no run."""
    return (await connection.execute(INPUTS, {"id": run_id})).mappings().one_or_none()


async def lock_status(connection: AsyncConnection, run_id: int) -> RunStatus | None:
    """Return a run's status and keep it until the transaction ends, or None where there is no run."""
    status = (await connection.execute(LOCK, {"id": run_id})).scalar_one_or_none()
    return RunStatus(status) if status else None


async def cancel_at_once(connection: AsyncConnection, run_ids: Sequence[int], *, reason: str) -> list[RunChange]:
    """End runs that no worker holds; return those that were ended."""
    rows = await connection.execute(CANCEL_AT_ONCE, {"ids": list(run_ids), "reason": reason})
    return read_changes(RunChangeKind.FINISHED, rows)


async def ask_to_cancel(connection: AsyncConnection, run_ids: Sequence[int], *, reason: str) -> list[RunChange]:
    """Record the wish to end runs that a worker holds, and why; return those that it holds."""
    rows = await connection.execute(ASK_TO_CANCEL, {"ids": list(run_ids), "reason": reason})
    return read_changes(RunChangeKind.CANCEL_REQUESTED, rows)


async def unfinished_of_task(connection: AsyncConnection, task_id: int) -> list[int]:
    """Return the ids of a task's runs that have no outcome."""
    return [row.id for row in await connection.execute(UNFINISHED_OF_TASK, {"task_id": task_id})]


async def retry_source(connection: AsyncConnection, run_id: int) -> RowMapping | None:
    """Return what a new run needs to repeat this one, or None."""
    return (await connection.execute(RETRY_SOURCE, {"id": run_id})).mappings().one_or_none()


async def attempts(connection: AsyncConnection, run_id: int) -> list[Attempt]:
    """Return every attempt of a run, oldest first."""
    return [
        Attempt.model_validate(dict(row)) for row in (await connection.execute(ATTEMPTS, {"id": run_id})).mappings()
    ]
