"""The exit codes of `taskdeck`."""

from enum import IntEnum

from shared.errors import (
    BackendUnreachableError,
    BrokerUnavailableError,
    ClearTextRefusedError,
    DatabaseUnavailableError,
    ForbiddenError,
    NotFoundError,
    PayloadTooLargeError,
    RequestTimedOutError,
    TaskdeckError,
    UnauthorizedError,
    ValidationFailedError,
)


class ExitCode(IntEnum):
    """The same for all commands."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    NOT_ALLOWED = 5


def exit_code_of(error: TaskdeckError) -> ExitCode:
    match error:
        case ValidationFailedError() | PayloadTooLargeError() | ClearTextRefusedError():
            return ExitCode.USAGE
        case NotFoundError():
            return ExitCode.NOT_FOUND
        case BackendUnreachableError() | DatabaseUnavailableError() | BrokerUnavailableError() | RequestTimedOutError():
            return ExitCode.UNREACHABLE
        case UnauthorizedError() | ForbiddenError():
            return ExitCode.NOT_ALLOWED
        case _:
            return ExitCode.FAILED
