"""Examines outcomes and the state of tasks, and raises alerts; runs on the leading replica."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts.evaluation import Evaluation
from backend.alerts.late_and_slow import clear_missed, read_troubles
from backend.alerts.messages import add_alert
from backend.alerts.model import NewAlert, Outcome, TroubleKind
from backend.alerts.open_alerts import read_open_alerts, save_open_alerts
from backend.alerts.outcomes import (
    clear_failures,
    count_failure,
    failing_tasks,
    newest_failures,
    put_back,
    read_tasks,
    take_outcomes,
    unexamined,
)
from backend.alerts.pausing import should_pause
from backend.alerts.rules import enabled_rules
from backend.alerts.silences import end_recovered, read_silences
from backend.alerts.watched_faults import read_faults_now
from backend.context import SYSTEM, ServiceContext
from backend.database.unavailability import is_unavailable
from backend.events.wakes import WakeReason
from backend.faults.model import ITEM_ERRORS, NewFault, set_aside
from backend.faults.store import store_faults
from backend.tasks.change import pause_task
from shared.enums import EventType, RunStatus
from shared.errors import DatabaseUnavailableError, NotFoundError
from shared.models.alert import Alert, AlertCondition

MOST_OUTCOMES = 500
"""Outcomes examined in one transaction."""
_PASSES_PER_INTERVAL = 5
"""Outcomes are gathered for a fifth of the interval, so that many failures at once make few passes."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPass:
    """One pass: the tasks whose runs failed, how many alerts were raised, and whether lasting conditions were checked.

    `examined` is the number of outcomes.
    """

    examined: int
    failed: frozenset[int]
    raised: int
    checked_conditions: bool


class AlertWatch:
    """Examines outcomes soon after runs end, and lasting conditions once in each interval of the settings."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._interval = context.settings.alert_interval_seconds
        self._pause = self._interval / _PASSES_PER_INTERVAL
        self._checks_conditions_at = 0.0
        self._wakes = context.signals.subscribe(WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED)

    async def run(self) -> None:
        """Examine until cancelled."""
        while True:
            await self._wakes.wait(timeout_seconds=self._interval)
            if self._context.signals.is_leader:
                try:
                    await self._examine_all()
                except DatabaseUnavailableError as error:
                    log.warning("Alerts wait for the database.", cause=error.detail)
            await asyncio.sleep(self._pause)

    async def _examine_all(self) -> None:
        checks_conditions = time.monotonic() >= self._checks_conditions_at
        while await self._examine(checks_conditions=checks_conditions) == MOST_OUTCOMES:
            pass
        if checks_conditions:
            self._checks_conditions_at = time.monotonic() + self._interval - self._pause

    async def _examine(self, *, checks_conditions: bool) -> int:
        """Examine one batch of outcomes; return their number."""
        async with self._context.database.transaction() as connection:
            outcomes = await take_outcomes(connection, most=MOST_OUTCOMES)
            if not outcomes and not checks_conditions:
                return 0
            evaluation = await _begin(connection)
            evaluation.drop_unrelated()
            to_pause: dict[int, str] = {}
            unexamined_outcomes: list[NewFault] = []
            for outcome in outcomes:
                try:
                    evaluation.add_outcome(outcome)
                except ITEM_ERRORS as error:
                    unexamined_outcomes.append(unexamined(outcome, error))
                    continue
                if reason := await _why_paused(connection, outcome):
                    to_pause[outcome.task.id] = reason
            await put_back(connection, unexamined_outcomes)
            if checks_conditions:
                await _check_conditions(connection, evaluation)
            if len(outcomes) < MOST_OUTCOMES:  # others may hold the failure that a silence is for
                await end_recovered(connection, evaluation.end_recovered_silences())
            evaluation.remind()
            raised = await _add_alerts(connection, evaluation.raised)
            await save_open_alerts(connection, evaluation.changed)
        if raised:
            self._context.events.publish(EventType.ALERT_RAISED, raised)
            self._context.signals.wake(WakeReason.ALERT_RAISED)
        for task_id, reason in to_pause.items():
            await self._pause_task(task_id, reason)
        self._context.passes.record(
            AlertPass(
                examined=len(outcomes),
                failed=frozenset(one.task.id for one in outcomes if one.status is not RunStatus.SUCCEEDED),
                raised=len(raised),
                checked_conditions=checks_conditions,
            )
        )
        return len(outcomes)

    async def _pause_task(self, task_id: int, reason: str) -> None:
        try:
            await pause_task(self._context, task_id, actor=SYSTEM, reason=reason)
        except NotFoundError:
            return
        log.warning("A task was paused.", task=task_id, reason=reason)


async def _add_alerts(connection: AsyncConnection, new: Sequence[NewAlert]) -> list[Alert]:
    """Store messages; one that cannot be stored costs no other."""
    added = []
    for one in new:
        try:
            async with connection.begin_nested():
                added.append(await add_alert(connection, one))
        except (DBAPIError, *ITEM_ERRORS) as error:
            if is_unavailable(error):
                raise
            fault = set_aside(
                "alert",
                f"{one.key.rule}/{one.key.condition}/{one.key.grouping_key}",
                cause=error,
                next_step=f"It was not sent. Save the alert rule {one.key.rule} again.",
            )
            await store_faults(connection, [fault])
    return added


async def _begin(connection: AsyncConnection) -> Evaluation:
    now: datetime = (await connection.exec_driver_sql("select now()")).scalar_one()
    open_alerts = await read_open_alerts(connection)
    task_ids = {task_id for alert in open_alerts.values() for task_id in alert.task_ids}
    return Evaluation(
        rules=await enabled_rules(connection),
        silences=await read_silences(connection, active_only=True),
        open_alerts=open_alerts,
        tasks=await read_tasks(connection, task_ids) if task_ids else [],
        now=now,
    )


async def _why_paused(connection: AsyncConnection, outcome: Outcome) -> str | None:
    """Record a failure or a success; return the reason if the task must be paused now."""
    if outcome.status is RunStatus.SUCCEEDED:
        await clear_failures(connection, outcome.task.id)
        return None
    await count_failure(connection, outcome.task.id)
    after = outcome.pause_after_failures
    if after is None or not outcome.is_task_active:
        return None
    failures = await newest_failures(connection, outcome.task.id, most=after)
    if not should_pause(failures, after=after):
        return None
    return f"failed {after} times in a row, last in run {outcome.run_id}"


async def _check_conditions(connection: AsyncConnection, evaluation: Evaluation) -> None:
    troubles = await read_troubles(connection)
    if any(trouble.kind is TroubleKind.MISSED for trouble in troubles):
        # After the read: an occurrence that is over by now is reported too, and recovers in the next pass.
        await clear_missed(connection)
    failed_before = evaluation.open_tasks(AlertCondition.FAILURE)
    failing = await failing_tasks(connection, failed_before) if failed_before else set()
    evaluation.replace_troubles(troubles, failing=failing)
    counted = evaluation.counted_faults()
    if counted is not None:
        evaluation.replace_faults(await read_faults_now(connection, counted))
