"""What is said where RabbitMQ does not answer at the start."""

from shared.errors import BrokerUnavailableError, StartupError


def broker_absent(error: BrokerUnavailableError) -> StartupError:
    """Return the error for a process that cannot start without its broker."""
    return StartupError(f"{error.detail} TASKDECK_WAIT_AT_START_SECONDS says how long to wait for it.")
