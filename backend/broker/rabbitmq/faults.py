"""What the AMQP client raises when a connection or a channel ends, made one error."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError
from aiormq.exceptions import ChannelLockedResource, InvalidFrameError

from backend.broker.protocol import NotRoutedError, QueueInUseError


class LinkLostError(Exception):
    """The connection or the channel ended before the broker had answered; its text is the cause."""


@contextmanager
def link_faults(name: str) -> Iterator[None]:
    """Raise `LinkLostError`, or what the broker's refusal means for the queue `name`.

    The client rejects what waits for an answer with a cancellation of its own when the connection ends.
    It is told from a cancellation of the task, which goes through, by the task's own count.
    """
    try:
        yield
    except PublishError:
        raise NotRoutedError(name) from None
    except DeliveryError as error:
        raise LinkLostError(f"the broker did not take the message: {error}") from error
    except ChannelLockedResource:
        raise QueueInUseError(name) from None
    except CONNECTION_EXCEPTIONS as error:
        raise LinkLostError(describe_fault(error)) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise LinkLostError("the connection was lost") from error


def describe_fault(error: BaseException) -> str:
    """Return the cause in one line, never empty."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, InvalidFrameError) and "Connection.OpenOk" in str(error):
        # The client expects the virtual host to be opened, and says nothing of the broker's refusal.
        return "it has no such virtual host, or this user may not use it"
    return " ".join(str(error).split()).removesuffix(".") or type(error).__name__
