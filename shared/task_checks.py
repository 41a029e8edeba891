"""What is wrong with the fields of a task, in our words."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shared.errors import FieldError
from shared.models.base import place_of
from shared.models.task import TaskFields


def field_errors(error: ValidationError) -> list[FieldError]:
    """Return what pydantic found."""
    found = []
    for problem in error.errors():
        field = ".".join(place_of(problem)) or "body"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "is not a field of a task; check its spelling"
        found.append(FieldError(field, message))
    return found


def what_is_wrong(fields: Mapping[str, Any]) -> list[FieldError]:
    """Return what a backend would refuse about these fields, as far as they say it themselves."""
    try:
        TaskFields.model_validate(dict(fields))
    except ValidationError as error:
        return field_errors(error)
    return []
