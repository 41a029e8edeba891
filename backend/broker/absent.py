"""What is said where RabbitMQ does not answer at the start."""

from shared.errors import MessageQueueUnavailableError, StartupError


def broker_absent(address: str, error: MessageQueueUnavailableError) -> StartupError:
    """Return the error for a process that cannot start without its broker."""
    return StartupError(
        f"RabbitMQ at {address} does not answer: {error.detail} Start it, or correct "
        "TASKDECK_BROKER_URL; TASKDECK_WAIT_AT_START_SECONDS says how long to wait."
    )
