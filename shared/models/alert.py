"""Alerts: channels, rules, silences, and what was sent, as the API takes and gives them."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator

from shared.models.base import GivenTimestamp, Input, ObjectId, Output, Timestamp, refused
from shared.models.task import Labels, ShortText, Text


class AlertCondition(StrEnum):
    """What an alert is for; `recovery` is a success after a failure, and ends the failure's alert."""

    FAILURE = "failure"
    SLOW = "slow"
    LATE = "late"
    PAUSED = "paused"


class AlertMessage(StrEnum):
    """Which word of an alert this is."""

    FIRST = "first"
    REMINDER = "reminder"
    RECOVERY = "recovery"


class AlertGrouping(StrEnum):
    """What counts as alike: the same task, the same folder, or all that a rule is for."""

    TASK = "task"
    FOLDER = "folder"
    RULE = "rule"


class ChannelKind(StrEnum):
    """How a channel reaches people."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    CONSOLE = "console"


class WebhookFormat(StrEnum):
    """What a webhook's receiver understands; `custom` takes the channel's own template."""

    JSON = "json"
    SLACK = "slack"
    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    CUSTOM = "custom"


HIDDEN = "***"
"""What is shown instead of a header's value; given back, it leaves the value as it is."""


class ChannelFields(Input):
    """A channel: `url` and `format` of a webhook, `recipients` of e-mail; the console needs nothing.

    A header whose value is `***` keeps the value that is stored, as long as the webhook's host is the same.
    """

    kind: ChannelKind
    url: Annotated[Text, StringConstraints(max_length=2000)] | None = None
    format: WebhookFormat = WebhookFormat.JSON
    template: JsonValue = None
    headers: dict[str, Text] = Field(default={}, max_length=50)
    recipients: list[Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]] = Field(
        default=[], max_length=100
    )
    enabled: bool = True

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.kind is ChannelKind.WEBHOOK and not (self.url or "").startswith(("http://", "https://")):
            raise refused("url", "must be an http or https address")
        if self.kind is ChannelKind.WEBHOOK and self.format is WebhookFormat.CUSTOM and self.template is None:
            raise refused(
                "template", 'is missing; give JSON with {{title}} and {{detail}}, such as {"text": "{{title}}"}'
            )
        if self.kind is ChannelKind.EMAIL and not self.recipients:
            raise refused("recipients", "must name at least one address")
        return self


class Channel(Output):
    """A channel as it is stored; header values are not shown again."""

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
    """What is told to whom: of tasks below `folder` that have all `labels`."""

    conditions: list[AlertCondition] = Field(default=[AlertCondition.FAILURE], min_length=1)
    folder: ShortText = ""
    labels: Labels = {}
    channels: list[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = Field(min_length=1, max_length=50)
    group_by: AlertGrouping = AlertGrouping.FOLDER
    remind_after_seconds: int = Field(default=3600, ge=10, le=30 * 86_400)
    enabled: bool = True

    @field_validator("folder")
    @classmethod
    def _folder(cls, value: str) -> str:
        return value.strip("/")


class Rule(Output):
    """A rule as it is stored."""

    name: str
    conditions: list[AlertCondition]
    folder: str = ""
    labels: dict[str, str] = {}
    channels: list[str]
    group_by: AlertGrouping
    remind_after_seconds: int
    enabled: bool
    updated_at: Timestamp


class SilenceFields(Input):
    """No alert is sent for one task, or for those below a folder, from `starts_at` (now) to `ends_at`."""

    task_id: ObjectId | None = None
    folder: ShortText = ""
    starts_at: GivenTimestamp | None = None
    ends_at: GivenTimestamp
    reason: Text = Field(default="", max_length=1000)


class Silence(Output):
    """A silence as it is stored."""

    id: int
    task_id: int | None = None
    folder: str = ""
    starts_at: Timestamp
    ends_at: Timestamp
    reason: str = ""
    created_by: str = ""


class Delivery(Output):
    """One alert on its way over one channel."""

    channel: str
    status: str
    attempts: int
    sent_at: Timestamp | None = None
    next_try_at: Timestamp | None = None
    error: str | None = None


class Alert(Output):
    """One message: of the first, a reminder of `count` more alike, or of the recovery."""

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
    deliveries: list[Delivery] = []
