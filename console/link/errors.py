"""An error in the three parts that a person needs: what happened, why, what to do."""

from dataclasses import dataclass

from console.words import tr
from shared.errors import (
    BackendUnreachableError,
    ConflictError,
    DatabaseUnavailableError,
    ForbiddenError,
    MessageQueueUnavailableError,
    NotFoundError,
    PreconditionFailedError,
    RateLimitedError,
    TaskdeckError,
    UnauthorizedError,
    ValidationFailedError,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a banner says; `details` is for the clipboard."""

    what: str
    why: str
    next_step: str
    details: str


def explain(error: Exception) -> Trouble:
    """Return the three parts for any error."""
    details = f"{type(error).__name__}: {error}"
    if not isinstance(error, TaskdeckError):
        return Trouble(
            tr("The console met an error of its own."),
            str(error) or type(error).__name__,
            tr("Copy the details and report them; what you see may be out of date."),
            details,
        )
    return Trouble(_what(error), error.detail, _next_step(error), details)


def _what(error: TaskdeckError) -> str:
    for kind, text in (
        (BackendUnreachableError, tr("The backend cannot be reached.")),
        (UnauthorizedError, tr("You are not signed in.")),
        (ForbiddenError, tr("You may not do this.")),
        (NotFoundError, tr("It is not there any more.")),
        (ConflictError, tr("This cannot be done now.")),
        (PreconditionFailedError, tr("Somebody else changed it meanwhile.")),
        (ValidationFailedError, tr("The backend refused a value.")),
        (RateLimitedError, tr("Too many requests.")),
        (DatabaseUnavailableError, tr("The backend cannot reach its database.")),
        (MessageQueueUnavailableError, tr("The backend cannot reach its message queue.")),
    ):
        if isinstance(error, kind):
            return text
    return tr("The backend could not do this.")


def _next_step(error: TaskdeckError) -> str:
    for kind, text in (
        (BackendUnreachableError, tr("The console tries again by itself.")),
        (UnauthorizedError, tr("Sign in again.")),
        (ForbiddenError, tr("Ask an administrator for the role that allows it.")),
        (NotFoundError, tr("Reload the list.")),
        (PreconditionFailedError, tr("Reload, look at the change, and make yours again.")),
        (RateLimitedError, tr("Wait a moment and try again.")),
        (DatabaseUnavailableError, tr("Check PostgreSQL; the backend goes on when it is back.")),
        (MessageQueueUnavailableError, tr("Check RabbitMQ; the backend goes on when it is back.")),
    ):
        if isinstance(error, kind):
            return text
    return ""
