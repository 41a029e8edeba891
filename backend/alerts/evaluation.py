"""What one pass of the alert watch changes: takes outcomes and troubles, and collects messages and open alerts."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from backend.alerts import fault_grouping, grouping
from backend.alerts.fault_words import fault_words
from backend.alerts.model import (
    AlertKey,
    AlertRule,
    FaultsNow,
    NewAlert,
    Notice,
    OpenAlert,
    Outcome,
    Trouble,
    WatchedTask,
)
from backend.alerts.words import SILENCED_DETAIL, AlertSubject, alert_words, failure_detail, trouble_detail
from shared.enums import RunStatus
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage, Silence


class Evaluation:
    """Applies events to the open alerts, in order; `tasks` are the tasks of the open alerts that still exist.

    Afterwards `raised` are the messages to send, and `changed` the alerts to store, None where one has ended.
    """

    def __init__(
        self,
        *,
        rules: Iterable[AlertRule],
        silences: Iterable[Silence],
        open_alerts: Mapping[AlertKey, OpenAlert],
        tasks: Iterable[WatchedTask],
        now: datetime,
    ) -> None:
        self.raised: list[NewAlert] = []
        self.changed: dict[AlertKey, OpenAlert | None] = {}
        self._rules = {rule.name: rule for rule in rules}
        self._silences = list(silences)
        self._open = dict(open_alerts)
        self._tasks = {task.id: task for task in tasks}
        self._now = now

    def open_tasks(self, condition: AlertCondition) -> set[int]:
        """Return the ids of the tasks that have an open alert for a condition."""
        return {task for key, alert in self._open.items() if key.condition is condition for task in alert.task_ids}

    def drop_unrelated(self) -> None:
        """Remove, without a message, tasks that were deleted or that their rule no longer covers."""
        for key, alert in list(self._open.items()):
            if key.condition is AlertCondition.FAULT:
                if not self._watches_faults(key.rule):
                    self._store(key, None)
                continue
            gone = {task_id for task_id in alert.task_ids if not self._belongs(key, task_id)}
            if gone:
                self._store(key, grouping.without(alert, gone))

    def add_outcome(self, outcome: Outcome) -> None:
        """Apply the outcome of a run."""
        if outcome.status is RunStatus.SUCCEEDED:
            self._recover(AlertCondition.FAILURE, outcome.task.id)
            return
        subject = AlertSubject(outcome.task, outcome.run_id, failure_detail(outcome))
        self._raise(AlertCondition.FAILURE, subject)

    def replace_troubles(self, troubles: Iterable[Trouble], *, failing: set[int]) -> None:
        """Apply everything that is wrong now; open alerts of tasks that are not among it have recovered.

        `failing` are the tasks with an open alert for failures that have not succeeded since.
        """
        troubled: dict[AlertCondition, set[int]] = {condition: set() for condition in AlertCondition}
        troubled[AlertCondition.FAILURE] = failing
        for trouble in troubles:
            condition = trouble.kind.condition
            if trouble.task.id not in troubled[condition]:
                troubled[condition].add(trouble.task.id)
                subject = AlertSubject(trouble.task, trouble.run_id, trouble_detail(trouble))
                self._raise(condition, subject, lasts=True)
        for key, alert in list(self._open.items()):
            for task_id in alert.task_ids - troubled[key.condition]:
                self._recover(key.condition, task_id)

    def counted_faults(self) -> list[int] | None:
        """Return the ids up to which open alerts count faults; None if faults change nothing."""
        counted = [alert.newest_fault_id for key, alert in self._open.items() if key.condition is AlertCondition.FAULT]
        return counted if counted or any(map(self._watches_faults, self._rules)) else None

    def replace_faults(self, faults: FaultsNow) -> None:
        """Apply all faults that are listed now, raise the reminders that are due, and end alerts without faults."""
        silenced = fault_grouping.is_silenced(self._silences, now=self._now)
        for rule in self._rules.values():
            if not self._watches_faults(rule.name):
                continue
            key = AlertKey(rule.name, AlertCondition.FAULT, "")
            after, notice = fault_grouping.on_faults(
                self._open.get(key), faults, now=self._now, remind_after=rule.remind_after, silenced=silenced
            )
            self._store(key, after)
            if notice is not None:
                title, detail = fault_words(notice, faults.newest)
                self._add(rule, key, notice, None, title, detail)

    def remind(self) -> None:
        """Raise the reminders that are due, and the first messages that a silence which has ended held back."""
        for key, alert in list(self._open.items()):
            rule = self._rules.get(key.rule)
            if key.condition is AlertCondition.FAULT:
                continue
            tasks = [self._tasks[task_id] for task_id in sorted(alert.task_ids) if task_id in self._tasks]
            if rule is None or all(self._is_silenced(task) for task in tasks):
                continue
            after, notice = grouping.on_time(alert, now=self._now, remind_after=rule.remind_after)
            self._store(key, after)
            if notice is not None:
                is_first_of_one = notice.message is AlertMessage.FIRST and len(tasks) == 1
                subject = AlertSubject(tasks[0], None, SILENCED_DETAIL) if is_first_of_one else None
                self._add_message(rule, key, notice, subject)

    def end_recovered_silences(self) -> list[int]:
        """End the silences until a recovery whose tasks have no open alert; return their ids."""
        open_tasks = {task_id for alert in self._open.values() for task_id in alert.task_ids}
        over = [one for one in self._silences if one.until_recovery and one.task_id not in open_tasks]
        self._silences = [one for one in self._silences if one not in over]
        return [one.id for one in over]

    def _watches_faults(self, rule: str) -> bool:
        return rule in self._rules and AlertCondition.FAULT in self._rules[rule].conditions

    def _belongs(self, key: AlertKey, task_id: int) -> bool:
        rule, task = self._rules.get(key.rule), self._tasks.get(task_id)
        return (
            rule is not None
            and task is not None
            and grouping.grouping_key(rule, task) == key.grouping_key
            and grouping.covers(rule, task, key.condition)
        )

    def _raise(self, condition: AlertCondition, subject: AlertSubject, *, lasts: bool = False) -> None:
        """Count an event. One that `lasts` counts only when it is first seen, outside a silence: it is seen again."""
        task = subject.task
        self._tasks[task.id] = task
        for rule in self._rules.values():
            if not grouping.covers(rule, task, condition):
                continue
            key = AlertKey(rule.name, condition, grouping.grouping_key(rule, task))
            before = self._open.get(key)
            if lasts and (task.id in before.task_ids if before is not None else self._is_silenced(task)):
                continue
            after, notice = grouping.on_trouble(
                before,
                task_id=task.id,
                now=self._now,
                remind_after=rule.remind_after,
                is_silenced=self._is_silenced(task),
            )
            self._store(key, after)
            if notice is not None:
                self._add_message(rule, key, notice, subject)

    def _recover(self, condition: AlertCondition, task_id: int) -> None:
        task = self._tasks.get(task_id)
        for key, alert in list(self._open.items()):
            if key.condition is not condition or task_id not in alert.task_ids:
                continue
            # A silence until the recovery does not hold back the message that it waits for.
            timed = [one for one in self._silences if not one.until_recovery]
            is_silenced = task is not None and grouping.is_silenced(timed, task, now=self._now)
            after, notice = grouping.on_recovery(alert, task_id=task_id, is_silenced=is_silenced)
            self._store(key, after)
            rule = self._rules.get(key.rule)
            if notice is not None and rule is not None:
                self._add_message(rule, key, notice, AlertSubject(task, None, "") if task else None)

    def _is_silenced(self, task: WatchedTask) -> bool:
        return grouping.is_silenced(self._silences, task, now=self._now)

    def _store(self, key: AlertKey, alert: OpenAlert | None) -> None:
        if self._open.get(key) == alert:
            return
        self.changed[key] = alert
        if alert is None:
            self._open.pop(key, None)
        else:
            self._open[key] = alert

    def _add_message(self, rule: AlertRule, key: AlertKey, notice: Notice, subject: AlertSubject | None) -> None:
        alert = self._open.get(key)
        names = [self._tasks[one].name for one in sorted(alert.task_ids) if one in self._tasks] if alert else []
        title, detail = alert_words(key.condition, notice, subject, names, group=key.grouping_key or rule.name)
        self._add(rule, key, notice, subject, title, detail)

    def _add(
        self, rule: AlertRule, key: AlertKey, notice: Notice, subject: AlertSubject | None, title: str, detail: str
    ) -> None:
        self.raised.append(
            NewAlert(
                key=key,
                channels=rule.channels,
                message=notice.message,
                task_id=subject.task.id if subject else None,
                task_name=subject.task.name if subject else None,
                run_id=subject.run_id if subject else None,
                count=notice.count,
                title=title,
                detail=detail,
                folder=self._folder_of(rule, key, subject),
            )
        )

    def _folder_of(self, rule: AlertRule, key: AlertKey, subject: AlertSubject | None) -> str | None:
        """Return the folder in or below which the tasks of a message are, or None where it is not known."""
        if rule.group_by is AlertGrouping.RULE:
            return rule.folder
        if rule.group_by is AlertGrouping.FOLDER:
            return key.grouping_key
        alert = self._open.get(key)
        ids = {subject.task.id} if subject else alert.task_ids if alert else ()
        return next((self._tasks[one].folder for one in ids if one in self._tasks), None)
