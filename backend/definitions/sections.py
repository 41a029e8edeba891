"""Reads the definitions of a request other than tasks, and finds everything that is wrong with their form."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from shared.errors import FieldError, ValidationFailedError
from shared.models.definitions import (
    DefinitionsRequest,
    NamedCalendar,
    NamedChannel,
    NamedConcurrencyGroup,
    NamedRule,
    Section,
)
from shared.task_checks import field_errors

M = TypeVar("M", NamedCalendar, NamedConcurrencyGroup, NamedChannel, NamedRule)


@dataclass(frozen=True, slots=True)
class Sections:
    """The definitions of a request other than tasks."""

    calendars: Sequence[NamedCalendar]
    concurrency_groups: Sequence[NamedConcurrencyGroup]
    channels: Sequence[NamedChannel]
    rules: Sequence[NamedRule]


async def read_sections(request: DefinitionsRequest) -> Sections:
    """Return the definitions; raises `ValidationFailedError` that names each invalid field of each."""
    errors: list[FieldError] = []
    sections = Sections(
        await _read(Section.CALENDARS, NamedCalendar, request.calendars, errors),
        await _read(Section.CONCURRENCY_GROUPS, NamedConcurrencyGroup, request.concurrency_groups, errors),
        await _read(Section.CHANNELS, NamedChannel, request.channels, errors),
        await _read(Section.RULES, NamedRule, request.rules, errors),
    )
    if errors:
        raise ValidationFailedError.of_fields(errors)
    return sections


async def _read(
    section: Section, model: type[M], items: Sequence[Mapping[str, Any]], errors: list[FieldError]
) -> list[M]:
    """Return what is valid, and add what is not to the errors; the event loop goes on between two."""
    found: list[M] = []
    first: dict[str, int] = {}
    what = f"a {section.value.removesuffix('s').replace('_', ' ')}"
    for position, item in enumerate(items):
        try:
            one = model.model_validate(item)
        except ValidationError as error:
            errors += [
                FieldError(f"{section}.{position}.{own.field}", own.message) for own in field_errors(error, what=what)
            ]
        else:
            found.append(one)
            if first.setdefault(one.name, position) != position:
                message = f"{one.name!r} is that of number {first[one.name] + 1} too; give it once"
                errors.append(FieldError(f"{section}.{position}.name", message))
        await asyncio.sleep(0)
    return found
