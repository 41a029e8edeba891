"""Looks at outcomes and at tasks in trouble, and says what is to be said; runs on the replica that leads."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.alerts import rows as store
from backend.alerts.grouping import AlertRule, OpenAlert, Say, on_recovery, on_time, on_trouble, should_pause, without
from backend.alerts.rows import AlertKey
from backend.alerts.words import AlertSubject, alert_words, failed, troubled
from backend.context import Actor, ServiceContext
from backend.events.wakes import WakeReason
from backend.runs import outcomes
from backend.tasks.change import pause_task
from shared.enums import EventType, RunStatus, TaskStatus
from shared.errors import DatabaseUnavailableError, NotFoundError
from shared.models.alert import Alert, AlertCondition, Silence

_REST_SECONDS = 1.0
_TROUBLE_SECONDS = 5.0
_MOST_OUTCOMES = 500
_ACTOR = Actor(0, "taskdeck")

log = structlog.get_logger()


class AlertWatch:
    """Decides in one transaction with the outcomes that it takes: each is looked at once."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._troubles_at = 0.0
        self._wakes = context.signals.subscribe(WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED)

    async def run(self) -> None:
        """Look until cancelled: when runs have ended, with a rest between, and now and then at what lasts."""
        while True:
            await self._wakes.wait(timeout_seconds=_TROUBLE_SECONDS)
            if self._context.signals.is_leader:
                try:
                    await self.look()
                except DatabaseUnavailableError as error:
                    log.warning("alerts wait for the database", cause=error.detail)
            await asyncio.sleep(_REST_SECONDS)

    async def look(self) -> None:
        """Examine new outcomes, and now and then what is slow, late or stopped."""
        with_troubles = time.monotonic() >= self._troubles_at
        while await self._examine(with_troubles=with_troubles) == _MOST_OUTCOMES:
            pass
        if with_troubles:
            self._troubles_at = time.monotonic() + _TROUBLE_SECONDS - _REST_SECONDS

    async def _examine(self, *, with_troubles: bool) -> int:
        to_pause: dict[int, str] = {}
        async with self._context.database.transaction() as connection:
            taken = await outcomes.take(connection, most=_MOST_OUTCOMES)
            if not taken and not with_troubles:
                return 0
            book = _Book(
                connection=connection,
                rules=await store.active_rules(connection),
                silences=await store.silences(connection, active_only=True),
                open_alerts=await store.open_alerts(connection),
                now=await _now(connection),
            )
            await book.let_go()
            for row in taken:
                if row["status"] == RunStatus.SUCCEEDED:
                    await outcomes.well_again(connection, row["task_id"])
                    await book.recovered(AlertCondition.FAILURE, row["task_id"])
                    continue
                await outcomes.count_failure(connection, row["task_id"])
                await book.trouble(AlertCondition.FAILURE, failed(row), row["labels"])
                after = row["pause_after_failures"]
                if after is not None and row["task_status"] == TaskStatus.ACTIVE:
                    newest = await outcomes.newest_failed(connection, row["task_id"], most=after)
                    if should_pause(newest, after=after):
                        to_pause[row["task_id"]] = f"failed {after} times in a row, last in run {row['id']}"
            if with_troubles:
                await self._look_at_troubles(connection, book)
            await book.close()
        self._context.events.publish(EventType.ALERT_RAISED, book.said)
        if book.said:
            self._context.signals.wake(WakeReason.ALERT_RAISED)
        for task_id, reason in to_pause.items():
            try:
                await pause_task(self._context, task_id, actor=_ACTOR, reason=reason)
            except NotFoundError:
                continue
            log.warning("a schedule was stopped", task=task_id, reason=reason)
        return len(taken)

    async def _look_at_troubles(self, connection: AsyncConnection, book: "_Book") -> None:
        now: dict[AlertCondition, set[int]] = {
            AlertCondition.SLOW: set(),
            AlertCondition.LATE: set(),
            AlertCondition.PAUSED: set(),
        }
        rows = await outcomes.troubled(connection)
        for row in rows:
            condition = AlertCondition(row["condition"])
            if row["task_id"] not in now[condition]:
                now[condition].add(row["task_id"])
                await book.trouble(condition, troubled(row), row["labels"], once=True)
        if any(row["reason"] == outcomes.MISSED for row in rows):
            # After the look: what is over by now is told once too, and recovers at the next.
            await outcomes.forget_missed(connection)
        failed_before = book.tasks_told_of(AlertCondition.FAILURE)
        now[AlertCondition.FAILURE] = await outcomes.failing(connection, failed_before) if failed_before else set()
        for key, alert in list(book.open_alerts.items()):
            if key[1] in now:
                for task_id in alert.task_ids - now[key[1]]:
                    await book.recovered(key[1], task_id)


async def _now(connection: AsyncConnection) -> datetime:
    now: datetime = (await connection.exec_driver_sql("select now()")).scalar_one()
    return now


class _Book:
    """What is open, in one transaction: takes troubles and recoveries, and keeps what is said of them."""

    def __init__(
        self,
        *,
        connection: AsyncConnection,
        rules: list[AlertRule],
        silences: list[Silence],
        open_alerts: dict[AlertKey, OpenAlert],
        now: datetime,
    ) -> None:
        self.open_alerts = open_alerts
        self.said: list[Alert] = []
        self._connection = connection
        self._rules = {rule.name: rule for rule in rules}
        self._silences = silences
        self._changed: set[AlertKey] = set()
        self._now = now
        self._tasks: dict[int, RowMapping] = {}

    def tasks_told_of(self, condition: AlertCondition) -> set[int]:
        """Return the tasks in what is open for a condition."""
        return {task for key, alert in self.open_alerts.items() if key[1] is condition for task in alert.task_ids}

    async def let_go(self) -> None:
        """Close, without a word, what was opened for tasks that are gone or that their rule is no longer about."""
        await self._know({task_id for alert in self.open_alerts.values() for task_id in alert.task_ids})
        for key, alert in list(self.open_alerts.items()):
            rule = self._rules.get(key[0])
            gone = {task_id for task_id in alert.task_ids if rule is None or not self._is_kept(rule, key, task_id)}
            if gone:
                await self._keep(key, without(alert, gone))

    def _is_kept(self, rule: AlertRule, key: AlertKey, task_id: int) -> bool:
        task = self._tasks.get(task_id)
        return task is not None and rule.keeps(
            condition=key[1], grouping_key=key[2], task_id=task_id, folder=task["folder"], labels=task["labels"]
        )

    async def _know(self, task_ids: Iterable[int]) -> None:
        """Read what is not known yet of tasks."""
        unknown = set(task_ids) - self._tasks.keys()
        if unknown:
            self._tasks |= await outcomes.tasks_named(self._connection, unknown)

    async def trouble(
        self, condition: AlertCondition, subject: AlertSubject, labels: Mapping[str, str], *, once: bool = False
    ) -> None:
        """Take a trouble; `once`: it lasts, and counts when it is first seen."""
        for rule in self._rules.values():
            if not rule.concerns(folder=subject.folder, labels=labels, condition=condition):
                continue
            key = (rule.name, condition, rule.grouping_key(task_id=subject.task_id, folder=subject.folder))
            before = self.open_alerts.get(key)
            if once and before is not None and subject.task_id in before.task_ids:
                continue
            after, say = on_trouble(
                before,
                task_id=subject.task_id,
                now=self._now,
                remind_after=rule.remind_after,
                is_silenced=self._is_silenced(subject.task_id, subject.folder),
            )
            await self._keep(key, after)
            if say is not None:
                await self._say(rule, key, say, subject)

    async def recovered(self, condition: AlertCondition, task_id: int) -> None:
        """Take that a task is well again."""
        for key, alert in list(self.open_alerts.items()):
            if key[1] is not condition or task_id not in alert.task_ids:
                continue
            await self._know({task_id})
            task = self._tasks.get(task_id)
            name, folder = (task["name"], task["folder"]) if task is not None else ("", "")
            after, say = on_recovery(alert, task_id=task_id, is_silenced=self._is_silenced(task_id, folder))
            await self._keep(key, after)
            rule = self._rules.get(key[0])
            if say is not None and rule is not None:
                subject = AlertSubject(task_id=task_id, name=name, folder=folder, run_id=None, detail="")
                await self._say(rule, key, say, subject)

    async def close(self) -> None:
        """Say the reminders that are due, and store what changed."""
        for key, alert in list(self.open_alerts.items()):
            rule = self._rules.get(key[0])
            if rule is None:
                continue
            after, say = on_time(alert, now=self._now, remind_after=rule.remind_after, is_silenced=False)
            await self._keep(key, after)
            if say is not None:
                await self._say(rule, key, say, None)
        for key in self._changed:
            await store.keep_open_alert(self._connection, key, self.open_alerts.get(key))

    async def _keep(self, key: AlertKey, alert: OpenAlert | None) -> None:
        if self.open_alerts.get(key) == alert:
            return
        self._changed.add(key)
        if alert is None:
            self.open_alerts.pop(key, None)
        else:
            self.open_alerts[key] = alert

    def _is_silenced(self, task_id: int, folder: str) -> bool:
        return store.is_silenced(self._silences, task_id=task_id, folder=folder, now=self._now)

    async def _say(self, rule: AlertRule, key: AlertKey, say: Say, subject: AlertSubject | None) -> None:
        _, condition, grouping_key = key
        alert = self.open_alerts.get(key)
        await self._know(alert.task_ids if alert else ())
        names = [self._tasks[one]["name"] for one in sorted(alert.task_ids) if one in self._tasks] if alert else []
        fields: dict[str, Any] = {
            "rule": rule.name,
            "condition": condition,
            "message": say.message,
            "grouping_key": grouping_key,
            "task_id": subject.task_id if subject else None,
            "task_name": subject.name if subject else None,
            "run_id": subject.run_id if subject else None,
            "count": say.count,
            **alert_words(condition, say, subject, names, where=grouping_key or rule.name),
        }
        self.said.append(await store.add(self._connection, channels=rule.channels, **fields))
