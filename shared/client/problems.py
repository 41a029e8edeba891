"""Turning answers that are errors into our errors."""

import httpx
from pydantic import ValidationError

from shared.errors import BackendUnreachableError, FieldError, TaskdeckError, error_from_code
from shared.models.base import Problem


def raise_for_problem(response: httpx.Response) -> None:
    """Raise the error that the answer stands for, if it stands for one."""
    if response.is_error:
        raise as_error(response)


def as_error(response: httpx.Response) -> TaskdeckError:
    """Return the error of an answer; one that is not from a Taskdeck backend is quoted in short."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        text = response.text.strip()[:200]
        return TaskdeckError(
            f"{response.request.url} answered {response.status_code} {response.reason_phrase}: {text}; "
            "is this the address of a Taskdeck backend?"
        )
    retry_after = response.headers.get("Retry-After", "")
    return error_from_code(
        problem.code,
        problem.detail,
        errors=[FieldError(error.field, error.message) for error in problem.errors],
        retry_after_seconds=int(retry_after) if retry_after.isdigit() else None,
    )


def unreachable(base_url: str, error: Exception | None) -> BackendUnreachableError:
    """Return the error for a backend that gave no answer, with what the operator can do."""
    if error is None:
        return BackendUnreachableError(f"The backend at {base_url} closed the connection.")
    if isinstance(error, httpx.ConnectError):
        why = f"nothing answers there ({error})"
    elif isinstance(error, httpx.TimeoutException):
        why = "it did not answer in time"
    else:
        why = str(error) or type(error).__name__
    return BackendUnreachableError(
        f"The backend at {base_url} cannot be reached: {why}. Check that it runs and that the address is right."
    )
