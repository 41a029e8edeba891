"""The error of a process that starts while RabbitMQ does not answer."""

from shared.errors import BrokerUnavailableError, StartupError


def broker_absent(error: BrokerUnavailableError) -> StartupError:
    """Return the error, with how long the start waits."""
    return StartupError(f"{error.detail} TASKDECK_WAIT_AT_START_SECONDS sets how long a start waits for it.")
