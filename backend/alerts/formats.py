"""The bodies of webhooks for the chats that Taskdeck supports."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from backend.alerts.model import OutgoingAlert
from shared.models.alert import WebhookFormat

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")

_MENTION = re.compile("@(?=channel|all|here|everyone)", re.IGNORECASE)
_NOTHING = "\u200b"
"""A space without width: it parts what a chat would otherwise read as one, and is not seen."""


def webhook_body(style: WebhookFormat, alert: OutgoingAlert, *, template: JsonValue = None) -> Any:
    """Return the JSON to post for an alert.

    Slack and Mattermost: `text`. Feishu: `msg_type` and `content.text`. DingTalk and WeCom: `msgtype` and
    `text.content`. A custom template is JSON whose strings may contain `{{title}}`, `{{detail}}` and the other fields.
    """
    words = f"{alert.title}\n{alert.detail}".strip()
    if style is WebhookFormat.SLACK:
        return {"text": _without_markup(words)}
    if style is WebhookFormat.FEISHU:
        return {"msg_type": "text", "content": {"text": _without_markup(words)}}
    if style in (WebhookFormat.DINGTALK, WebhookFormat.WECOM):
        return {"msgtype": "text", "text": {"content": words.replace("<@", f"<{_NOTHING}@")}}
    if style is WebhookFormat.CUSTOM:
        return _filled(template, alert.fields())
    return alert.fields()


def _without_markup(words: str) -> str:
    """Return text in which Slack, Mattermost and Feishu see no mention, such as <!channel> or @all, and no link."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(f"@{_NOTHING}", escaped).replace("](", f"]{_NOTHING}(")


def _filled(template: Any, fields: Mapping[str, Any]) -> Any:
    if isinstance(template, str):
        # In one pass: a value that contains {{detail}} stays as it is.
        return _PLACEHOLDER.sub(lambda found: _value(found, fields), template)
    if isinstance(template, list):
        return [_filled(item, fields) for item in template]
    if isinstance(template, dict):
        return {key: _filled(value, fields) for key, value in template.items()}
    return template


def _value(found: re.Match[str], fields: Mapping[str, Any]) -> str:
    if found[1] not in fields:
        return found[0]
    value = fields[found[1]]
    return "" if value is None else str(value)


def refusal(answer: Any) -> str | None:
    """Return why a receiver that always answers with status 200 refused (Feishu: code, DingTalk and WeCom: errcode)."""
    if not isinstance(answer, dict):
        return None
    for name, words in (("errcode", "errmsg"), ("code", "msg")):
        if isinstance(answer.get(name), int) and answer[name] != 0:
            return f"{name} {answer[name]}: {answer.get(words, '')}"
    return None
