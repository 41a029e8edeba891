"""What ran and what will run, gathered by hour or day, and what is in one of them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import RowMapping

from backend.context import ServiceContext
from backend.runs.model import to_run
from backend.scheduling import agenda_rows as store
from backend.scheduling.agenda_walk import CalendarPlan, SharedTiming, Span, newest_occurrences, plan, spans_of
from backend.scheduling.facts import stored_calendar
from shared.errors import ValidationFailedError
from shared.models.agenda import (
    MOST_SPANS,
    Agenda,
    AgendaEntries,
    AgendaEntry,
    AgendaEntryState,
    AgendaResolution,
    AgendaSpan,
)
from shared.models.schedule import BlackoutWindow
from shared.models.timing import timing_of
from shared.time_zones import time_zone

_MOST_EXPECTED = 20_000
_MOST_KNOWN = 8
_Walked = tuple[CalendarPlan, datetime | None, list[tuple[int, datetime]]]


class AgendaService:
    """Schedules are walked in a thread, so that the API goes on answering."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._known: dict[object, _Walked] = {}

    async def read(self, *, since: datetime, until: datetime, resolution: AgendaResolution, timezone: str) -> Agenda:
        """Return a window of time in spans; raises `ValidationFailedError` for one that is none, or too long."""
        if until <= since:
            raise ValidationFailedError.of("until", "must be later than since")
        step = 3600 if resolution is AgendaResolution.HOUR else 86_400
        if (until - since).total_seconds() / step > MOST_SPANS:
            raise ValidationFailedError.of("until", f"is more than {MOST_SPANS} {resolution}s after since")
        spans = spans_of(since, until, resolution=resolution, zone=time_zone(timezone))
        now = await self._context.database.now()
        async with self._context.database.transaction() as connection:
            ended = await store.ended(connection, spans)
            rows, left_out = await store.timings(connection)
            slots = await store.slots(connection)
        planned, missing_since, expected = await self._walk(rows, spans, now=now)
        async with self._context.database.transaction() as connection:
            missing = await store.missing(connection, expected)
        found = []
        for place, (begin, end) in enumerate(spans):
            counts, is_rounded = ended[place]
            due = planned.spans[place] if planned.spans else None
            found.append(
                AgendaSpan(
                    since=begin,
                    until=end,
                    counts=counts,
                    is_rounded=is_rounded,
                    planned=due.count if due else 0,
                    peak=due.peak if due else 0,
                    peak_at=due.peak_at if due else None,
                    missing=sum(begin <= at < end for _, at, _ in missing),
                )
            )
        return Agenda(
            timezone=timezone,
            resolution=resolution,
            now=now,
            slots=slots,
            spans=found,
            is_estimated=planned.is_estimated,
            tasks_left_out=left_out + planned.tasks_left_out,
            missing_since=missing_since,
        )

    async def entries(self, *, since: datetime, until: datetime, limit: int) -> AgendaEntries:
        """Return what is within a span: runs that ended, occurrences to come, and those without a run."""
        if until <= since:
            raise ValidationFailedError.of("until", "must be later than since")
        now = await self._context.database.now()
        async with self._context.database.transaction() as connection:
            runs = await store.runs_ended(connection, since=since, until=until, most=limit + 1)
            rows, _ = await store.timings(connection)
        shared = [_shared(row) for row in rows]
        entries = [
            AgendaEntry(
                state=AgendaEntryState.RAN,
                at=run.completed_at,
                task_id=run.task_id,
                task_name=run.task_name,
                run=to_run(run),
            )
            for run in runs
            if run.completed_at is not None
        ]
        past = await asyncio.to_thread(_expected_before, rows, shared, since, min(now - store.GRACE, until))
        async with self._context.database.transaction() as connection:
            missing = await store.missing(connection, past[1])
        entries += [
            AgendaEntry(state=AgendaEntryState.MISSING, at=at, task_id=task_id, task_name=name)
            for task_id, at, name in missing
        ]
        begin = max(now, since)
        due = await asyncio.to_thread(_expected, rows, shared, begin, until, most=limit + 1) if until > now else []
        async with self._context.database.transaction() as connection:
            names = await store.names(connection, sorted({task_id for task_id, _ in due}))
        entries += [
            AgendaEntry(state=AgendaEntryState.PLANNED, at=at, task_id=task_id, task_name=names[task_id])
            for task_id, at in due
            if task_id in names
        ]
        entries.sort(key=lambda entry: (entry.at, entry.task_id))
        return AgendaEntries(entries=entries[:limit], is_capped=len(entries) > limit)

    async def _walk(self, rows: Sequence[RowMapping], spans: Sequence[Span], *, now: datetime) -> _Walked:
        """Return the plan, and the past occurrences of which there should be runs, with from when on.

        What was walked within the same minute for the same schedules is taken again: a calendar that is looked at
        asks often.
        """
        key = (int(now.timestamp()) // 60, spans[0], spans[-1], len(spans), _fingerprint(rows))
        if key not in self._known:
            shared = [_shared(row) for row in rows]
            planned = CalendarPlan([])
            if spans[-1][1] > now:
                planned = await asyncio.to_thread(plan, shared, spans, begin=now)
            since: datetime | None = None
            expected: list[tuple[int, datetime]] = []
            end = min(spans[-1][1], now - store.GRACE)
            if end > spans[0][0]:
                since, expected = await asyncio.to_thread(_expected_before, rows, shared, spans[0][0], end)
            self._known[key] = (planned, since, expected)
            while len(self._known) > _MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
        return self._known[key]


def _fingerprint(rows: Sequence[RowMapping]) -> str:
    """Return what decides about the walk; the next time counts only where it follows the last run."""
    return repr(
        [
            [value for name, value in row.items() if name != "due" or row["schedule"].startswith("after ")]
            for row in rows
        ]
    )


def _shared(row: RowMapping) -> SharedTiming:
    timing = timing_of(
        name=row["name"],
        schedule=row["schedule"],
        timezone=row["timezone"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        calendar=stored_calendar(row["calendar_dates"], row["calendar_weekdays"]),
        calendar_policy=row["calendar_policy"],
        blackouts=[BlackoutWindow.model_validate(window) for window in row["blackouts"]],
    )
    return SharedTiming(timing=timing, tasks=row["tasks"], due=row["due"])


def _expected(
    rows: Sequence[RowMapping], shared: Sequence[SharedTiming], begin: datetime, end: datetime, *, most: int
) -> list[tuple[int, datetime]]:
    """Return the first occurrences of tasks in a span, given as (task, at), in order of time."""
    found = [
        (at, task_id)
        for row, one in zip(rows, shared, strict=True)
        for at in islice(one.occurrences(begin, end), most)
        for task_id in row["task_ids"][:most]
    ]
    return [(task_id, at) for at, task_id in sorted(found)[:most]]


def _expected_before(
    rows: Sequence[RowMapping], shared: Sequence[SharedTiming], begin: datetime, end: datetime
) -> tuple[datetime, list[tuple[int, datetime]]]:
    """Return the newest occurrences of tasks before `end`, given as (task, at), and from when on all are there."""
    if end <= begin:
        return begin, []
    found: list[tuple[int, datetime]] = []
    tasks = sum(len(row["task_ids"]) for row in rows)
    each = max(1, _MOST_EXPECTED // max(1, tasks))
    since = begin
    for row, one in zip(rows, shared, strict=True):
        if len(found) >= _MOST_EXPECTED:
            break
        if one.timing.follows_last_run:
            continue
        start = max(begin, row["since"] or begin)
        known, ats = newest_occurrences(one, start, end, most=each)
        since = max(since, known if known > start else begin)
        found += [(task_id, at) for at in ats for task_id in row["task_ids"]]
    return since, found[:_MOST_EXPECTED]
