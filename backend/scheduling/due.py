"""Turns due occurrences into runs."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import SYSTEM
from backend.faults.model import ITEM_ERRORS, NewFault
from backend.faults.store import store_faults
from backend.runs.cancel import cancel_runs_of_tasks
from backend.runs.create import NewRun, insert_runs
from backend.runs.limits import Hold, OccurrenceFate, decide_overlap
from backend.runs.model import RunChange
from backend.runs.template import TEMPLATE_COLUMNS, RunTemplate, read_template
from backend.scheduling.model import (
    SCHEDULE_COLUMNS,
    SCHEDULE_WIDTH,
    NextOccurrence,
    ScheduledTask,
    read_schedule,
    set_next,
)
from backend.scheduling.occurrences import MOST_MADE_UP, DueDecision, decide_due
from backend.scheduling.set_aside import UnreadableSchedule, pause_unreadable
from backend.settings import Settings
from shared.enums import FaultKind, MisfirePolicy, OverlapPolicy, RunStatus, RunTrigger
from shared.schedule.effort import effort_limit

_MOST_SECONDS = 1.0
"""Schedules are evaluated within a transaction for so long: a leader's connection that is idle for longer than six
seconds is ended."""
SWEEP = timedelta(seconds=10)
"""How often due occurrences are looked for without a wake, should one be lost or the database's clock be set."""
_SKIPPED = "Skipped: the previous run of the task had not ended when this occurrence was due."
_ONE_WAITS = "Skipped: another occurrence of the task was already waiting when this one was due."
_REPLACED = "Replaced by the next occurrence."

log = structlog.get_logger()

# From the index tasks_due.
NEXT_DUE = text("select next_run_at - now() from tasks where next_run_at is not null order by next_run_at limit 1")

# From the index tasks_due; a paused or deleted task has no next_run_at.
DUE_TASKS = text(
    f"""
    select {SCHEDULE_COLUMNS}, {TEMPLATE_COLUMNS}, t.overlap_policy,
        exists (select from runs where task_id = t.id and status in ('dispatched', 'running')
                and fan_out_run_id is null)
        or exists (select from runs where task_id = t.id and status in ('blocked', 'pending')
                   and fan_out_run_id is null
                   and hold is distinct from 'backfill')
            as is_busy,
        exists (select from runs where task_id = t.id and status in ('blocked', 'pending')
                and trigger = 'schedule' and fan_out_run_id is null) as has_waiting_occurrence,
        exists (select from task_dependencies d where d.task_id = t.id) as has_dependencies
    from tasks t left join calendars c on c.name = t.calendar
    where t.next_run_at <= now() order by t.next_run_at limit :most
    for update of t skip locked
    """  # noqa: S608
)

# Only tasks with late_after_seconds want to be alerted about missed occurrences.
SET_MISSED = text(
    """
    update tasks set missed_at = m.at
    from unnest(cast(:task_ids as bigint[]), cast(:ats as timestamptz[])) as m (task_id, at)
    where tasks.id = m.task_id and tasks.late_after_seconds is not null
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTask:
    """A task that is due, and what decides about the overlap of its occurrences.

    `is_busy`: a run of it has not ended, backfills apart.
    """

    task: ScheduledTask
    template: RunTemplate
    overlap_policy: OverlapPolicy
    is_busy: bool
    has_waiting_occurrence: bool
    has_dependencies: bool


@dataclass(frozen=True, slots=True)
class MissedOccurrences:
    """Occurrences of a task that were missed.

    `latest` is set if no run makes up for them, `is_capped` if runs make up for the oldest only although all are
    wanted.
    """

    task_id: int
    task_name: str
    detail: dict[str, Any]
    latest: datetime | None
    is_capped: bool


@dataclass(frozen=True, slots=True)
class Fired:
    """The result of a batch: how many tasks were due, and the runs that were created or cancelled."""

    tasks: int
    changes: Sequence[RunChange]


@dataclass(slots=True)
class _Plan:
    runs: list[NewRun] = field(default_factory=list)
    times: list[NextOccurrence] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    missed: list[MissedOccurrences] = field(default_factory=list)


def needs_wake(due: datetime | None, *, now: datetime) -> bool:
    """Return whether a new due time lies so near that what looks for due occurrences might miss it without a wake.

    Thousands of tasks can be created in a second, and each wake reads what is due.
    """
    return due is not None and due - now < 2 * SWEEP


async def next_due(connection: AsyncConnection) -> timedelta | None:
    """Return how long until the next occurrence is due, or None if there is none; negative if it is late."""
    delay: timedelta | None = (await connection.execute(NEXT_DUE)).scalar_one_or_none()
    return delay


async def fire_due(connection: AsyncConnection, *, settings: Settings, most: int) -> Fired:
    """Create the runs of up to `most` due tasks, and set when these are due next.

    A task whose stored schedule cannot be evaluated is paused, and the others fire.
    """
    rows = (await connection.execute(DUE_TASKS, {"most": most})).all()
    if not rows:
        return Fired(0, [])
    decided, unreadable = await asyncio.to_thread(_decide, rows, settings=settings)
    plan = _Plan()
    for due, decision in decided:
        _add(plan, due, decision)
    await pause_unreadable(connection, unreadable)
    changes = await cancel_runs_of_tasks(connection, plan.replaced, reason=_REPLACED) if plan.replaced else []
    if plan.runs:
        changes += await insert_runs(connection, plan.runs, aging=settings.priority_aging)
    await set_next(connection, plan.times)
    if plan.missed:
        await _record_missed(connection, plan.missed)
    return Fired(len(decided) + len(unreadable), changes)


def _decide(
    rows: Sequence[Sequence[Any]], *, settings: Settings
) -> tuple[list[tuple[DueTask, DueDecision]], list[UnreadableSchedule]]:
    """Decide in order, for at most a second: the rest stays due, and the transaction with its locks ends."""
    decided: list[tuple[DueTask, DueDecision]] = []
    unreadable: list[UnreadableSchedule] = []
    end = time.monotonic() + _MOST_SECONDS
    for row in rows:
        try:
            due = _due_task(row)
            with effort_limit():
                decided.append(
                    (due, decide_due(due.task.facts(misfire_grace=settings.misfire_grace), now=due.task.now))
                )
        except ITEM_ERRORS as error:
            unreadable.append(UnreadableSchedule.of_row(row, error))
        if time.monotonic() >= end:
            break
    return decided, unreadable


def _due_task(row: Sequence[Any]) -> DueTask:
    overlap_policy, is_busy, has_waiting_occurrence, has_dependencies = row[-4:]
    return DueTask(
        task=read_schedule(row),
        template=read_template(row[SCHEDULE_WIDTH:]),
        overlap_policy=OverlapPolicy(overlap_policy),
        is_busy=is_busy,
        has_waiting_occurrence=has_waiting_occurrence,
        has_dependencies=has_dependencies,
    )


def _add(plan: _Plan, due: DueTask, decision: DueDecision) -> None:
    """Add what a due task needs to the plan of its batch."""
    task = due.task
    plan.times.append(NextOccurrence(task.id, decision.next_occurrence, decision.next_due))
    if decision.missed:
        detail = {
            "missed": decision.missed,
            "created_runs": decision.made_up_for,
            "policy": task.misfire_policy,
            "more_were_left_out": decision.capped,
        }
        is_capped = decision.capped and task.misfire_policy is MisfirePolicy.FIRE_ALL
        plan.missed.append(MissedOccurrences(task.id, task.name, detail, decision.left_out, is_capped))
    is_busy, has_waiting = due.is_busy, due.has_waiting_occurrence
    for position, occurrence in enumerate(decision.occurrences):
        fate = decide_overlap(
            due.overlap_policy,
            is_busy=is_busy,
            has_waiting_occurrence=has_waiting,
            is_made_up_for=task.misfire_policy is MisfirePolicy.FIRE_ALL and position < decision.made_up_for,
        )
        if fate is OccurrenceFate.REPLACE and task.id not in plan.replaced:
            plan.replaced.append(task.id)
        plan.runs.append(_occurrence(due, occurrence, fate))
        if fate is not OccurrenceFate.SKIP:
            is_busy = True
            has_waiting = True


def _occurrence(due: DueTask, scheduled_for: datetime, fate: OccurrenceFate) -> NewRun:
    if fate is OccurrenceFate.SKIP:
        return due.template.run(
            RunTrigger.SCHEDULE,
            status=RunStatus.SKIPPED,
            scheduled_for=scheduled_for,
            error=_ONE_WAITS if due.overlap_policy is OverlapPolicy.QUEUE else _SKIPPED,
        )
    waits = fate in (OccurrenceFate.WAIT, OccurrenceFate.REPLACE)
    return due.template.run(
        RunTrigger.SCHEDULE,
        status=RunStatus.BLOCKED if due.has_dependencies else RunStatus.PENDING,
        hold=Hold.OVERLAP if waits else None,
        scheduled_for=scheduled_for,
    )


async def _record_missed(connection: AsyncConnection, missed: Sequence[MissedOccurrences]) -> None:
    """Log missed occurrences, write them to the audit log, and store the latest that no run makes up for."""
    for one in missed:
        log.warning("occurrences were missed", task=one.task_name, **one.detail)
    lost = [(one.task_id, one.latest) for one in missed if one.latest is not None]
    if lost:
        await connection.execute(SET_MISSED, {"task_ids": [task for task, _ in lost], "ats": [at for _, at in lost]})
    await store_faults(connection, [_left_out(one) for one in missed if one.is_capped])
    await audit.record_each(
        connection,
        actor=SYSTEM,
        action="task.missed",
        object_type="task",
        objects=[(one.task_id, one.task_name, one.detail) for one in missed],
    )


def _left_out(missed: MissedOccurrences) -> NewFault:
    return NewFault(
        kind=FaultKind.LEFT_OUT,
        object_type="task",
        object_id=str(missed.task_id),
        object_name=missed.task_name,
        cause=f"more than {MOST_MADE_UP:,} occurrences were missed; runs were created for the first of them only",
        next_step="For the others, create a backfill from the newest of these runs until now.",
    )
