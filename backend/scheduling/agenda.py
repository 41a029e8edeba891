"""The agenda: what ran and what will run, counted by hour or day, and listed within one of these spans."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from backend.context import ServiceContext
from backend.faults.model import set_aside
from backend.faults.reading import read_each
from backend.runs.model import to_run
from backend.scheduling.agenda_facts import (
    SharedSchedule,
    active_schedules,
    count_ended,
    online_slots,
    runs_ended,
    task_names,
    without_run,
)
from backend.scheduling.agenda_walk import AgendaPlan, SharedTiming, Span, newest_occurrences, plan, spans_of
from shared.access import Access
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
from shared.schedule.effort import effort_limit
from shared.time_zones import time_zone

GRACE = timedelta(minutes=2)
"""An occurrence that is younger may still get its run."""
_MOST_EXPECTED = 20_000
"""Past occurrences that one answer compares with runs."""
_MOST_SECONDS = 5.0
"""Computing time of one walk over all schedules; what is left then is left out of the answer."""
_MOST_KNOWN = 8
"""Walks that are remembered: the view of a console asks for the same few windows."""
_Walked = tuple[AgendaPlan, datetime | None, list[tuple[int, datetime]]]


class AgendaReader:
    """Reads the agenda and remembers recent walks. Walks run in a thread, so that the API stays responsive."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._known: dict[object, _Walked] = {}

    async def read(
        self, *, since: datetime, until: datetime, resolution: AgendaResolution, timezone: str, access: Access
    ) -> Agenda:
        """Return a window of time in spans, of what a user may read.

        Raises `ValidationFailedError` if it is empty or too long.
        """
        if until <= since:
            raise ValidationFailedError.of("until", "must be later than since")
        step = 3600 if resolution is AgendaResolution.HOUR else 86_400
        if (until - since).total_seconds() / step > MOST_SPANS:
            raise ValidationFailedError.of("until", f"is more than {MOST_SPANS} {resolution}s after since")
        spans = spans_of(since, until, resolution=resolution, zone=time_zone(timezone))
        now = await self._context.database.now()
        async with self._context.database.transaction() as connection:
            ended = await count_ended(connection, spans, access)
            schedules, left_out = await active_schedules(connection, access)
            slots = await online_slots(connection)
        planned, missing_since, expected = await self._walk(schedules, spans, now=now)
        async with self._context.database.transaction() as connection:
            missing = await without_run(connection, expected)
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

    async def entries(self, *, since: datetime, until: datetime, limit: int, access: Access) -> AgendaEntries:
        """Return the entries of a span: runs that ended, occurrences to come, and occurrences without a run."""
        if until <= since:
            raise ValidationFailedError.of("until", "must be later than since")
        now = await self._context.database.now()
        async with self._context.database.transaction() as connection:
            runs = await runs_ended(connection, access, since=since, until=until, most=limit + 1)
            schedules, _ = await active_schedules(connection, access)
        timings = await asyncio.to_thread(self._timings, schedules)
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
        past = await asyncio.to_thread(_expected_before, timings, since, min(now - GRACE, until))
        async with self._context.database.transaction() as connection:
            missing = await without_run(connection, past[1])
        entries += [
            AgendaEntry(state=AgendaEntryState.MISSING, at=at, task_id=task_id, task_name=name)
            for task_id, at, name in missing
        ]
        begin = max(now, since)
        due = await asyncio.to_thread(_expected, timings, begin, until, most=limit + 1) if until > now else []
        async with self._context.database.transaction() as connection:
            names = await task_names(connection, sorted({task_id for task_id, _ in due}))
        entries += [
            AgendaEntry(state=AgendaEntryState.PLANNED, at=at, task_id=task_id, task_name=names[task_id])
            for task_id, at in due
            if task_id in names
        ]
        entries.sort(key=lambda entry: (entry.at, entry.task_id))
        return AgendaEntries(entries=entries[:limit], is_capped=len(entries) > limit)

    async def _walk(self, schedules: Sequence[SharedSchedule], spans: Sequence[Span], *, now: datetime) -> _Walked:
        """Return the plan, since when past occurrences are complete, and the past occurrences that should have runs.

        A walk of the same schedules within the same minute is reused: an open view asks often.
        """
        key = (
            int(now.timestamp()) // 60,
            spans[0],
            spans[-1],
            len(spans),
            repr([schedule.fingerprint() for schedule in schedules]),
        )
        if key not in self._known:
            timings = await asyncio.to_thread(self._timings, schedules)
            unread = sum(one.tasks for one in schedules) - sum(one.tasks for one in timings)
            planned = AgendaPlan([], tasks_left_out=unread)
            if spans[-1][1] > now:
                planned = await asyncio.to_thread(_plan, timings, spans, begin=now)
                planned = replace(planned, tasks_left_out=planned.tasks_left_out + unread)
            since: datetime | None = None
            expected: list[tuple[int, datetime]] = []
            end = min(spans[-1][1], now - GRACE)
            if end > spans[0][0]:
                since, expected = await asyncio.to_thread(_expected_before, timings, spans[0][0], end)
            self._known[key] = (planned, since, expected)
            while len(self._known) > _MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
        return self._known[key]

    def _timings(self, schedules: Sequence[SharedSchedule]) -> list[SharedTiming]:
        """Return the timings; tasks whose schedule cannot be evaluated are left out, as a fault."""
        timings, faults = read_each(
            schedules,
            lambda one: one.timing(),
            fault=lambda one, error: set_aside(
                "schedule",
                one.task_ids[0],
                name=one.name,
                cause=error,
                next_step="The agenda leaves the task out. Edit its schedule.",
            ),
        )
        for fault in faults:
            self._context.faults.report_from_thread(fault)
        return timings


def _plan(timings: Sequence[SharedTiming], spans: Sequence[Span], *, begin: datetime) -> AgendaPlan:
    with effort_limit(_MOST_SECONDS):
        return plan(timings, spans, begin=begin)


def _expected(
    timings: Sequence[SharedTiming], begin: datetime, end: datetime, *, most: int
) -> list[tuple[int, datetime]]:
    """Return the first occurrences of tasks in a span, given as (task, time), in order of time."""
    with effort_limit(_MOST_SECONDS):
        found = [
            (at, task_id)
            for one in timings
            for at in islice(one.known_occurrences(begin, end), most)
            for task_id in one.task_ids[:most]
        ]
    return [(task_id, at) for at, task_id in sorted(found)[:most]]


def _expected_before(
    timings: Sequence[SharedTiming], begin: datetime, end: datetime
) -> tuple[datetime, list[tuple[int, datetime]]]:
    """Return the newest occurrences of tasks before `end`, given as (task, time), and since when they are complete."""
    if end <= begin:
        return begin, []
    with effort_limit(_MOST_SECONDS):
        return _newest_before(timings, begin, end)


def _newest_before(
    timings: Sequence[SharedTiming], begin: datetime, end: datetime
) -> tuple[datetime, list[tuple[int, datetime]]]:
    found: list[tuple[int, datetime]] = []
    tasks = sum(len(one.task_ids) for one in timings)
    each = max(1, _MOST_EXPECTED // max(1, tasks))
    since = begin
    for one in timings:
        if len(found) >= _MOST_EXPECTED:
            break
        if one.timing.follows_last_run:
            continue
        start = max(begin, one.since or begin)
        known, ats = newest_occurrences(one, start, end, most=each)
        since = max(since, known if known > start else begin)
        found += [(task_id, at) for at in ats for task_id in one.task_ids]
    return since, found[:_MOST_EXPECTED]
