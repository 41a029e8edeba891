"""Which alerts are said: against a table, and for any order of troubles, recoveries and time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.alerts.formats import refusal, webhook_body
from backend.alerts.grouping import (
    MOST_DELIVERY_ATTEMPTS,
    AlertRule,
    OpenAlert,
    Say,
    delivery_delay,
    on_recovery,
    on_time,
    on_trouble,
    should_pause,
)
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage, WebhookFormat

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
    said: list[tuple[AlertMessage, int, datetime]] = []
    counted = 0
    ill: set[int] = set()
    for what, task, seconds in steps:
        now += timedelta(seconds=seconds)
        say = None
        if what == "trouble":
            alert, say = on_trouble(alert, task_id=task, now=now, remind_after=HOUR, is_silenced=False)
            counted += 1
            ill.add(task)
        elif alert is not None and what == "recovery" and task in ill:
            alert, say = on_recovery(alert, task_id=task, is_silenced=False)
            ill.discard(task)
        elif alert is not None and what == "time":
            alert, say = on_time(alert, now=now, remind_after=HOUR, is_silenced=False)
        if say is not None:
            said.append((say.message, say.count, now))
        assert (alert is None) == (not ill)
        assert alert is None or alert.task_ids == ill
    messages = [message for message, _, _ in said]
    spoken_for = 0
    for place, (message, count, at) in enumerate(said):
        if message is AlertMessage.FIRST:
            assert place == 0 or messages[place - 1] is AlertMessage.RECOVERY
        else:
            assert place > 0
            assert messages[place - 1] is not AlertMessage.RECOVERY
        if message is AlertMessage.REMINDER:
            assert at - said[place - 1][2] >= HOUR
        spoken_for += count if message is not AlertMessage.RECOVERY else 0
    assert spoken_for <= counted


def test_a_silence_opens_nothing_and_says_nothing() -> None:
    assert on_trouble(None, task_id=1, now=NOW, remind_after=HOUR, is_silenced=True) == (None, None)
    alert, _ = on_trouble(None, task_id=1, now=NOW, remind_after=HOUR, is_silenced=False)
    assert alert is not None
    again, say = on_trouble(alert, task_id=1, now=NOW + 2 * HOUR, remind_after=HOUR, is_silenced=True)
    assert say is None
    assert again is not None
    assert on_time(again, now=NOW + 3 * HOUR, remind_after=HOUR, is_silenced=False)[1] is not None


def test_a_recovery_within_a_silence_is_told_when_the_silence_is_over() -> None:
    alert, _ = on_trouble(None, task_id=1, now=NOW, remind_after=HOUR, is_silenced=False)
    assert alert is not None
    kept, say = on_recovery(alert, task_id=1, is_silenced=True)
    assert (kept, say) == (alert, None)
    assert on_recovery(alert, task_id=1, is_silenced=False) == (None, Say(AlertMessage.RECOVERY, 1))


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
    assert rule.concerns(folder=folder, labels=labels, condition=AlertCondition.FAILURE) is concerns
    assert not rule.concerns(folder=folder, labels=labels, condition=AlertCondition.SLOW)


@pytest.mark.parametrize(
    ("outcomes", "after", "stops"),
    [([True, True, True], 3, True), ([True, True], 3, False), ([True, False, True], 2, False), ([True], None, False)],
)
def test_a_schedule_stops_after_failures_in_a_row(outcomes: list[bool], after: int | None, stops: bool) -> None:
    assert should_pause(outcomes, after=after) is stops


def test_deliveries_are_tried_less_and_less_often_and_not_for_ever() -> None:
    delays = [delivery_delay(attempt) for attempt in range(1, MOST_DELIVERY_ATTEMPTS + 1)]
    assert delays[-1] is None
    waits = [delay for delay in delays if delay is not None]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=5)
    assert waits[-1] <= HOUR


ALERT = {"title": "backup failed", "detail": "Run 7: exit code 1", "run_id": 7, "task_id": None}


@pytest.mark.parametrize(
    ("style", "body"),
    [
        (WebhookFormat.JSON, ALERT),
        (WebhookFormat.SLACK, {"text": "backup failed\nRun 7: exit code 1"}),
        (WebhookFormat.FEISHU, {"msg_type": "text", "content": {"text": "backup failed\nRun 7: exit code 1"}}),
        (WebhookFormat.DINGTALK, {"msgtype": "text", "text": {"content": "backup failed\nRun 7: exit code 1"}}),
        (WebhookFormat.WECOM, {"msgtype": "text", "text": {"content": "backup failed\nRun 7: exit code 1"}}),
    ],
)
def test_each_receiver_gets_what_it_understands(style: WebhookFormat, body: object) -> None:
    assert webhook_body(style, ALERT) == body


def test_a_template_is_filled_in_wherever_it_has_texts() -> None:
    template = {"a": ["{{title}} ({{run_id}})", 3], "b": {"c": "{{task_id}}{{unknown}}"}}
    filled = webhook_body(WebhookFormat.CUSTOM, ALERT, template=template)
    assert filled == {"a": ["backup failed (7)", 3], "b": {"c": "{{unknown}}"}}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"errcode": 0, "errmsg": "ok"}, None),
        ({"errcode": 310000, "errmsg": "keywords not in content"}, "errcode 310000: keywords not in content"),
        ({"code": 19001, "msg": "param invalid"}, "code 19001: param invalid"),
        ("ok", None),
    ],
)
def test_a_refusal_with_status_200_is_seen(answer: object, why: str | None) -> None:
    assert refusal(answer) == why
