"""Turns due occurrences into runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.context import ServiceContext
from backend.database.leadership import LeaderSession
from backend.events.wakes import Wake, WakeReason, WakeReceiver
from backend.runs import listing as run_store
from backend.runs.create import NewRun, insert_runs
from backend.runs.limits import Hold, OccurrenceFate, decide_overlap
from backend.runs.model import RunChange
from backend.runs.outbox import publish
from backend.runs.template import RunTemplate
from backend.scheduling import due as timing
from backend.scheduling.facts import schedule_facts
from backend.scheduling.occurrences import decide_due, first_occurrence
from shared.enums import MisfirePolicy, OverlapPolicy, RunStatus, RunTrigger

_BATCH = 200
"""Between two batches the assigner has its turn on the leader's connection: workers start while others are made."""
_SWEEP_SECONDS = 10.0
_SKIPPED = "skipped: the task's last run had not ended when this occurrence was due"
_ONE_WAITS = "skipped: another occurrence of the task was waiting already when this one was due"
_REPLACED = "replaced by the next occurrence"

log = structlog.get_logger()


@dataclass(slots=True)
class _Plan:
    """What a batch of due tasks comes to."""

    runs: list[NewRun] = field(default_factory=list)
    times: list[tuple[int, datetime | None, datetime | None]] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    missed: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    left_out: list[tuple[int, datetime]] = field(default_factory=list)


class SchedulingLoop:
    """Creates the runs of due occurrences."""

    def __init__(self, context: ServiceContext, session: LeaderSession) -> None:
        self.wakes = WakeReceiver(
            {WakeReason.SCHEDULES_CHANGED, WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED}
        )
        self.wakes.only_tasks = frozenset()
        self._context = context
        self._session = session
        self._following: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Fire until cancelled; sleeps until the next occurrence is due or a schedule changes."""
        timeout = 0.0
        while True:
            wake = await self.wakes.wait(timeout_seconds=timeout)
            await self._follow(wake)
            timeout = await self._fire()

    async def _follow(self, wake: Wake) -> None:
        """Set the next occurrence of tasks that follow their last run, once nothing of them is left to run."""
        ended = self._following & wake.task_ids
        if not wake or wake.has(WakeReason.SCHEDULES_CHANGED, WakeReason.ALL_TASKS_CHANGED):
            async with self._session.transaction() as connection:
                ended = self._following = self.wakes.only_tasks = await timing.following_tasks(connection)
        if not ended:
            return
        async with self._session.transaction() as connection:
            times = []
            for row in await timing.last_ends(connection, sorted(ended)):
                facts = schedule_facts(row, misfire_grace=self._context.settings.misfire_grace)
                occurrence, due = first_occurrence(facts, after=row["ended_at"])
                if occurrence is None or facts.next_occurrence is None or occurrence > facts.next_occurrence:
                    times.append((row["id"], occurrence, due))
            if times:
                await timing.set_next(connection, times)

    async def _fire(self) -> float:
        """Fire what is due; return how long until something is, in seconds."""
        while True:
            async with self._session.transaction() as connection:
                due = await timing.due_tasks(connection, most=_BATCH)
                if not due:
                    delay = await timing.next_due(connection)
                    break
                changes = await self._fire_batch(connection, due)
            publish(self._context, changes)
        if delay is None:
            return _SWEEP_SECONDS
        return min(_SWEEP_SECONDS, max(0.001, delay.total_seconds()))

    async def _fire_batch(self, connection: AsyncConnection, due: Sequence[RowMapping]) -> list[RunChange]:
        plan = _Plan()
        for row in due:
            self._plan_task(plan, row)
        changes: list[RunChange] = []
        for task_id in plan.replaced:
            unfinished = await run_store.unfinished_of_task(connection, task_id)
            changes += await run_store.cancel_at_once(connection, unfinished, reason=_REPLACED)
            changes += await run_store.ask_to_cancel(connection, unfinished, reason=_REPLACED)
        if plan.runs:
            changes += await insert_runs(connection, plan.runs, aging=self._context.settings.priority_aging)
        await timing.set_next(connection, plan.times)
        if plan.left_out:
            await timing.set_missed(connection, plan.left_out)
        await audit.record_each(
            connection, actor="taskdeck", action="task.missed", object_type="task", objects=plan.missed
        )
        return changes

    def _plan_task(self, plan: _Plan, row: RowMapping) -> None:
        facts = schedule_facts(row, misfire_grace=self._context.settings.misfire_grace)
        decision = decide_due(facts, now=row["now"])
        if decision.missed:
            detail = {"missed": decision.missed, "policy": row["misfire_policy"], "more_were_left_out": decision.capped}
            plan.missed.append((row["id"], row["name"], detail))
            log.warning(
                "occurrences were missed",
                task=row["name"],
                missed=decision.missed,
                policy=row["misfire_policy"],
                capped=decision.capped,
            )
        if decision.left_out is not None:
            plan.left_out.append((row["id"], decision.left_out))
        plan.times.append((row["id"], decision.next_occurrence, decision.next_due))
        is_busy, has_waiting = row["is_busy"], row["has_waiting_occurrence"]
        policy = OverlapPolicy(row["overlap_policy"])
        for position, occurrence in enumerate(decision.occurrences):
            fate = decide_overlap(
                policy,
                is_busy=is_busy,
                has_waiting_occurrence=has_waiting,
                is_made_up_for=facts.misfire_policy is MisfirePolicy.FIRE_ALL and position < decision.made_up_for,
            )
            if fate is OccurrenceFate.REPLACE and row["id"] not in plan.replaced:
                plan.replaced.append(row["id"])
            why = _ONE_WAITS if policy is OverlapPolicy.QUEUE else _SKIPPED
            plan.runs.append(_occurrence(row, occurrence, fate, why=why))
            if fate is not OccurrenceFate.SKIP:
                is_busy = True
                has_waiting = True


def _occurrence(row: RowMapping, scheduled_for: datetime, fate: OccurrenceFate, *, why: str) -> NewRun:
    """Return the run of an occurrence; `why` it is skipped, if it is."""
    skipped = fate is OccurrenceFate.SKIP
    status = RunStatus.SKIPPED if skipped else RunStatus.PENDING
    if row["has_edges"] and not skipped:
        status = RunStatus.BLOCKED
    template = RunTemplate.from_row(row, task_id=row["id"])
    waits = fate in (OccurrenceFate.WAIT, OccurrenceFate.REPLACE)
    return template.run(
        RunTrigger.SCHEDULE,
        status=status,
        hold=Hold.OVERLAP if waits else template.hold(),
        scheduled_for=scheduled_for,
        error=why if skipped else None,
    )
