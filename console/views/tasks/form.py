"""The task editor's texts as fields, and fields as texts. Pure."""

import json
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pydantic import ValidationError

from console.views.tasks.field_problems import field_problem, joined_problems
from console.views.tasks.field_texts import (
    blackouts_text,
    dependencies_text,
    instant_text,
    number_text,
    numbers_text,
    pairs_text,
    read_arguments,
    read_blackouts,
    read_dependencies,
    read_instant,
    read_numbers,
    read_pairs,
)
from console.words import tr
from shared.enums import CalendarPolicy
from shared.models.base import place_of
from shared.models.schedule import BlackoutWindow, Calendar, day_calendar
from shared.models.task import TASK_FIELD_NAMES, Task, TaskFields
from shared.models.timing import timing_of
from shared.schedule.cron_fields import CronError
from shared.time_zones import time_zone

Texts = Mapping[str, str]


def texts_of(task: Task, names: Mapping[int, str] | None = None) -> dict[str, str]:
    """Return what the editor shows for a task; `names` are those of the tasks that it depends on."""
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
        "run_as": task.run_as or "",
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
        "starts_at": instant_text(task.starts_at),
        "ends_at": instant_text(task.ends_at),
        "calendar": task.calendar or "",
        "calendar_policy": task.calendar_policy,
        "blackouts": blackouts_text(task.blackouts),
        "depends_on": dependencies_text(task.depends_on, names or {}),
        "late_after_seconds": number_text(task.late_after_seconds),
        "expected_duration_seconds": number_text(task.expected_duration_seconds),
        "pause_after_failures": number_text(task.pause_after_failures),
        "retry_timeout_seconds": number_text(task.retry_timeout_seconds),
        "retry_exit_codes": numbers_text(task.retry_exit_codes),
        "retry_http_statuses": numbers_text(task.retry_http_statuses),
        "retry_on_timeout": "yes" if task.retry_on_timeout else "no",
        "concurrency_group": task.concurrency_group or "",
        "queue_timeout_seconds": number_text(task.queue_timeout_seconds),
        "distribution": task.distribution,
        "shard_count": number_text(task.shard_count),
        "keep_runs": number_text(task.keep_runs),
        "keep_days": number_text(task.keep_days),
        "max_memory_mb": number_text(task.max_memory_mb),
        "max_cpu_seconds": number_text(task.max_cpu_seconds),
        "max_open_files": number_text(task.max_open_files),
    }


_PAIRS = ("environment", "worker_labels", "labels")
_OPTIONAL = ("description", "working_directory", "run_as", "schedule", "calendar", "concurrency_group")
_INSTANTS = ("starts_at", "ends_at")
_LISTS_OF_NUMBERS = ("retry_exit_codes", "retry_http_statuses")
_OPTIONAL_NUMBERS = (
    "max_concurrency",
    "late_after_seconds",
    "expected_duration_seconds",
    "pause_after_failures",
    "retry_timeout_seconds",
    "queue_timeout_seconds",
    "shard_count",
    "keep_runs",
    "keep_days",
    "max_memory_mb",
    "max_cpu_seconds",
    "max_open_files",
)
_NUMBERS = (
    "jitter_seconds",
    "retry_count",
    "retry_delay_seconds",
    "retry_max_delay_seconds",
    "timeout_seconds",
    *_OPTIONAL_NUMBERS,
)


def read_texts(texts: Texts, ids: Mapping[str, int] | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields for the API, and what is wrong with which of them; `ids` are those of tasks by name.

    The fields are checked as the backend checks them; what only it can know (whether a name is taken) is
    left to it.
    """
    fields: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        try:
            fields[name] = read_dependencies(text, ids or {}) if name == "depends_on" else _read_one(name, text)
        except ValueError as error:
            errors[name] = field_problem(str(error))
    if texts.get("executor") == "http" and (wrong := json_problem(texts.get("command", ""))):
        errors["command"] = wrong
    try:
        TaskFields.model_validate({name: value for name, value in fields.items() if name in TASK_FIELD_NAMES})
    except ValidationError as error:
        found: dict[str, list[str]] = {}
        for problem in error.errors():
            found.setdefault(next(iter(place_of(problem)), ""), []).append(field_problem(str(problem["msg"])))
        errors = {name: joined_problems(problems) for name, problems in found.items()} | errors
    return fields, errors


def json_problem(text: str) -> str | None:
    """Return why a text is not a JSON object; None where it is one."""
    try:
        found = json.loads(text)
    except ValueError as error:
        example = '{"method": "GET", "url": "https://…"}'
        if isinstance(error, json.JSONDecodeError):
            return tr("Line %1, column %2 is not valid JSON. Example: %3", error.lineno, error.colno, example)
        return tr("This is not valid JSON. Example: %1", example)
    return None if isinstance(found, dict) else tr("Enter a JSON object with method and url.")


def _read_one(name: str, text: str) -> Any:
    if name in _PAIRS:
        return read_pairs(text)
    if name == "arguments":
        return read_arguments(text)
    if name == "blackouts":
        return read_blackouts(text)
    if name in _INSTANTS:
        return read_instant(text)
    if name in _LISTS_OF_NUMBERS:
        return read_numbers(text)
    if name == "retry_on_timeout":
        return text == "yes"
    if name in _NUMBERS:
        return _read_number(name, text)
    if name in _OPTIONAL:
        return text if text.strip() else None
    return text


def _read_number(name: str, text: str) -> int | None:
    if not text.strip() and name in _OPTIONAL_NUMBERS:
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError(tr("Enter a whole number, such as 10.")) from None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that differ: what PATCH sends."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def next_times(
    texts: Texts, *, calendar: Calendar | None = None, count: int, now: datetime | None = None
) -> list[datetime]:
    """Return when the schedule of the texts fires next, in its zone; raises ValueError where something is wrong."""
    zone = time_zone(texts["timezone"])
    starts_at, ends_at = (read_instant(texts.get(name, "")) for name in _INSTANTS)
    try:
        timing = timing_of(
            name=texts["name"].strip(),
            schedule=texts["schedule"],
            timezone=texts["timezone"],
            starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
            ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
            calendar=day_calendar(calendar.dates, calendar.weekdays) if calendar else None,
            calendar_policy=texts.get("calendar_policy") or CalendarPolicy.SKIP,
            blackouts=[BlackoutWindow.model_validate(one) for one in read_blackouts(texts.get("blackouts", ""))],
        )
    except CronError as error:
        raise ValueError(str(error)) from error
    return [at.astimezone(zone) for at in islice(timing.iterate(now or datetime.now(UTC)), count)]
