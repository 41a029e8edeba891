"""Dependencies with the window `period`: every upstream occurrence of the downstream's period must satisfy them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.faults.model import ITEM_ERRORS
from backend.runs.upstream_conditions import satisfied_sql
from backend.scheduling.model import read_schedule, schedule_rows
from backend.scheduling.occurrences import ScheduleFacts
from backend.scheduling.set_aside import UnreadableSchedule
from backend.settings import Settings
from backend.tasks.dependency_conditions import Edge, decide_period
from shared.enums import DependencyCondition
from shared.schedule.effort import effort_limit

_MICROSECOND = timedelta(microseconds=1)
MOST_EXPECTED = 10_000
"""Occurrences of an upstream that are walked for one period: one every nine seconds of a day."""

# The newest run of each occurrence in a period, from the index runs_by_occurrence.
PERIODS = text(
    f"""
    select p.run_id, p.upstream_id, o.made, o.met, o.newest, o.completed_at
    from unnest(
        cast(:run_ids as bigint[]), cast(:upstream_ids as bigint[]), cast(:conditions as text[]),
        cast(:sinces as timestamptz[]), cast(:untils as timestamptz[])
    ) as p (run_id, upstream_id, condition, since, until)
    cross join lateral (
        select count(*) as made, max(id) as newest, max(completed_at) as completed_at,
            coalesce(array_agg(scheduled_for) filter (
                where {satisfied_sql(condition="p.condition", status="status")}), '{{}}') as met
        from (
            select distinct on (scheduled_for) scheduled_for, id, status, completed_at from runs
            where task_id = p.upstream_id and scheduled_for >= p.since and scheduled_for < p.until
                and fan_out_run_id is null
            order by scheduled_for, id desc
        ) newest_of_each
    ) o
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPeriod:
    """A dependency of a blocked run: its condition must hold for each upstream occurrence from `since` to `until`."""

    run_id: int
    upstream_id: int
    condition: DependencyCondition
    since: datetime
    until: datetime


async def satisfied_periods(
    connection: AsyncConnection, asked: Sequence[AskedPeriod], *, settings: Settings
) -> tuple[Mapping[tuple[int, int], Edge], list[UnreadableSchedule]]:
    """Return the satisfied dependencies by (blocked run, upstream task), and the upstreams that cannot be evaluated.

    A dependency on one of these is not satisfied.
    """
    if not asked:
        return {}, []
    upstreams = await schedule_rows(connection, sorted({one.upstream_id for one in asked}))
    rows = await connection.execute(
        PERIODS,
        {
            "run_ids": [one.run_id for one in asked],
            "upstream_ids": [one.upstream_id for one in asked],
            "conditions": [one.condition for one in asked],
            "sinces": [one.since for one in asked],
            "untils": [one.until for one in asked],
        },
    )
    return await asyncio.to_thread(_decide, rows.all(), upstreams, asked, settings=settings)


def _decide(
    rows: Sequence[Sequence[Any]],
    upstream_rows: Sequence[Sequence[Any]],
    asked: Sequence[AskedPeriod],
    *,
    settings: Settings,
) -> tuple[dict[tuple[int, int], Edge], list[UnreadableSchedule]]:
    by_edge = {(one.run_id, one.upstream_id): one for one in asked}
    stored = {row[0]: row for row in upstream_rows}
    upstreams: dict[int, ScheduleFacts | None] = {}
    unreadable: dict[int, UnreadableSchedule] = {}
    edges = {}
    for run_id, upstream_id, made, met, newest, completed_at in rows:
        if upstream_id in unreadable:
            continue
        try:
            with effort_limit():
                if upstream_id not in upstreams:
                    upstreams[upstream_id] = _facts(stored.get(upstream_id), settings=settings)
                expected = frozenset(_expected(upstreams[upstream_id], by_edge[run_id, upstream_id]))
        except ITEM_ERRORS as error:
            unreadable[upstream_id] = UnreadableSchedule.of_row(stored[upstream_id], error)
            continue
        if decide_period(expected=expected, made=made, met=frozenset(met)):
            edges[run_id, upstream_id] = Edge(upstream_id, newest, completed_at)
    return edges, list(unreadable.values())


def _facts(row: Sequence[Any] | None, *, settings: Settings) -> ScheduleFacts | None:
    if row is None:
        return None
    task = read_schedule(row)
    return task.facts(misfire_grace=settings.misfire_grace) if task.schedule is not None else None


def _expected(upstream: ScheduleFacts | None, asked: AskedPeriod) -> Iterable[datetime]:
    """Yield the occurrences of a period that the upstream's schedule names, since it is as it is."""
    if upstream is None or upstream.timing.follows_last_run:
        return
    begin = max(asked.since, upstream.since or asked.since) - _MICROSECOND
    for at in islice(upstream.timing.iterate(begin), MOST_EXPECTED):
        if at >= asked.until:
            return
        yield at
