"""One pass of the alert watch, without a database."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from backend.alerts.evaluation import Evaluation
from backend.alerts.model import (
    AlertKey,
    AlertRule,
    OpenAlert,
    Outcome,
    Trouble,
    TroubleKind,
    WatchedTask,
)
from shared.enums import RunStatus
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BACKUP = WatchedTask(1, "backup", "finance", {})
REPORT = WatchedTask(2, "report", "finance", {})
RULE = AlertRule(
    name="all",
    conditions={AlertCondition.FAILURE, AlertCondition.LATE},
    folder="finance",
    labels={},
    channels=["chat"],
    group_by=AlertGrouping.FOLDER,
    remind_after=timedelta(hours=1),
)
FAILURES = AlertKey("all", AlertCondition.FAILURE, "finance")
LATE = AlertKey("all", AlertCondition.LATE, "finance")


def evaluation(
    open_alerts: Mapping[AlertKey, OpenAlert] | None = None, tasks: Iterable[WatchedTask] = (BACKUP, REPORT)
) -> Evaluation:
    return Evaluation(rules=[RULE], silences=[], open_alerts=open_alerts or {}, tasks=tasks, now=NOW)


def opened(*tasks: int, held: int = 0) -> OpenAlert:
    at = NOW - timedelta(hours=2)
    return OpenAlert(task_ids=frozenset(tasks), opened_at=at, last_sent_at=at, held=held, total=1 + held)


def ended(task: WatchedTask, status: RunStatus) -> Outcome:
    return Outcome(run_id=7, task=task, status=status, error=None, pause_after_failures=None, is_task_active=True)


def late(task: WatchedTask) -> Trouble:
    return Trouble(kind=TroubleKind.WAITS, task=task, run_id=7, limit_seconds=60, reason=None)


def test_the_first_failure_opens_an_alert_and_the_next_one_is_held_back() -> None:
    this = evaluation()
    this.add_outcome(ended(BACKUP, RunStatus.FAILED))
    this.add_outcome(ended(REPORT, RunStatus.TIMED_OUT))
    (message,) = this.raised
    assert (message.key, message.message, message.title) == (FAILURES, AlertMessage.FIRST, "backup failed")
    changed = this.changed[FAILURES]
    assert changed is not None
    assert (changed.task_ids, changed.held) == (frozenset({1, 2}), 1)


def test_the_last_recovery_ends_the_alert() -> None:
    this = evaluation({FAILURES: opened(1)})
    this.add_outcome(ended(BACKUP, RunStatus.SUCCEEDED))
    assert [message.title for message in this.raised] == ["backup recovered"]
    assert this.changed == {FAILURES: None}


def test_a_condition_that_lasts_counts_once_and_recovers_when_it_is_over() -> None:
    this = evaluation({LATE: opened(1)})
    this.replace_troubles([late(BACKUP), late(BACKUP)], failing=set())
    assert (this.raised, this.changed) == ([], {})
    this.replace_troubles([], failing=set())
    assert [message.title for message in this.raised] == ["backup starts on time again"]


def test_a_failing_task_keeps_its_alert() -> None:
    this = evaluation({FAILURES: opened(1, 2)})
    this.replace_troubles([], failing={1})
    changed = this.changed[FAILURES]
    assert changed is not None
    assert changed.task_ids == {1}


def test_a_deleted_task_leaves_without_a_message() -> None:
    this = evaluation({FAILURES: opened(1)}, tasks=[REPORT])
    this.drop_unrelated()
    assert (this.raised, this.changed) == ([], {FAILURES: None})


def test_a_reminder_counts_what_was_held_back() -> None:
    this = evaluation({FAILURES: opened(1, 2, held=3)})
    this.remind()
    (message,) = this.raised
    assert (message.message, message.title) == (AlertMessage.REMINDER, "backup and report: 3 more failures")
