"""The page of alert channels: where alerts are sent."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from console.views.policies.form_field import FormField
from console.views.policies.resource import (
    ENABLED,
    IN_USE,
    ResourceColumn,
    ResourceSpec,
    Row,
    joined,
    pairs_field,
)
from console.words import enumeration, listed, tr
from shared.enums import Role
from shared.models.alert import WebhookFormat

_FOR_WEBHOOKS = ("kind", frozenset({"webhook"}))
_KINDS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("webhook", lambda: tr("Webhook")),
    ("email", lambda: tr("E-mail")),
    ("console", lambda: tr("Desktop console")),
)


def _format(value: str) -> str:
    known = {
        WebhookFormat.JSON: "JSON",
        WebhookFormat.SLACK: "Slack",
        WebhookFormat.FEISHU: tr("Feishu"),
        WebhookFormat.DINGTALK: tr("DingTalk"),
        WebhookFormat.WECOM: tr("WeCom"),
        WebhookFormat.CUSTOM: tr("Custom"),
    }
    return known[WebhookFormat(value)] if value in known else value


def _kind(row: Row) -> str:
    return next((words() for kind, words in _KINDS if kind == row["kind"]), str(row["kind"]))


def _template(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except ValueError as error:
        raise ValueError(tr("This is not valid JSON: %1", error)) from error


def _template_text(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)


ALERT_CHANNELS = ResourceSpec(
    name="channels",
    needed=Role.ADMIN,
    title=lambda: tr("Alert channels"),
    make=lambda: tr("New alert channel"),
    path="/api/alerts/channels",
    key="name",
    columns=(
        ResourceColumn(lambda: tr("Name"), lambda row: row["name"]),
        ResourceColumn(lambda: tr("Kind"), lambda row: _kind(row), "Desktop console"),
        ResourceColumn(
            lambda: tr("Destination"),
            lambda row: row["url"] or enumeration(row["recipients"]) or "–",
            "https://chat.example.org/hooks/on-call-team",
        ),
        ResourceColumn(
            lambda: tr("Format"),
            lambda row: _format(row["format"]) if row["kind"] == "webhook" else "–",
            "DingTalk",
        ),
        IN_USE,
    ),
    fields=(
        FormField(name="name", title=lambda: tr("Name"), hint="chat"),
        FormField(
            name="kind",
            title=lambda: tr("Kind"),
            choices=_KINDS,
        ),
        FormField(
            name="url",
            title=lambda: tr("Webhook URL"),
            hint="https://…",
            grants_access=True,
            only_for=_FOR_WEBHOOKS,
        ),
        FormField(
            name="format",
            title=lambda: tr("Format"),
            choices=tuple((one, partial(_format, one)) for one in WebhookFormat),
            only_for=_FOR_WEBHOOKS,
        ),
        FormField(
            name="template",
            title=lambda: tr("Custom format (JSON)"),
            read=_template,
            show=_template_text,
            hint='{"text": "{{title}}"}',
            has_lines=True,
            only_for=("format", frozenset({WebhookFormat.CUSTOM})),
        ),
        pairs_field(
            "headers",
            lambda: tr("Headers, one NAME=value per line; leave *** to keep the saved value"),
            hint="Authorization=Bearer …",
            only_for=_FOR_WEBHOOKS,
        ),
        FormField(
            name="recipients",
            title=lambda: tr("Recipients"),
            read=listed,
            show=joined,
            hint="ops@example.org",
            only_for=("kind", frozenset({"email"})),
        ),
        ENABLED,
    ),
    trial="/test",
    empty=lambda: tr("An alert channel is where alerts are sent: a chat webhook, e-mail or this console."),
)
