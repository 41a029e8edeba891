"""What alerts are made of; nothing here reads or writes."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from shared.enums import FaultKind, RunStatus
from shared.models.alert import AlertCondition, AlertGrouping, AlertMessage, ChannelKind, WebhookFormat


@dataclass(frozen=True, slots=True)
class WatchedTask:
    """What rules and silences ask of a task."""

    id: int
    name: str
    folder: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, with what decides whether the task's schedule is paused."""

    run_id: int
    task: WatchedTask
    status: RunStatus
    error: str | None
    pause_after_failures: int | None
    is_task_active: bool


class TroubleKind(StrEnum):
    """What is wrong with a task, other than a run that failed."""

    SLOW = "slow"
    """A run takes longer than expected."""
    WAITS = "waits"
    """A scheduled run has not started in time."""
    STARTED_LATE = "started_late"
    """The newest scheduled run started too late."""
    NOT_CREATED = "not_created"
    """The next occurrence is overdue and has no run yet."""
    MISSED = "missed"
    """Occurrences passed while no dispatcher was running, and the misfire policy skips them."""
    PAUSED = "paused"
    """Taskdeck paused the task after failures."""

    @property
    def condition(self) -> AlertCondition:
        """The condition that a rule names."""
        if self is TroubleKind.SLOW:
            return AlertCondition.SLOW
        return AlertCondition.PAUSED if self is TroubleKind.PAUSED else AlertCondition.LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A condition that lasts: `limit_seconds` is what the task allows, `reason` why it was paused."""

    kind: TroubleKind
    task: WatchedTask
    run_id: int | None
    limit_seconds: int | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFault:
    """What a message says of a fault; `object` names it with its type, such as `task backup`."""

    id: int
    kind: FaultKind
    object: str
    cause: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultsNow:
    """The faults that raise alerts now. `newer_than` says for some ids how many faults have a greater one."""

    count: int
    newest: WatchedFault | None
    newer_than: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """Which tasks and conditions a rule covers, and how its alerts are grouped."""

    name: str
    conditions: AbstractSet[AlertCondition]
    folder: str
    labels: Mapping[str, str]
    channels: Sequence[str]
    group_by: AlertGrouping
    remind_after: timedelta


@dataclass(frozen=True, slots=True)
class AlertKey:
    """What alerts of one group have in common."""

    rule: str
    condition: AlertCondition
    grouping_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that has not ended: its tasks, and how many events it counts.

    `held` events happened since the last message, `total` since the alert was opened. One that was opened during a
    silence holds all of its events until the silence ends. An alert about faults has no tasks, and counts the faults up
    to `newest_fault_id`. Of one that is acknowledged no reminder is sent.
    """

    task_ids: frozenset[int]
    opened_at: datetime
    last_sent_at: datetime
    held: int
    total: int
    newest_fault_id: int = 0
    is_acknowledged: bool = False

    @property
    def is_sent(self) -> bool:
        """Whether there was a message."""
        return self.total > self.held


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to send; `count` is the number of events that it reports."""

    message: AlertMessage
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """A message to store and to deliver over the rule's channels."""

    key: AlertKey
    channels: Sequence[str]
    message: AlertMessage
    task_id: int | None
    task_name: str | None
    run_id: int | None
    count: int
    title: str
    detail: str
    folder: str | None
    """In or below which all its tasks are: who may read there may read the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """How a channel delivers: `url` to `headers` belong to webhooks, `recipients` to e-mail."""

    name: str
    kind: ChannelKind
    url: str | None
    format: WebhookFormat
    template: JsonValue
    headers: Mapping[str, str]
    recipients: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingAlert:
    """A message as channels send it; its fields are the names that webhook templates use."""

    rule: str
    condition: str
    message: str
    task_id: int | None
    task_name: str | None
    run_id: int | None
    count: int
    title: str
    detail: str
    at: str
    """RFC 3339, or empty in a test message."""

    def fields(self) -> dict[str, Any]:
        """Return the fields by name, ready for JSON."""
        return asdict(self)
