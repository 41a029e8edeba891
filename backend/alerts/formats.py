"""What a webhook's receiver understands."""

from collections.abc import Mapping
from typing import Any

from shared.models.alert import WebhookFormat


def webhook_body(style: WebhookFormat, alert: Mapping[str, Any], *, template: Any = None) -> Any:
    """Return the JSON to post for an alert, given as its fields.

    Slack and Mattermost: "text". Feishu: msg_type and content.text. DingTalk and WeCom: msgtype and text.content.
    A template of one's own is JSON whose texts may hold {{title}}, {{detail}} and the other fields.
    """
    words = f"{alert['title']}\n{alert['detail']}".strip()
    if style is WebhookFormat.SLACK:
        return {"text": words}
    if style is WebhookFormat.FEISHU:
        return {"msg_type": "text", "content": {"text": words}}
    if style in (WebhookFormat.DINGTALK, WebhookFormat.WECOM):
        return {"msgtype": "text", "text": {"content": words}}
    if style is WebhookFormat.CUSTOM:
        return _filled(template, alert)
    return dict(alert)


def _filled(template: Any, alert: Mapping[str, Any]) -> Any:
    if isinstance(template, str):
        for name, value in alert.items():
            template = template.replace("{{" + name + "}}", "" if value is None else str(value))
        return template
    if isinstance(template, list):
        return [_filled(item, alert) for item in template]
    if isinstance(template, dict):
        return {key: _filled(value, alert) for key, value in template.items()}
    return template


def refusal(answer: Any) -> str | None:
    """Return why a receiver refused that answers 200 whatever happened (Feishu: code; DingTalk, WeCom: errcode)."""
    if not isinstance(answer, dict):
        return None
    for name, words in (("errcode", "errmsg"), ("code", "msg")):
        if isinstance(answer.get(name), int) and answer[name] != 0:
            return f"{name} {answer[name]}: {answer.get(words, '')}"
    return None
