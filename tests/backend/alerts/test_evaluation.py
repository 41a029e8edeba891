"""One pass of the alert watch, without a database."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

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
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage, Silence

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
    open_alerts: Mapping[AlertKey, OpenAlert] | None = None,
    tasks: Iterable[WatchedTask] = (BACKUP, REPORT),
    silences: Iterable[Silence] = (),
) -> Evaluation:
    return Evaluation(rules=[RULE], silences=silences, open_alerts=open_alerts or {}, tasks=tasks, now=NOW)


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


def silence(task: WatchedTask) -> Silence:
    ago, later = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    return Silence(id=1, task_id=task.id, starts_at=ago, ends_at=later)


def kept(this: Evaluation) -> dict[AlertKey, OpenAlert]:
    return {key: alert for key, alert in this.changed.items() if alert is not None}


def test_a_failure_within_a_silence_is_sent_at_its_end_and_only_once() -> None:
    within = evaluation(silences=[silence(BACKUP)])
    within.add_outcome(ended(BACKUP, RunStatus.FAILED))
    within.remind()
    assert within.raised == []
    after = evaluation(kept(within))
    after.replace_troubles([], failing={BACKUP.id})
    after.remind()
    (message,) = after.raised
    assert (message.message, message.title, message.task_id) == (AlertMessage.FIRST, "backup failed", BACKUP.id)
    assert "during a silence" in message.detail
    later = evaluation(kept(after))
    later.replace_troubles([], failing={BACKUP.id})
    later.remind()
    assert later.raised == []


def test_what_recovered_within_a_silence_is_not_sent_at_its_end() -> None:
    within = evaluation(silences=[silence(BACKUP)])
    within.add_outcome(ended(BACKUP, RunStatus.FAILED))
    within.add_outcome(ended(BACKUP, RunStatus.SUCCEEDED))
    within.remind()
    assert (within.raised, within.changed) == ([], {FAILURES: None})


def test_a_lasting_condition_within_a_silence_is_sent_at_its_end_with_its_detail() -> None:
    within = evaluation(silences=[silence(BACKUP)])
    within.replace_troubles([late(BACKUP)], failing=set())
    assert (within.raised, within.changed) == ([], {})
    after = evaluation()
    after.replace_troubles([late(BACKUP)], failing=set())
    after.remind()
    assert [message.detail.partition(" has")[0] for message in after.raised] == ["Run 7"]


def test_no_reminder_is_sent_during_a_silence_of_all_tasks_of_the_alert() -> None:
    quiet = evaluation({FAILURES: opened(1, held=2)}, silences=[silence(BACKUP)])
    quiet.remind()
    assert (quiet.raised, quiet.changed) == ([], {})
    partly = evaluation({FAILURES: opened(1, 2, held=2)}, silences=[silence(BACKUP)])
    partly.remind()
    assert [message.message for message in partly.raised] == [AlertMessage.REMINDER]


@pytest.mark.parametrize(
    ("group_by", "folder"),
    [
        (AlertGrouping.TASK, "finance/daily"),
        (AlertGrouping.FOLDER, "finance/daily"),
        (AlertGrouping.RULE, "finance"),
    ],
)
def test_a_message_has_the_folder_that_all_its_tasks_are_in(group_by: AlertGrouping, folder: str) -> None:
    rule = replace(RULE, group_by=group_by)
    this = Evaluation(rules=[rule], silences=(), open_alerts={}, tasks=(), now=NOW)
    this.add_outcome(ended(replace(BACKUP, folder="finance/daily"), RunStatus.FAILED))
    assert [message.folder for message in this.raised] == [folder]


def until_recovery(task: WatchedTask, *, silence_id: int = 9) -> Silence:
    return Silence(
        id=silence_id,
        task_id=task.id,
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(days=1),
        until_recovery=True,
    )


def test_a_silence_until_the_recovery_ends_with_the_alert_and_reports_the_recovery() -> None:
    this = evaluation({FAILURES: opened(1)}, silences=[until_recovery(BACKUP)])
    this.add_outcome(ended(BACKUP, RunStatus.FAILED))
    assert not this.raised
    assert this.end_recovered_silences() == []
    this.add_outcome(ended(BACKUP, RunStatus.SUCCEEDED))
    assert [one.message for one in this.raised] == [AlertMessage.RECOVERY]
    assert this.end_recovered_silences() == [9]
    this.add_outcome(ended(BACKUP, RunStatus.FAILED))
    assert [one.message for one in this.raised] == [AlertMessage.RECOVERY, AlertMessage.FIRST]


def test_a_silence_until_the_recovery_lasts_while_another_alert_of_the_task_is_open() -> None:
    this = evaluation({FAILURES: opened(1), LATE: opened(1)}, silences=[until_recovery(BACKUP)])
    this.replace_troubles([late(BACKUP)], failing=set())
    assert [(one.key, one.message) for one in this.raised] == [(FAILURES, AlertMessage.RECOVERY)]
    assert this.end_recovered_silences() == []
    this.replace_troubles([], failing=set())
    assert this.end_recovered_silences() == [9]
    assert this.raised[-1].key == LATE


def test_a_silence_until_the_recovery_is_of_its_task_alone() -> None:
    this = evaluation(
        {FAILURES: opened(1, 2)}, silences=[until_recovery(BACKUP), until_recovery(REPORT, silence_id=10)]
    )
    this.add_outcome(ended(REPORT, RunStatus.SUCCEEDED))
    assert not this.raised
    assert this.end_recovered_silences() == [10]


def test_a_timed_silence_still_holds_the_recovery_back() -> None:
    timed = until_recovery(BACKUP).model_copy(update={"id": 8, "until_recovery": False})
    this = evaluation({FAILURES: opened(1)}, silences=[until_recovery(BACKUP), timed])
    this.add_outcome(ended(BACKUP, RunStatus.SUCCEEDED))
    assert not this.raised
    assert this.end_recovered_silences() == []
