"""What ran and what will run, gathered by hour or day, and what is in one of them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from backend.domain.run_calendar import CalendarPlan, SharedTiming, newest_occurrences, plan, spans_of
from backend.services.context import ServiceContext
from backend.services.schedule_facts import stored_calendar
from backend.store import run_calendar as store
from backend.store.run_rows import run_from_row
from shared.errors import ValidationFailedError
from shared.models.run_calendar import (
    MOST_SPANS,
    CalendarEntries,
    CalendarEntry,
    CalendarEntryState,
    CalendarResolution,
    CalendarSpan,
    RunCalendar,
)
from shared.models.schedule import BlackoutWindow
from shared.models.timing import timing_of

_MOST_EXPECTED = 20_000


class RunCalendarService:
    """Schedules are walked in a thread, so that the API goes on answering."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def read(
        self, *, since: datetime, until: datetime, resolution: CalendarResolution, timezone: str
    ) -> RunCalendar:
        """Return a window of time in spans; raises `ValidationFailedError` for one that is none, or too long."""
        if until <= since:
            raise ValidationFailedError.of("until", "must be later than since")
        step = 3600 if resolution is CalendarResolution.HOUR else 86_400
        if (until - since).total_seconds() / step > MOST_SPANS:
            raise ValidationFailedError.of("until", f"is more than {MOST_SPANS} {resolution}s after since")
        spans = spans_of(since, until, resolution=resolution, zone=ZoneInfo(timezone))
        now = await self._context.database.now()
        async with self._context.database.transaction() as connection:
            ended = await store.ended(connection, spans)
            rows, left_out = await store.timings(connection)
            slots = await store.slots(connection)
        shared = [_shared(row) for row in rows]
        planned = CalendarPlan([])
        if spans[-1][1] > now:
            planned = await asyncio.to_thread(plan, shared, spans, begin=now)
        missing_since, missing = await self._missing(rows, shared, spans[0][0], min(now, spans[-1][1]), now=now)
        found = []
        for place, (begin, end) in enumerate(spans):
            counts, is_rounded = ended[place]
            due = planned.spans[place] if planned.spans else None
            found.append(
                CalendarSpan(
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
        return RunCalendar(
            timezone=timezone,
            resolution=resolution,
            now=now,
            slots=slots,
            spans=found,
            is_estimated=planned.is_estimated,
            tasks_left_out=left_out + planned.tasks_left_out,
            missing_since=missing_since,
        )

    async def entries(self, *, since: datetime, until: datetime, limit: int) -> CalendarEntries:
        """Return what is within a span: runs that ended, occurrences to come, and those without a run."""
        if until <= since:
            raise ValidationFailedError.of("until", "must be later than since")
        now = await self._context.database.now()
        async with self._context.database.transaction() as connection:
            runs = await store.runs_ended(connection, since=since, until=until, most=limit + 1)
            rows, _ = await store.timings(connection)
        shared = [_shared(row) for row in rows]
        entries = [
            CalendarEntry(
                state=CalendarEntryState.RAN,
                at=row["completed_at"],
                task_id=row["task_id"],
                task_name=row["task_name"],
                run=run_from_row(row),
            )
            for row in runs
        ]
        _, missing = await self._missing(rows, shared, since, min(now, until), now=now)
        entries += [
            CalendarEntry(state=CalendarEntryState.MISSING, at=at, task_id=task_id, task_name=name)
            for task_id, at, name in missing
        ]
        begin = max(now, since)
        due = await asyncio.to_thread(_expected, rows, shared, begin, until, most=limit + 1) if until > now else []
        async with self._context.database.transaction() as connection:
            names = await store.names(connection, sorted({task_id for task_id, _ in due}))
        entries += [
            CalendarEntry(state=CalendarEntryState.PLANNED, at=at, task_id=task_id, task_name=names[task_id])
            for task_id, at in due
            if task_id in names
        ]
        entries.sort(key=lambda entry: (entry.at, entry.task_id))
        return CalendarEntries(entries=entries[:limit], is_capped=len(entries) > limit)

    async def _missing(
        self,
        rows: Sequence[RowMapping],
        shared: Sequence[SharedTiming],
        begin: datetime,
        end: datetime,
        *,
        now: datetime,
    ) -> tuple[datetime | None, list[tuple[int, datetime, str]]]:
        """Return the occurrences without a run, and from when on all were looked at."""
        end = min(end, now - store.GRACE)
        if end <= begin:
            return None, []
        since, expected = await asyncio.to_thread(_expected_before, rows, shared, begin, end)
        async with self._context.database.transaction() as connection:
            return since, await store.missing(connection, expected)


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
