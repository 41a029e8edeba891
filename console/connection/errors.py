"""An error in the three parts that a person needs: what happened, why, what to do."""

from dataclasses import dataclass

from console.connection.refusal_words import refusal_words
from console.words import sentences, tr
from shared.enums import SignInFailure
from shared.errors import (
    BackendUnreachableError,
    BrokerUnavailableError,
    ClearTextRefusedError,
    ConcurrentChangeError,
    ConflictError,
    DatabaseBusyError,
    DatabaseFullError,
    DatabaseReadOnlyError,
    DatabaseUnavailableError,
    ForbiddenError,
    NotFoundError,
    PreconditionFailedError,
    QueryTimedOutError,
    RateLimitedError,
    RequestTimedOutError,
    SingleSignOnError,
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

    @property
    def text(self) -> str:
        """The three parts as sentences."""
        return sentences(self.what, self.why, self.next_step)


def explain(error: Exception) -> Trouble:
    """Return the three parts for any error."""
    details = f"{type(error).__name__}: {error}"
    certificate = certificate_trouble(str(error)) if isinstance(error, BackendUnreachableError) else None
    if certificate is not None:
        return certificate
    if not isinstance(error, TaskdeckError):
        return Trouble(
            tr("The console has an internal error."),
            str(error) or type(error).__name__,
            tr("Copy the details and report them. What you see may be out of date."),
            details,
        )
    if isinstance(error, ClearTextRefusedError):
        return Trouble(
            tr("The address is not encrypted."),
            tr("Others on the network could read your password and tokens."),
            tr("Use https://. On a network that you trust, choose “Send the password without encryption”."),
            details,
        )
    if isinstance(error, SingleSignOnError):
        why, next_step = _sign_in_words(error.failure)
        return Trouble(tr("You are not signed in."), why, next_step, details)
    refusal = refusal_words(error.detail)
    if refusal is not None:
        return Trouble(refusal, "", _next_step(error), details)
    return Trouble(_what(error), error.detail, _next_step(error), details)


def _sign_in_words(failure: SignInFailure) -> tuple[str, str]:
    """Return why a sign-in through the browser ended without a user, and the next step."""
    return {
        SignInFailure.ACCESS_DENIED: (
            tr("The provider refused the sign-in, or it was cancelled there."),
            tr("Try again."),
        ),
        SignInFailure.NOT_PERMITTED: (
            tr("You are in no group that may use Taskdeck."),
            tr("Ask an administrator to add you to one, then sign in again."),
        ),
        SignInFailure.DISABLED: (
            tr("Your user is disabled in Taskdeck."),
            tr("Ask an administrator to enable it."),
        ),
        SignInFailure.PROVIDER_UNAVAILABLE: (
            tr("The provider does not answer the backend."),
            tr("Try again later. If this continues, tell an administrator."),
        ),
        SignInFailure.PROVIDER_INVALID: (
            tr("The provider's answer could not be verified, so it was not accepted."),
            tr("If this continues, tell an administrator: the backend's log has the cause."),
        ),
        SignInFailure.TIMED_OUT: (tr("Nobody signed in within five minutes."), tr("Try again.")),
    }[failure]


def certificate_trouble(text: str) -> Trouble | None:
    """Return what is wrong with a backend's certificate, as OpenSSL's words in an error say; None if nothing is."""
    low = text.casefold()
    if "certificate" not in low and "ssl" not in low:
        return None
    for words, why, next_step in (
        (
            ("has expired", "not yet valid"),
            tr("Its certificate has expired, or the clock of this machine is wrong."),
            tr("Renew the certificate, or correct the clock of this machine."),
        ),
        (
            ("hostname mismatch", "ip address mismatch", "doesn't match"),
            tr("Its certificate was issued for another name than this address."),
            tr("Use the name in the certificate. If you already do, do not sign in."),
        ),
        (
            ("self-signed", "self signed", "unable to get local issuer", "unable to get issuer"),
            tr("Its certificate was issued by an authority that this machine does not trust."),
            tr(
                "Ask the backend's administrator for the authority's certificate, "
                "and choose it under “Certificate authority”."
            ),
        ),
        (
            ("wrong version number", "record layer failure", "unexpected_eof", "eof occurred"),
            tr("It does not use TLS at this address."),
            tr("Ask its administrator for an address with TLS."),
        ),
    ):
        if any(one in low for one in words):
            return Trouble(tr("The backend's identity could not be verified."), why, next_step, text)
    return None


def _what(error: TaskdeckError) -> str:
    for kind, text in (
        (BackendUnreachableError, tr("The backend cannot be reached.")),
        (UnauthorizedError, tr("You are not signed in.")),
        (ForbiddenError, tr("You do not have permission to do this.")),
        (NotFoundError, tr("It no longer exists.")),
        (ConflictError, tr("This is not possible in the current state.")),
        (PreconditionFailedError, tr("Someone else has changed it.")),
        (ValidationFailedError, tr("The backend rejected a value.")),
        (RateLimitedError, tr("Too many requests.")),
        (RequestTimedOutError, tr("The backend did not answer in time.")),
        (DatabaseBusyError, tr("All connections to the database are in use.")),
        (QueryTimedOutError, tr("The database took too long.")),
        (ConcurrentChangeError, tr("The change conflicted with another one and was not made.")),
        (DatabaseFullError, tr("The disk of the database is full.")),
        (DatabaseReadOnlyError, tr("The database accepts no changes.")),
        (DatabaseUnavailableError, tr("The backend cannot reach its database.")),
        (BrokerUnavailableError, tr("The backend cannot reach its broker.")),
    ):
        if isinstance(error, kind):
            return text
    return tr("The backend could not complete this.")


def _next_step(error: TaskdeckError) -> str:
    for kind, text in (
        (BackendUnreachableError, tr("The console retries automatically.")),
        (UnauthorizedError, tr("Sign in again.")),
        (ForbiddenError, tr("Ask an administrator for a role that allows it.")),
        (NotFoundError, tr("Reload the list.")),
        (PreconditionFailedError, tr("Reload, review the change and apply yours again.")),
        (RateLimitedError, tr("Wait a moment and try again.")),
        (RequestTimedOutError, tr("Look whether the change was made. Try again later, or request less at once.")),
        (DatabaseBusyError, tr("Try again in a moment.")),
        (QueryTimedOutError, tr("Request less at once, such as a shorter time span.")),
        (ConcurrentChangeError, tr("Try again.")),
        (DatabaseFullError, tr("Free some space on the machine of PostgreSQL.")),
        (DatabaseReadOnlyError, tr("After a failover, the backend's database URL must lead to the new primary.")),
        (DatabaseUnavailableError, tr("Check PostgreSQL. The backend continues when it is available again.")),
        (BrokerUnavailableError, tr("Check RabbitMQ. The backend continues when it is available again.")),
    ):
        if isinstance(error, kind):
            return text
    return ""
