"""Validation of the fields of a task, without a backend."""

import json

from pydantic import ValidationError

from shared.errors import FieldError
from shared.models.base import place_of


def field_errors(error: ValidationError, *, what: str = "a task") -> list[FieldError]:
    """Return the errors of pydantic with our field names and messages; `what` names the object."""
    found = []
    for problem in error.errors():
        field = ".".join(place_of(problem)) or "body"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"is not a field of {what}; check its spelling"
        elif problem["type"] == "string_type" and isinstance(problem["input"], bool | int | float):
            message = f"must be a text and is {json.dumps(problem['input'])}; put it in quotes"
        found.append(FieldError(field, message))
    return found
