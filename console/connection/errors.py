"""An error in the three parts that a person needs: what happened, why, what to do."""

from dataclasses import dataclass

from console.words import tr
from shared.errors import (
    BackendUnreachableError,
    BrokerUnavailableError,
    ConflictError,
    DatabaseUnavailableError,
    ForbiddenError,
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
    certificate = certificate_trouble(str(error)) if isinstance(error, BackendUnreachableError) else None
    if certificate is not None:
        return certificate
    if not isinstance(error, TaskdeckError):
        return Trouble(
            tr("The console met an error of its own."),
            str(error) or type(error).__name__,
            tr("Copy the details and report them; what you see may be out of date."),
            details,
        )
    return Trouble(_what(error), error.detail, _next_step(error), details)


def certificate_trouble(text: str) -> Trouble | None:
    """Return what is wrong with a backend's certificate, as OpenSSL's words in an error say; None if nothing is."""
    low = text.casefold()
    if "certificate" not in low and "ssl" not in low:
        return None
    for words, why, next_step in (
        (
            ("has expired", "not yet valid"),
            tr("Its certificate is out of date, or the clock of this machine is wrong."),
            tr("Have the certificate renewed; compare this machine's clock."),
        ),
        (
            ("hostname mismatch", "ip address mismatch", "doesn't match"),
            tr("Its certificate is for another name than the address that was typed."),
            tr("Use the name that the certificate is for; if that is what you did, do not sign in."),
        ),
        (
            ("self-signed", "self signed", "unable to get local issuer", "unable to get issuer"),
            tr("Its certificate comes from an authority that this machine does not know."),
            tr("Get the authority's file from whoever runs the backend and name it under “Certificate authority”."),
        ),
        (
            ("wrong version number", "record layer failure", "unexpected_eof", "eof occurred"),
            tr("It does not speak TLS at this address."),
            tr("If it is meant to, ask whoever runs it; on a network that you trust, write http:// before the name."),
        ),
    ):
        if any(one in low for one in words):
            return Trouble(tr("The backend's identity could not be checked."), why, next_step, text)
    return None


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
        (BrokerUnavailableError, tr("The backend cannot reach its broker.")),
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
        (BrokerUnavailableError, tr("Check RabbitMQ; the backend goes on when it is back.")),
    ):
        if isinstance(error, kind):
            return text
    return ""
