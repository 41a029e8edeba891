"""The task editor's texts as fields, and fields as texts: pure, so that it can be tested without a window."""

import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from shared.models.base import place_of
from shared.models.schedule import check_timezone
from shared.models.task import TASK_FIELD_NAMES, Task, TaskFields
from shared.schedule.cron import CronError, CronExpression

Texts = Mapping[str, str]


def texts_of(task: Task) -> dict[str, str]:
    """Return what the editor shows for a task."""
    return {
        "name": task.name,
        "description": task.description or "",
        "folder": task.folder,
        "executor": task.executor,
        "task_type": "" if task.task_type == task.executor else task.task_type,
        "command": task.command,
        "arguments": shlex.join(task.arguments),
        "environment": pairs_text(task.environment),
        "working_directory": task.working_directory or "",
        "schedule": task.schedule or "",
        "timezone": task.timezone,
        "jitter_seconds": str(task.jitter_seconds),
        "misfire_policy": task.misfire_policy,
        "overlap_policy": task.overlap_policy,
        "priority": task.priority,
        "retry_count": str(task.retry_count),
        "retry_delay_seconds": str(task.retry_delay_seconds),
        "retry_backoff": task.retry_backoff,
        "retry_max_delay_seconds": str(task.retry_max_delay_seconds),
        "timeout_seconds": str(task.timeout_seconds),
        "on_worker_lost": task.on_worker_lost,
        "max_concurrency": "" if task.max_concurrency is None else str(task.max_concurrency),
        "worker_labels": pairs_text(task.worker_labels),
        "labels": pairs_text(task.labels),
    }


def pairs_text(pairs: Mapping[str, str]) -> str:
    """Return pairs as lines of `NAME=value`."""
    return "\n".join(f"{name}={value}" for name, value in pairs.items())


def read_pairs(text: str) -> dict[str, str]:
    """Return the pairs of lines `NAME=value`; raises ValueError for a line without `=`."""
    pairs: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, separator, value = line.partition("=")
        if not separator or not name.strip():
            raise ValueError(f"line {number} is not NAME=value")
        pairs[name.strip()] = value
    return pairs


def read_arguments(text: str) -> list[str]:
    """Return words as a shell would split them; raises ValueError for a quote that is not closed."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{error}; close the quote, or put a backslash before it") from error


_PAIRS = ("environment", "worker_labels", "labels")
_OPTIONAL = ("description", "working_directory", "schedule")
_NUMBERS = (
    "jitter_seconds",
    "retry_count",
    "retry_delay_seconds",
    "retry_max_delay_seconds",
    "timeout_seconds",
    "max_concurrency",
)


def read_texts(texts: Texts) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields for the API, and what is wrong with which of them.

    The fields are checked as the backend checks them; what only it can know (whether a name is taken) is
    left to it.
    """
    fields: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        try:
            fields[name] = _read_one(name, text)
        except ValueError as error:
            errors[name] = str(error)
    try:
        TaskFields.model_validate({name: value for name, value in fields.items() if name in TASK_FIELD_NAMES})
    except ValidationError as error:
        for problem in error.errors():
            name = next(iter(place_of(problem)), "")
            errors.setdefault(name, str(problem["msg"]).removeprefix("Value error, "))
    return fields, errors


def _read_one(name: str, text: str) -> Any:
    if name in _PAIRS:
        return read_pairs(text)
    if name == "arguments":
        return read_arguments(text)
    if name in _NUMBERS:
        return _read_number(name, text)
    if name in _OPTIONAL:
        return text if text.strip() else None
    return text


def _read_number(name: str, text: str) -> int | None:
    if not text.strip() and name == "max_concurrency":
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number, such as 10") from None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that differ: what PATCH sends."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def next_times(schedule: str, timezone: str, name: str, *, count: int, now: datetime | None = None) -> list[datetime]:
    """Return when a schedule fires next, in its zone; raises ValueError where it or the zone is wrong."""
    try:
        zone = ZoneInfo(check_timezone(timezone))
        expression = CronExpression.parse(schedule, hash_key=name)
    except CronError as error:
        raise ValueError(str(error)) from error
    found = islice(expression.iterate(now or datetime.now(UTC), zone=zone), count)
    return [at.astimezone(zone) for at in found]
