"""New runs: one statement however many."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.metric_counts import add_counts
from backend.metric_kinds import CountKind
from backend.runs.dispatch_order import head_start
from backend.runs.limits import Hold
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from backend.tracing.origin import TraceOrigin, trace_origin
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger


class NewRun(NamedTuple):
    """A run to make; a skipped one is born final, with `error` as its reason.

    A tuple with names, because a batch makes thousands: a frozen dataclass of 20 fields takes three times as long.
    """

    task_id: int
    task_version: int
    trigger: RunTrigger
    priority: Priority
    placement: str
    status: RunStatus = RunStatus.PENDING
    hold: Hold | None = None
    ignores_limits: bool = False
    scheduled_for: datetime | None = None
    parent_run_id: int | None = None
    arguments: Sequence[str] | None = None
    environment: Mapping[str, str] | None = None
    error: str | None = None
    concurrency_group: str | None = None
    distribution: RunDistribution | None = None
    queue_timeout: timedelta | None = None
    fan_out_run_id: int | None = None
    shard_index: int | None = None
    shard_total: int | None = None
    backfill_id: int | None = None
    traceparent: str | None = None
    """The trace that it belongs to; otherwise that of who creates it."""


_NEW = """
    with new as (
        insert into runs (
            task_id, task_version, status, hold, trigger, priority, placement, ignores_limits, scheduled_for,
            parent_run_id, arguments, environment, error, queued_at, completed_at, dispatch_rank,
            concurrency_group, distribution, fan_out_run_id, shard_index, shard_total, backfill_id, traceparent,
            released_at, expires_at)
        select n.task_id, n.task_version, n.status, n.hold, n.trigger, n.priority, n.placement,
            n.ignores_limits, n.scheduled_for, n.parent_run_id, n.arguments::jsonb, n.environment::jsonb,
            n.error, now(), case when n.status = 'skipped' then now() end,
            (extract(epoch from now()) * 1000000)::bigint - n.head_start,
            n.concurrency_group, n.distribution, n.fan_out_run_id, n.shard_index, n.shard_total, n.backfill_id,
            n.traceparent,
            case when n.status = 'pending' and n.hold is null and n.concurrency_group is not null then now() end,
            case when n.status = 'pending' then now() + n.queue_timeout end
        from unnest(
            cast(:task_id as bigint[]), cast(:task_version as integer[]), cast(:status as text[]),
            cast(:hold as text[]), cast(:trigger as text[]), cast(:priority as smallint[]),
            cast(:placement as text[]), cast(:ignores_limits as boolean[]),
            cast(:scheduled_for as timestamptz[]), cast(:parent_run_id as bigint[]),
            cast(:arguments as text[]), cast(:environment as text[]), cast(:error as text[]),
            cast(:head_start as bigint[]), cast(:concurrency_group as text[]), cast(:distribution as text[]),
            cast(:fan_out_run_id as bigint[]), cast(:shard_index as integer[]), cast(:shard_total as integer[]),
            cast(:backfill_id as bigint[]), cast(:queue_timeout as interval[]), cast(:traceparent as text[])
        ) with ordinality as n (
            task_id, task_version, status, hold, trigger, priority, placement, ignores_limits, scheduled_for,
            parent_run_id, arguments, environment, error, head_start, concurrency_group,
            distribution, fan_out_run_id, shard_index, shard_total, backfill_id, queue_timeout, traceparent, position)
        where {condition}
        order by n.position
        on conflict (task_id, scheduled_for) where trigger = 'schedule' do nothing
        returning *
    )
"""

_SUMMARIES = f"select {SUMMARY_COLUMNS} from new r join tasks t on t.id = r.task_id order by r.id"  # noqa: S608


def insert_statement(with_each: str = "", *, condition: str = "true") -> TextClause:
    """Return the statement that inserts those of the runs `n` that meet a condition.

    `with_each` is a further common table expression over what was inserted, `new`. The unique index runs_occurrence
    drops an occurrence that exists already.
    """
    return text(_NEW.format(condition=condition) + with_each + _SUMMARIES)


INSERT_RUNS = insert_statement()


def _traceparent(run: NewRun, origin: TraceOrigin) -> str | None:
    if run.traceparent is not None or run.status is RunStatus.SKIPPED:
        return run.traceparent
    return origin.traceparent(task_id=run.task_id, trigger=run.trigger)


_LEVELS = {each: each.level for each in Priority}


@lru_cache(maxsize=8)
def _head_starts(aging: timedelta) -> Mapping[Priority, int]:
    """Return the head start of each priority in microseconds."""
    return {each: head_start(each, aging=aging) // timedelta(microseconds=1) for each in Priority}


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


async def insert_runs(connection: AsyncConnection, runs: Sequence[NewRun], *, aging: timedelta) -> list[RunChange]:
    """Insert runs in the order given and return them in that order.

    A scheduled occurrence that exists already is left out.
    """
    rows = await connection.execute(INSERT_RUNS, insert_values(runs, aging=aging))
    created = read_changes(RunChangeKind.CREATED, rows)
    skipped = sum(change.run.status is RunStatus.SKIPPED and not change.run.is_parent for change in created)
    if skipped:
        await add_counts(connection, {(CountKind.RUNS_ENDED, RunStatus.SKIPPED): skipped})
    return created


def insert_values(runs: Sequence[NewRun], *, aging: timedelta) -> dict[str, list[Any]]:
    """Return the parameters of `insert_statement`: a column for each field, which bears its name."""
    columns: dict[str, list[Any]] = {name: [] for name in NewRun._fields}
    # A batch of none has no columns to read.
    columns |= {name: list(values) for name, values in zip(NewRun._fields, zip(*runs, strict=True), strict=False)}
    starts = _head_starts(aging)
    origin = trace_origin.get()
    if origin is not None:
        columns["traceparent"] = [_traceparent(run, origin) for run in runs]
    return columns | {
        "priority": [_LEVELS[run.priority] for run in runs],
        "head_start": [starts[run.priority] for run in runs],
        "arguments": [_json(run.arguments) for run in runs],
        "environment": [_json(run.environment) for run in runs],
    }
