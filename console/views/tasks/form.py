"""The task editor's texts as fields, and fields as texts. Pure."""

import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pydantic import ValidationError

from console.durations import duration_text, read_duration
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
from console.views.tasks.http_request import EMPTY, HTTP_FIELDS, json_problem, request_command, request_texts
from console.views.tasks.task_kinds import HTTP, is_request, missing_fields
from console.words import tr
from shared.enums import CalendarPolicy
from shared.models.base import place_of
from shared.models.schedule import BlackoutWindow, Calendar, day_calendar
from shared.models.system import ExecutorInfo
from shared.models.task import TASK_FIELD_NAMES, Task, TaskFields
from shared.models.timing import timing_of
from shared.schedule.cron_fields import CronError
from shared.time_zones import time_zone

Texts = Mapping[str, str]


def texts_of(task: Task, names: Mapping[int, str] | None = None) -> dict[str, str]:
    """Return what the editor shows for a task; `names` are those of the tasks that it depends on."""
    request = request_texts(task.command) if task.executor == HTTP else dict(EMPTY)
    return {
        "name": task.name,
        "description": task.description or "",
        "folder": task.folder,
        "executor": task.executor,
        "task_type": "" if task.task_type == task.executor else task.task_type,
        "command": task.command if task.executor != HTTP or request is None else "",
        **(request or EMPTY),
        "arguments": shlex.join(task.arguments),
        "environment": pairs_text(task.environment),
        "working_directory": task.working_directory or "",
        "run_as": task.run_as or "",
        "status": task.status.value,
        "schedule": task.schedule or "",
        "timezone": task.timezone,
        "jitter_seconds": duration_text(task.jitter_seconds),
        "misfire_policy": task.misfire_policy.value,
        "overlap_policy": task.overlap_policy.value,
        "priority": task.priority.value,
        "retry_count": str(task.retry_count),
        "retry_delay_seconds": duration_text(task.retry_delay_seconds),
        "retry_backoff": task.retry_backoff.value,
        "retry_max_delay_seconds": duration_text(task.retry_max_delay_seconds),
        "timeout_seconds": duration_text(task.timeout_seconds),
        "on_worker_lost": task.on_worker_lost.value,
        "max_concurrency": number_text(task.max_concurrency),
        "worker_labels": pairs_text(task.worker_labels),
        "labels": pairs_text(task.labels),
        "starts_at": instant_text(task.starts_at),
        "ends_at": instant_text(task.ends_at),
        "calendar": task.calendar or "",
        "calendar_policy": task.calendar_policy.value,
        "blackouts": blackouts_text(task.blackouts),
        "depends_on": dependencies_text(task.depends_on, names or {}),
        "late_after_seconds": duration_text(task.late_after_seconds),
        "expected_duration_seconds": duration_text(task.expected_duration_seconds),
        "pause_after_failures": number_text(task.pause_after_failures),
        "retry_timeout_seconds": duration_text(task.retry_timeout_seconds),
        "retry_exit_codes": numbers_text(task.retry_exit_codes),
        "retry_http_statuses": numbers_text(task.retry_http_statuses),
        "retry_on_timeout": "yes" if task.retry_on_timeout else "no",
        "concurrency_group": task.concurrency_group or "",
        "queue_timeout_seconds": duration_text(task.queue_timeout_seconds),
        "distribution": task.distribution.value,
        "shard_count": number_text(task.shard_count),
        "keep_runs": number_text(task.keep_runs),
        "keep_days": number_text(task.keep_days),
        "max_memory_mb": number_text(task.max_memory_mb),
        "max_cpu_seconds": duration_text(task.max_cpu_seconds),
        "max_open_files": number_text(task.max_open_files),
    }


_PAIRS = ("environment", "worker_labels", "labels")
_OPTIONAL = ("description", "working_directory", "run_as", "schedule", "calendar", "concurrency_group")
_INSTANTS = ("starts_at", "ends_at")
_LISTS_OF_NUMBERS = ("retry_exit_codes", "retry_http_statuses")
DURATIONS = frozenset(name for name in TASK_FIELD_NAMES if name.endswith("_seconds"))
_NUMBERS = frozenset(
    {
        "retry_count",
        "max_concurrency",
        "pause_after_failures",
        "shard_count",
        "keep_runs",
        "keep_days",
        "max_memory_mb",
        "max_open_files",
    }
)
DEFAULTS: Mapping[str, Any] = {
    name: field.get_default(call_default_factory=True)
    for name, field in TaskFields.model_fields.items()
    if not field.is_required()
}
"""What a task has that says nothing else; there is none for the name."""
_OPTIONAL_NUMBERS = frozenset(name for name in DURATIONS | _NUMBERS if DEFAULTS[name] is None)
TRIED = frozenset(
    {
        "name",
        "executor",
        "task_type",
        "command",
        "arguments",
        "environment",
        "working_directory",
        "run_as",
        "timeout_seconds",
        "priority",
        "worker_labels",
        "max_memory_mb",
        "max_cpu_seconds",
        "max_open_files",
    }
)
"""The fields of a test run; errors in other fields do not prevent it."""


def read_texts(
    texts: Texts, ids: Mapping[str, int] | None = None, executor: ExecutorInfo | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields for the API, and what is wrong with which of the texts; `ids` are those of tasks by name.

    The fields are checked as the backend checks them; what only it can know (whether a name is taken) is
    left to it. A field that a task of this executor does not have gets its default, whatever its text says.
    """
    missing = missing_fields(texts, executor)
    fields, errors = _read_each({name: text for name, text in texts.items() if name not in missing}, ids or {})
    fields |= {name: DEFAULTS[name] for name in missing if name in texts and name in DEFAULTS}
    if is_request(texts):
        fields["command"], wrong = request_command(texts)
        errors |= wrong
    elif texts.get("executor") == HTTP and (problem := json_problem(texts.get("command", ""))):
        errors["command"] = problem
    return fields, _refused(fields) | errors


def _read_each(texts: Texts, ids: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, str]]:
    fields: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        if name in HTTP_FIELDS:
            continue
        try:
            fields[name] = read_dependencies(text, ids) if name == "depends_on" else read_one(name, text)
        except ValueError as error:
            errors[name] = field_problem(str(error))
    return fields, errors


def _refused(fields: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    try:
        TaskFields.model_validate({name: value for name, value in fields.items() if name in TASK_FIELD_NAMES})
    except ValidationError as error:
        for problem in error.errors():
            name = next(iter(place_of(problem)), "")
            shown = duration_text if name in DURATIONS else None
            found.setdefault(name, []).append(field_problem(str(problem["msg"]), shown))
    return {name: joined_problems(problems) for name, problems in found.items()}


def read_one(name: str, text: str) -> Any:
    """Return the value of a field that is not read together with others; raises ValueError."""
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
    if name in DURATIONS | _NUMBERS:
        return _read_number(name, text)
    if name in _OPTIONAL:
        return text if text.strip() else None
    return text


def _read_number(name: str, text: str) -> int | None:
    if not text.strip() and name in _OPTIONAL_NUMBERS:
        return None
    if name in DURATIONS:
        return read_duration(text)
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
