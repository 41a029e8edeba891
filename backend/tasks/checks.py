"""What is checked before a task is saved, without a database; `references` checks what a task refers to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from backend.executor_spec import ExecutorSpec
from shared.enums import TaskStatus
from shared.errors import FieldError, ValidationFailedError
from shared.models.task import TaskFields
from shared.schedule.durations import format_duration
from shared.schedule.plain_schedules import OneShot
from shared.schedule.schedule import parse_schedule
from shared.schedule.shortest_interval import shortest_interval
from shared.task_checks import field_errors


def checked_fields(values: Mapping[str, Any]) -> TaskFields:
    """Return the fields of a task; raises `ValidationFailedError` that names each one that is wrong."""
    try:
        return TaskFields.model_validate(dict(values))
    except ValidationError as error:
        raise ValidationFailedError.of_fields(field_errors(error)) from error


def check_executor(fields: TaskFields, executors: Mapping[str, ExecutorSpec]) -> None:
    """Raise `ValidationFailedError` for an unknown executor, or for a command that the executor does not accept."""
    spec = executors.get(fields.executor)
    if spec is None:
        known = ", ".join(sorted(executors))
        raise ValidationFailedError.of("executor", f"{fields.executor!r} is not known; use one of {known}")
    errors = spec.check(command=fields.command, arguments=fields.arguments)
    if fields.run_as is not None and not spec.description.supports_run_as:
        errors = [*errors, FieldError("run_as", f"has no meaning for the executor {fields.executor}; leave it empty")]
    if errors:
        raise ValidationFailedError.of_fields(errors)


def check_jitter(fields: TaskFields) -> None:
    """Raise `ValidationFailedError` for a jitter that reaches beyond the next occurrence.

    With less than the shortest interval, delayed occurrences keep their order and none of them counts as missed.
    """
    if fields.schedule is None or not fields.jitter_seconds:
        return
    interval = shortest_interval(parse_schedule(fields.schedule, hash_key=fields.name))
    if interval is not None and timedelta(seconds=fields.jitter_seconds) >= interval:
        raise ValidationFailedError.of(
            "jitter_seconds",
            f"must be below the interval of the schedule: {fields.schedule} can run {format_duration(interval)} after "
            f"its last occurrence; use at most {int(interval.total_seconds()) - 1}",
        )


def check_has_future(fields: TaskFields, next_run_at: datetime | None) -> None:
    """Raise `ValidationFailedError` for a schedule of fixed times that are all past: the task would never run."""
    if fields.status is not TaskStatus.ACTIVE or fields.schedule is None or next_run_at is not None:
        return
    if isinstance(parse_schedule(fields.schedule, hash_key=fields.name), OneShot):
        raise ValidationFailedError.of(
            "schedule",
            f"{fields.schedule!r} in {fields.timezone} would never run: its times are past, or its start and end "
            "dates, calendar and blackouts exclude them; choose a later time",
        )
