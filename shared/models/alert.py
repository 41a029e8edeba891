"""Alerts, and their channels, rules and silences."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, field_validator, model_validator

from shared.folders import normal_folder
from shared.models.base import Flag, GivenTimestamp, Input, ObjectId, Output, Timestamp, promised, refused
from shared.models.task import Labels, ShortText, Text


class AlertCondition(StrEnum):
    """What raises an alert: outcomes and states of tasks, and faults of the installation.

    Faults belong to no task: all of them are one alert of a rule.
    """

    FAILURE = "failure"
    SLOW = "slow"
    LATE = "late"
    PAUSED = "paused"
    FAULT = "fault"


class AlertMessage(StrEnum):
    """The kind of a message: the first one, a reminder, or the recovery."""

    FIRST = "first"
    REMINDER = "reminder"
    RECOVERY = "recovery"


class AlertGrouping(StrEnum):
    """How a rule groups alerts: by task, by folder, or all together."""

    TASK = "task"
    FOLDER = "folder"
    RULE = "rule"


class ChannelKind(StrEnum):
    """The kind of a channel."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    CONSOLE = "console"


class WebhookFormat(StrEnum):
    """The format of a webhook's body; `custom` uses the channel's template."""

    JSON = "json"
    SLACK = "slack"
    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    CUSTOM = "custom"


HIDDEN = "***"
"""Replaces the value of a header in answers; in a request it keeps the stored value, or the stored address."""


def _needs_of_kind() -> dict[str, Any]:
    """Return in JSON Schema what each kind of channel needs."""
    text = {"type": "string"}
    return {
        "oneOf": [
            {"properties": {"kind": {"const": "webhook"}, "url": text}, "required": ["url"]},
            {"properties": {"kind": {"const": "email"}, "recipients": {"minItems": 1}}, "required": ["recipients"]},
            {"properties": {"kind": {"const": "console"}}},
        ],
        "if": {"properties": {"kind": {"const": "webhook"}, "format": {"const": "custom"}}, "required": ["format"]},
        "then": {"properties": {"template": {"not": {"type": "null"}}}, "required": ["template"]},
    }


class ChannelFields(Input):
    """A channel: a webhook has `url` and `format`, e-mail has `recipients`, the console has neither.

    A header with the value `***` keeps its stored value, provided that the webhook's host is the same; a `url` of `***`
    keeps the stored address.
    """

    model_config = ConfigDict(json_schema_extra=_needs_of_kind())

    kind: ChannelKind
    url: Annotated[Text, StringConstraints(max_length=2000), promised(pattern=r"^(https?://|\*\*\*$)")] | None = None
    format: WebhookFormat = WebhookFormat.JSON
    template: JsonValue = None
    headers: dict[str, Text] = Field(default={}, max_length=50)
    recipients: list[Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]] = Field(
        default=[], max_length=100
    )
    enabled: Flag = True

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        url = self.url or ""
        if self.kind is ChannelKind.WEBHOOK and not (url == HIDDEN or url.startswith(("http://", "https://"))):
            raise refused("url", "must be an http or https address")
        if self.kind is ChannelKind.WEBHOOK and self.format is WebhookFormat.CUSTOM and self.template is None:
            raise refused(
                "template", 'is missing; give JSON with {{title}} and {{detail}}, such as {"text": "{{title}}"}'
            )
        if self.kind is ChannelKind.EMAIL and not self.recipients:
            raise refused("recipients", "must name at least one address")
        return self


class Channel(Output):
    """A stored channel, without the values of its headers."""

    name: str
    kind: ChannelKind
    url: str | None = None
    format: WebhookFormat = WebhookFormat.JSON
    template: JsonValue = None
    headers: dict[str, str] = {}
    recipients: list[str] = []
    enabled: bool = True
    updated_at: Timestamp


class RuleFields(Input):
    """Which outcomes raise an alert, and its channels; for tasks in or below `folder` that have all `labels`.

    The condition `fault` is about the whole installation, and so only for rules without `folder` and `labels`.
    """

    conditions: list[AlertCondition] = Field(default=[AlertCondition.FAILURE], min_length=1)
    folder: ShortText = ""
    labels: Labels = {}
    channels: list[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = Field(min_length=1, max_length=50)
    group_by: AlertGrouping = AlertGrouping.FOLDER
    remind_after_seconds: int = Field(default=3600, ge=10, le=30 * 86_400)
    enabled: Flag = True

    @field_validator("folder")
    @classmethod
    def _folder(cls, value: str) -> str:
        return normal_folder(value)

    @model_validator(mode="after")
    def _faults_belong_to_no_task(self) -> Self:
        if AlertCondition.FAULT in self.conditions and (self.folder or self.labels):
            raise refused(
                "conditions",
                "fault is about the whole installation, not about tasks of a folder or with labels; create a rule of "
                "its own for it, without folder and labels",
            )
        return self


class Rule(Output):
    """A stored rule."""

    name: str
    conditions: list[AlertCondition]
    folder: str = ""
    labels: dict[str, str] = {}
    channels: list[str]
    group_by: AlertGrouping
    remind_after_seconds: int
    enabled: bool
    updated_at: Timestamp


def _task_if_until_recovery(schema: dict[str, Any]) -> None:
    """State in JSON Schema that a silence until the recovery names a task."""
    schema["if"] = {"properties": {"until_recovery": {"const": True}}, "required": ["until_recovery"]}
    schema["then"] = {"properties": {"task_id": {"type": "integer"}}, "required": ["task_id"]}


class SilenceFields(Input):
    """No alerts are sent for a task, a folder or all tasks, from `starts_at` (default: now) to `ends_at`.

    What failed in that time and still fails at its end is reported then, once. With `until_recovery`, which needs
    `task_id`, it also ends as soon as the task has no open alert, and the recovery is reported.
    """

    model_config = ConfigDict(json_schema_extra=_task_if_until_recovery)

    task_id: ObjectId | None = None
    folder: ShortText = ""
    starts_at: GivenTimestamp | None = None
    ends_at: GivenTimestamp
    until_recovery: Flag = False
    reason: Text = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _recovery_is_of_a_task(self) -> Self:
        if self.until_recovery and self.task_id is None:
            raise refused("until_recovery", "needs task_id: only a task recovers")
        return self


class Silence(Output):
    """A stored silence."""

    id: int
    task_id: int | None = None
    task_name: str | None = None
    folder: str = ""
    starts_at: Timestamp
    ends_at: Timestamp
    until_recovery: bool = False
    reason: str = ""
    created_by: str = ""


class Delivery(Output):
    """The delivery of an alert over a channel."""

    channel: str
    status: str
    attempts: int
    sent_at: Timestamp | None = None
    next_try_at: Timestamp | None = None
    error: str | None = None


class Alert(Output):
    """A message: the first of its group, a reminder of `count` further ones, or the recovery.

    `folder` is the one in or below which its tasks are; null where that is not known. Who is named in
    `acknowledged_by` takes care of the trouble.
    """

    id: int
    at: Timestamp
    rule: str
    condition: AlertCondition
    message: AlertMessage
    grouping_key: str
    task_id: int | None = None
    task_name: str | None = None
    run_id: int | None = None
    count: int
    title: str
    detail: str
    folder: str | None = None
    acknowledged_at: Timestamp | None = None
    acknowledged_by: str | None = None
    deliveries: list[Delivery] = []
