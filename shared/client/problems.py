"""Errors of the API as exceptions."""

from typing import Any

import httpx
from pydantic import ValidationError

from shared.errors import BackendUnreachableError, FieldError, TaskdeckError, error_from_code
from shared.models.base import Problem

_NO_REASON = "All connection attempts failed"


def raise_for_problem(response: httpx.Response) -> None:
    """Raise the error of an answer that is not a success: of a redirect too, which may lead to an address in clear."""
    if not response.is_success:
        raise as_error(response)


def as_error(response: httpx.Response) -> TaskdeckError:
    """Return the error of an answer; an answer that is not a backend's is quoted, up to 200 characters."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        text = response.text.strip()[:200]
        return TaskdeckError(
            f"{response.request.url} answered with status {response.status_code} {response.reason_phrase}: {text}. "
            "Check that this is the address of a Taskdeck backend."
        )
    retry_after = response.headers.get("Retry-After", "")
    return error_from_code(
        problem.code,
        problem.detail,
        errors=[FieldError(error.field, error.message) for error in problem.errors],
        retry_after_seconds=int(retry_after) if retry_after.isdigit() else None,
    )


def decoded(response: httpx.Response) -> Any:
    """Return the JSON of an answer, None for an empty one; raises `TaskdeckError` for what is no JSON."""
    try:
        return response.json() if response.content else None
    except ValueError as error:
        raise as_error(response) from error


def unreachable(base_url: str, error: Exception | None) -> BackendUnreachableError:
    """Return the error for a backend that did not answer, with its cause and the next step."""
    if error is None:
        return BackendUnreachableError(f"The backend at {base_url} closed the connection.")
    if isinstance(error, httpx.ConnectError):
        # httpcore says no more than this where an address refuses; a certificate or a name has its reason.
        reason = str(error)
        why = "the connection failed" + (f" ({reason})" if reason and reason != _NO_REASON else "")
    elif isinstance(error, httpx.TimeoutException):
        why = "it did not answer in time"
    else:
        why = str(error) or type(error).__name__
    return BackendUnreachableError(
        f"The backend at {base_url} cannot be reached: {why}. Check that it runs and that the address is correct."
    )
