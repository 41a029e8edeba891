"""What webhooks get."""

from dataclasses import asdict, replace

import pytest
from pydantic import JsonValue

from backend.alerts.formats import refusal, webhook_body
from backend.alerts.model import OutgoingAlert
from shared.models.alert import WebhookFormat

ALERT = OutgoingAlert(
    rule="all",
    condition="failure",
    message="first",
    task_id=None,
    task_name="backup",
    run_id=7,
    count=1,
    title="backup failed",
    detail="Run 7: exit code 1",
    at="2026-11-24T03:00:00+00:00",
)


@pytest.mark.parametrize(
    ("style", "body"),
    [
        (WebhookFormat.JSON, asdict(ALERT)),
        (WebhookFormat.SLACK, {"text": "backup failed\nRun 7: exit code 1"}),
        (WebhookFormat.FEISHU, {"msg_type": "text", "content": {"text": "backup failed\nRun 7: exit code 1"}}),
        (WebhookFormat.DINGTALK, {"msgtype": "text", "text": {"content": "backup failed\nRun 7: exit code 1"}}),
        (WebhookFormat.WECOM, {"msgtype": "text", "text": {"content": "backup failed\nRun 7: exit code 1"}}),
    ],
)
def test_each_receiver_gets_what_it_understands(style: WebhookFormat, body: object) -> None:
    assert webhook_body(style, ALERT) == body


def test_a_template_is_filled_in_wherever_it_has_texts() -> None:
    template: JsonValue = {"a": ["{{title}} ({{run_id}})", 3], "b": {"c": "{{task_id}}{{unknown}}"}}
    filled = webhook_body(WebhookFormat.CUSTOM, ALERT, template=template)
    assert filled == {"a": ["backup failed (7)", 3], "b": {"c": "{{unknown}}"}}


def test_a_name_pages_no_channel_and_is_not_expanded_again() -> None:
    alert = replace(ALERT, title="<!channel> & <b> {{detail}} failed", detail="secret")
    for style in (WebhookFormat.SLACK, WebhookFormat.FEISHU):
        assert "&lt;!channel&gt; &amp; &lt;b&gt; {{detail}} failed" in str(webhook_body(style, alert))
    assert webhook_body(WebhookFormat.CUSTOM, alert, template="{{title}}") == alert.title


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


def test_a_text_mentions_nobody_and_hides_no_link_in_any_chat() -> None:
    hostile = "<!channel> @channel @HERE @all [click](https://evil.example) ![x](https://evil.example/x.png) <@all>"
    alert = replace(ALERT, title=hostile)
    for style in (WebhookFormat.SLACK, WebhookFormat.FEISHU, WebhookFormat.WECOM):
        text = str(webhook_body(style, alert))
        assert "<!" not in text or style is WebhookFormat.WECOM
        assert "<@" not in text
    text = webhook_body(WebhookFormat.SLACK, alert)["text"]
    assert "](" not in text
    for mention in ("@channel", "@HERE", "@all"):
        assert mention not in text
    assert "ops@example.org" in webhook_body(WebhookFormat.SLACK, replace(ALERT, title="ops@example.org"))["text"]
