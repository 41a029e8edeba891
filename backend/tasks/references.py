"""The calendars and concurrency groups that tasks refer to by name."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.runs.concurrency_groups import existing_concurrency_groups
from backend.scheduling.calendars import existing_calendars
from shared.errors import FieldError, ValidationFailedError
from shared.models.task import TaskFields


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Those of the names in question that exist."""

    calendars: frozenset[str]
    concurrency_groups: frozenset[str]

    def errors(self, fields: TaskFields) -> list[FieldError]:
        """Return an error for each name of the task that does not exist."""
        errors = []
        if fields.calendar is not None and fields.calendar not in self.calendars:
            errors.append(
                FieldError(
                    "calendar", f"calendar {fields.calendar!r} does not exist; create it with PUT /api/calendars/NAME"
                )
            )
        if fields.concurrency_group is not None and fields.concurrency_group not in self.concurrency_groups:
            errors.append(
                FieldError(
                    "concurrency_group",
                    f"concurrency group {fields.concurrency_group!r} does not exist; "
                    "create it with PUT /api/concurrency-groups/NAME",
                )
            )
        return errors


async def read_known_names(connection: AsyncConnection, tasks: Iterable[TaskFields]) -> KnownNames:
    """Return which of the names that the tasks refer to exist."""
    tasks = list(tasks)
    calendars = {fields.calendar for fields in tasks if fields.calendar is not None}
    groups = {fields.concurrency_group for fields in tasks if fields.concurrency_group is not None}
    return KnownNames(
        await existing_calendars(connection, calendars) if calendars else frozenset(),
        await existing_concurrency_groups(connection, groups) if groups else frozenset(),
    )


async def check_names(connection: AsyncConnection, fields: TaskFields) -> None:
    """Raise `ValidationFailedError` for a calendar or a concurrency group that does not exist."""
    errors = (await read_known_names(connection, [fields])).errors(fields)
    if errors:
        raise ValidationFailedError.of_fields(errors)
