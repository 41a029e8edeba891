"""New runs: one statement however many."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.dispatch_order import head_start
from backend.runs.limits import Hold
from backend.runs.model import SUMMARY_COLUMNS, RunChange, RunChangeKind, read_changes
from shared.enums import Priority, RunDistribution, RunStatus, RunTrigger


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run to make; a skipped one is born final, with `error` as its reason."""

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


_NEW = """
    with new as (
        insert into runs (
            task_id, task_version, status, hold, trigger, priority, placement, ignores_limits, scheduled_for,
            parent_run_id, arguments, environment, error, queued_at, completed_at, dispatch_rank,
            concurrency_group, distribution, fan_out_run_id, shard_index, shard_total, backfill_id,
            released_at, expires_at)
        select n.task_id, n.task_version, n.status, n.hold, n.trigger, n.priority, n.placement,
            n.ignores_limits, n.scheduled_for, n.parent_run_id, n.arguments::jsonb, n.environment::jsonb,
            n.error, now(), case when n.status = 'skipped' then now() end,
            (extract(epoch from now()) * 1000000)::bigint - n.head_start,
            n.concurrency_group, n.distribution, n.fan_out_run_id, n.shard_index, n.shard_total, n.backfill_id,
            case when n.status = 'pending' and n.hold is null and n.concurrency_group is not null then now() end,
            case when n.status = 'pending' then now() + n.queue_timeout end
        from unnest(
            cast(:task_ids as bigint[]), cast(:task_versions as integer[]), cast(:statuses as text[]),
            cast(:holds as text[]), cast(:triggers as text[]), cast(:priorities as smallint[]),
            cast(:placements as text[]), cast(:ignores_limits as boolean[]),
            cast(:scheduled_for as timestamptz[]), cast(:parent_run_ids as bigint[]),
            cast(:arguments as text[]), cast(:environments as text[]), cast(:errors as text[]),
            cast(:head_starts as bigint[]), cast(:concurrency_groups as text[]), cast(:distributions as text[]),
            cast(:fan_out_run_ids as bigint[]), cast(:shard_indexes as integer[]), cast(:shard_totals as integer[]),
            cast(:backfill_ids as bigint[]), cast(:queue_timeouts as interval[])
        ) with ordinality as n (
            task_id, task_version, status, hold, trigger, priority, placement, ignores_limits, scheduled_for,
            parent_run_id, arguments, environment, error, head_start, concurrency_group,
            distribution, fan_out_run_id, shard_index, shard_total, backfill_id, queue_timeout, position)
        order by n.position
        on conflict (task_id, scheduled_for) where trigger = 'schedule' do nothing
        returning *
    )
"""

_SUMMARIES = f"select {SUMMARY_COLUMNS} from new r join tasks t on t.id = r.task_id order by r.id"  # noqa: S608


def insert_statement(with_each: str = "") -> TextClause:
    """Return the statement that inserts runs; `with_each` is a further common table expression over `new`.

    The unique index runs_occurrence drops an occurrence that exists already.
    """
    return text(_NEW + with_each + _SUMMARIES)


INSERT_RUNS = insert_statement()


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


async def insert_runs(connection: AsyncConnection, runs: Sequence[NewRun], *, aging: timedelta) -> list[RunChange]:
    """Insert runs in the order given and return them in that order.

    A scheduled occurrence that exists already is left out.
    """
    rows = await connection.execute(INSERT_RUNS, insert_values(runs, aging=aging))
    return read_changes(RunChangeKind.CREATED, rows)


def insert_values(runs: Sequence[NewRun], *, aging: timedelta) -> dict[str, list[Any]]:
    """Return the parameters of `insert_statement`."""
    return {
        "task_ids": [run.task_id for run in runs],
        "task_versions": [run.task_version for run in runs],
        "statuses": [run.status for run in runs],
        "holds": [run.hold for run in runs],
        "triggers": [run.trigger for run in runs],
        "priorities": [run.priority.level for run in runs],
        "placements": [run.placement for run in runs],
        "ignores_limits": [run.ignores_limits for run in runs],
        "scheduled_for": [run.scheduled_for for run in runs],
        "parent_run_ids": [run.parent_run_id for run in runs],
        "arguments": [_json(run.arguments) for run in runs],
        "environments": [_json(run.environment) for run in runs],
        "errors": [run.error for run in runs],
        "concurrency_groups": [run.concurrency_group for run in runs],
        "distributions": [run.distribution for run in runs],
        "fan_out_run_ids": [run.fan_out_run_id for run in runs],
        "shard_indexes": [run.shard_index for run in runs],
        "shard_totals": [run.shard_total for run in runs],
        "backfill_ids": [run.backfill_id for run in runs],
        "queue_timeouts": [run.queue_timeout for run in runs],
        "head_starts": [int(head_start(run.priority, aging=aging) / timedelta(microseconds=1)) for run in runs],
    }
