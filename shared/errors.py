"""Every error that can reach a person, with its code, its HTTP status and its title.

An error is raised where its cause is known, and translated once, at the edge: into a problem document by the API,
into an exit code by the command line, into a banner by the console.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from shared.enums import SignInFailure


@dataclass(frozen=True, slots=True)
class FieldError:
    """An invalid field, and what a valid value looks like."""

    field: str
    message: str


class TaskdeckError(Exception):
    """The base of all errors that are meant for a person."""

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
        """`detail` names the object, the cause and the next step, in one or more sentences."""
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_seconds = retry_after_seconds


MOST_ERRORS = 100
"""Invalid fields that an answer names; it counts the others. A body can have a hundred thousand."""


class ValidationFailedError(TaskdeckError):
    """A value is invalid; nothing was changed."""

    code = "validation_error"
    status = 422
    title = "Validation failed"

    @classmethod
    def of(cls, field: str, message: str) -> "ValidationFailedError":
        """Return the error for one invalid field."""
        return cls.of_fields([FieldError(field, message)])

    @classmethod
    def of_fields(cls, errors: Sequence[FieldError], *, total: int | None = None) -> "ValidationFailedError":
        """Refuse several fields; the detail names each of the first 100 with its message, and counts the others.

        `total` is the number of all, where `errors` are the first of them.
        """
        named = [f"{error.field}: {error.message}" for error in errors[:MOST_ERRORS]]
        more = (len(errors) if total is None else total) - len(named)
        if more > 0:
            named.append(f"and {more:,} more")
        return cls("; ".join(named), errors=errors[:MOST_ERRORS])


class UnauthorizedError(TaskdeckError):
    """The request has no token, or one that is no longer valid."""

    code = "unauthorized"
    status = 401
    title = "Not signed in"


class ExpiredTokenError(UnauthorizedError):
    """The access token was valid and is too old: the client renews it."""


class SingleSignOnError(UnauthorizedError):
    """A sign-in through the browser ended without a user."""

    def __init__(self, failure: SignInFailure) -> None:
        super().__init__(_SIGN_IN_FAILURES[failure])
        self.failure = failure


_SIGN_IN_FAILURES = {
    SignInFailure.ACCESS_DENIED: "The provider refused the sign-in, or it was cancelled there. Try again.",
    SignInFailure.NOT_PERMITTED: (
        "You are in no group that may use Taskdeck. Ask an administrator to add you to one, then sign in again."
    ),
    SignInFailure.DISABLED: "Your user is disabled in Taskdeck. Ask an administrator to enable it.",
    SignInFailure.PROVIDER_UNAVAILABLE: (
        "The provider does not answer the backend. Try again later. If this continues, ask an administrator to run: "
        "taskdeck doctor"
    ),
    SignInFailure.PROVIDER_INVALID: (
        "The provider's answer could not be verified, so it was not accepted. Try again. If this continues, ask an "
        "administrator: the backend's log has the cause."
    ),
    SignInFailure.TIMED_OUT: "Nobody signed in within the time. Try again.",
}


class ForbiddenError(TaskdeckError):
    """The user's role does not permit the action."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class NotFoundError(TaskdeckError):
    """No object has this id or name."""

    code = "not_found"
    status = 404
    title = "Not found"


class ConflictError(TaskdeckError):
    """The state of the object, or another object, prevents the change."""

    code = "conflict"
    status = 409
    title = "Conflict"


class PreconditionFailedError(TaskdeckError):
    """The object has changed since the client read it."""

    code = "precondition_failed"
    status = 412
    title = "Changed since it was read"


class PayloadTooLargeError(TaskdeckError):
    """The body of the request exceeds the limit."""

    code = "payload_too_large"
    status = 413
    title = "Request too large"


class RateLimitedError(TaskdeckError):
    """Too many requests from one user or address."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


class DatabaseUnavailableError(TaskdeckError):
    """PostgreSQL does not answer."""

    code = "database_error"
    status = 503
    title = "Database unavailable"


class DatabaseBusyError(DatabaseUnavailableError):
    """No connection to PostgreSQL is free."""

    code = "database_busy"
    title = "Database busy"


class QueryTimedOutError(DatabaseUnavailableError):
    """PostgreSQL cancelled a statement that took too long."""

    code = "query_timeout"
    title = "Query took too long"


class ConcurrentChangeError(DatabaseUnavailableError):
    """PostgreSQL rolled back a change that conflicted with another one."""

    code = "concurrent_change"
    title = "Conflicted with another change"


class DatabaseFullError(DatabaseUnavailableError):
    """PostgreSQL has no space left."""

    code = "database_full"
    title = "Database disk full"


class DatabaseReadOnlyError(DatabaseUnavailableError):
    """PostgreSQL accepts no changes."""

    code = "database_read_only"
    title = "Database read-only"


class RequestTimedOutError(TaskdeckError):
    """The backend did not answer a request in time. It may have carried it out."""

    code = "request_timeout"
    status = 503
    title = "Not answered in time"


class BrokerUnavailableError(TaskdeckError):
    """The broker does not answer."""

    code = "message_queue_error"
    status = 503
    title = "Broker unavailable"


class BackendUnreachableError(TaskdeckError):
    """The backend did not answer the client."""

    code = "backend_unreachable"
    status = 503
    title = "Backend unreachable"


class ClearTextRefusedError(TaskdeckError):
    """The client would send a password or a token over a connection that others can read."""

    code = "clear_text_refused"
    status = 400
    title = "Not encrypted"


class StartupError(TaskdeckError):
    """The process cannot start with these options and settings."""

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
        DatabaseBusyError,
        QueryTimedOutError,
        ConcurrentChangeError,
        DatabaseFullError,
        DatabaseReadOnlyError,
        RequestTimedOutError,
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
    """Return the error of a problem document; an unknown code gives the base class."""
    kind = _BY_CODE.get(code, TaskdeckError)
    return kind(detail, errors=errors, retry_after_seconds=retry_after_seconds)
