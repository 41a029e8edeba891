"""Which alerts are sent: for any order of troubles, recoveries and time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.alerts.grouping import covers, is_silenced, on_recovery, on_time, on_trouble
from backend.alerts.model import AlertRule, Notice, OpenAlert, WatchedTask
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage, Silence

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(
    st.lists(
        st.tuples(st.sampled_from(["trouble", "recovery", "time"]), st.integers(1, 3), st.integers(0, 4000)),
        max_size=60,
    )
)
def test_one_first_then_reminders_at_their_interval_and_one_recovery(steps: list[tuple[str, int, int]]) -> None:
    alert: OpenAlert | None = None
    now = NOW
    sent: list[tuple[AlertMessage, int, datetime]] = []
    counted = 0
    ill: set[int] = set()
    for what, task, seconds in steps:
        now += timedelta(seconds=seconds)
        notice = None
        if what == "trouble":
            alert, notice = on_trouble(alert, task_id=task, now=now, remind_after=HOUR, is_silenced=False)
            counted += 1
            ill.add(task)
        elif alert is not None and what == "recovery" and task in ill:
            alert, notice = on_recovery(alert, task_id=task, is_silenced=False)
            ill.discard(task)
        elif alert is not None and what == "time":
            alert, notice = on_time(alert, now=now, remind_after=HOUR)
        if notice is not None:
            sent.append((notice.message, notice.count, now))
        assert (alert is None) == (not ill)
        assert alert is None or alert.task_ids == ill
    messages = [message for message, _, _ in sent]
    spoken_for = 0
    for place, (message, count, at) in enumerate(sent):
        if message is AlertMessage.FIRST:
            assert place == 0 or messages[place - 1] is AlertMessage.RECOVERY
        else:
            assert place > 0
            assert messages[place - 1] is not AlertMessage.RECOVERY
        if message is AlertMessage.REMINDER:
            assert at - sent[place - 1][2] >= HOUR
        spoken_for += count if message is not AlertMessage.RECOVERY else 0
    assert spoken_for <= counted


def test_a_failure_within_a_silence_is_sent_once_after_it() -> None:
    alert: OpenAlert | None = None
    for _ in range(3):
        alert, notice = on_trouble(alert, task_id=1, now=NOW, remind_after=HOUR, is_silenced=True)
        assert notice is None
    assert alert is not None
    sent, notice = on_time(alert, now=NOW, remind_after=HOUR)
    assert notice == Notice(AlertMessage.FIRST, 3)
    assert on_time(sent, now=NOW + 9 * HOUR, remind_after=HOUR) == (sent, None)
    assert on_recovery(sent, task_id=1, is_silenced=False) == (None, Notice(AlertMessage.RECOVERY, 3))


@pytest.mark.parametrize("is_silenced", [True, False])
def test_what_fails_and_recovers_within_a_silence_is_not_sent(is_silenced: bool) -> None:
    alert, _ = on_trouble(None, task_id=1, now=NOW, remind_after=HOUR, is_silenced=True)
    assert on_recovery(alert, task_id=1, is_silenced=is_silenced) == (None, None)


def test_during_a_silence_an_open_alert_only_counts() -> None:
    alert, _ = on_trouble(None, task_id=1, now=NOW, remind_after=HOUR, is_silenced=False)
    assert alert is not None
    again, notice = on_trouble(alert, task_id=1, now=NOW + 2 * HOUR, remind_after=HOUR, is_silenced=True)
    assert notice is None
    assert again is not None
    assert on_time(again, now=NOW + 3 * HOUR, remind_after=HOUR)[1] is not None


def test_a_recovery_within_a_silence_is_sent_after_it() -> None:
    alert, _ = on_trouble(None, task_id=1, now=NOW, remind_after=HOUR, is_silenced=False)
    assert alert is not None
    kept, notice = on_recovery(alert, task_id=1, is_silenced=True)
    assert (kept, notice) == (alert, None)
    assert on_recovery(alert, task_id=1, is_silenced=False) == (None, Notice(AlertMessage.RECOVERY, 1))


@pytest.mark.parametrize(
    ("folder", "labels", "concerns"),
    [
        ("finance", {"team": "a"}, True),
        ("finance/daily", {"team": "a", "x": "y"}, True),
        ("finances", {"team": "a"}, False),
        ("finance", {"team": "b"}, False),
        ("", {"team": "a"}, False),
    ],
)
def test_a_rule_is_about_its_folder_and_labels(folder: str, labels: dict[str, str], concerns: bool) -> None:
    rule = AlertRule(
        name="r",
        conditions={AlertCondition.FAILURE},
        folder="finance",
        labels={"team": "a"},
        channels=[],
        group_by=AlertGrouping.FOLDER,
        remind_after=HOUR,
    )
    task = WatchedTask(1, "task", folder, labels)
    assert covers(rule, task, AlertCondition.FAILURE) is concerns
    assert not covers(rule, task, AlertCondition.SLOW)


def silence(**fields: object) -> Silence:
    usual = {"id": 1, "starts_at": NOW, "ends_at": NOW + HOUR}
    return Silence.model_validate(usual | fields)


@pytest.mark.parametrize(
    ("fields", "is_active"),
    [
        ({}, True),
        ({"folder": "finance"}, True),
        ({"folder": "fin"}, False),
        ({"task_id": 1}, True),
        ({"task_id": 2}, False),
        ({"task_id": 2, "folder": "finance"}, False),
        ({"ends_at": NOW}, False),
        ({"starts_at": NOW + HOUR, "ends_at": NOW + 2 * HOUR}, False),
    ],
)
def test_a_silence_is_about_a_task_or_a_folder_and_a_time(fields: dict[str, object], is_active: bool) -> None:
    task = WatchedTask(1, "task", "finance/daily", {})
    assert is_silenced([silence(**fields)], task, now=NOW) is is_active
