"""Every error that can reach a person, with its code, its HTTP status and one sentence.

Raised where the fact is known and translated once, at the edge: into a problem document by the API,
into an exit code by the command line, into a banner by the console.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, and what would be right."""

    field: str
    message: str


class TaskdeckError(Exception):
    """Something went wrong that a person should read about."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        """`detail` says what was wrong and what would be right."""
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_seconds = retry_after_seconds


class ValidationFailedError(TaskdeckError):
    """A value was refused before anything was changed."""

    code = "validation_error"
    status = 422
    title = "Validation failed"

    @classmethod
    def of(cls, field: str, message: str) -> "ValidationFailedError":
        """Refuse one field."""
        return cls.of_fields([FieldError(field, message)])

    @classmethod
    def of_fields(cls, errors: Sequence[FieldError]) -> "ValidationFailedError":
        """Refuse several fields; the detail names each with its message."""
        return cls("; ".join(f"{error.field}: {error.message}" for error in errors), errors=errors)


class UnauthorizedError(TaskdeckError):
    """Nobody is signed in, or the sign-in is no longer valid."""

    code = "unauthorized"
    status = 401
    title = "Not signed in"


class ForbiddenError(TaskdeckError):
    """The person is known and may not do this."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class NotFoundError(TaskdeckError):
    """No object has this id."""

    code = "not_found"
    status = 404
    title = "Not found"


class ConflictError(TaskdeckError):
    """The object's state, or another object, stands against the change."""

    code = "conflict"
    status = 409
    title = "Conflict"


class PreconditionFailedError(TaskdeckError):
    """Somebody else changed the object since it was read."""

    code = "precondition_failed"
    status = 412
    title = "Changed meanwhile"


class PayloadTooLargeError(TaskdeckError):
    """The request's body is over the limit."""

    code = "payload_too_large"
    status = 413
    title = "Request too large"


class RateLimitedError(TaskdeckError):
    """Too many requests from one person or address."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


class DatabaseUnavailableError(TaskdeckError):
    """PostgreSQL does not answer."""

    code = "database_error"
    status = 503
    title = "Database unavailable"


class BrokerUnavailableError(TaskdeckError):
    """The broker does not answer."""

    code = "message_queue_error"
    status = 503
    title = "Broker unavailable"


class BackendUnreachableError(TaskdeckError):
    """The client got no answer from the backend."""

    code = "backend_unreachable"
    status = 503
    title = "Backend unreachable"


class StartupError(TaskdeckError):
    """The process cannot start as it was told to."""

    code = "startup_error"
    title = "Cannot start"


_BY_CODE: dict[str, type[TaskdeckError]] = {
    kind.code: kind
    for kind in (
        ValidationFailedError,
        UnauthorizedError,
        ForbiddenError,
        NotFoundError,
        ConflictError,
        PreconditionFailedError,
        PayloadTooLargeError,
        RateLimitedError,
        DatabaseUnavailableError,
        BrokerUnavailableError,
    )
}


def error_from_code(
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    retry_after_seconds: int | None = None,
) -> TaskdeckError:
    """Return the error that a problem document stands for; an unknown code gives the base class."""
    kind = _BY_CODE.get(code, TaskdeckError)
    return kind(detail, errors=errors, retry_after_seconds=retry_after_seconds)
