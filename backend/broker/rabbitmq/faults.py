"""The many exceptions of the AMQP client for a lost connection or channel, as one."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError
from aiormq.exceptions import ChannelLockedResource, InvalidFrameError

from backend.broker.protocol import NotRoutedError, QueueInUseError
from backend.broker.url import BrokerUrl


class LinkLostError(Exception):
    """The connection or the channel was lost before the broker answered; the text is the cause."""


class MessageRefusedError(LinkLostError):
    """The broker answered that it did not take the message (`basic.nack`)."""


class TlsFileError(Exception):
    """A file that the broker's URL names cannot be read."""


def check_tls_files(url: str) -> None:
    """Raise `LinkLostError` for a file of the URL that cannot be read: the client would not name it."""
    for name, file in BrokerUrl.parse(url).files.items():
        try:
            Path(file).read_bytes()
        except OSError as error:
            raise LinkLostError(f"{name}={file} cannot be read ({error.strerror})") from TlsFileError()


@contextmanager
def link_faults(name: str) -> Iterator[None]:
    """Raise `LinkLostError`, or the error for a refusal of the queue `name`.

    When a connection ends, the client cancels what waits for an answer. A cancellation of the task itself, which goes
    through, is told apart by the task's own count.
    """
    try:
        yield
    except PublishError:
        raise NotRoutedError(name) from None
    except DeliveryError as error:
        raise MessageRefusedError(f"the broker did not take the message: {error}") from error
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
        # The client expected the virtual host to be opened, and its error leaves out the refusal.
        return "it has no such virtual host, or this user may not use it"
    tls = _tls_fault(error)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return f"its certificate cannot be verified ({tls.verify_message.rstrip('.')})"
    if tls is not None:
        return f"TLS failed ({tls.reason or tls})"
    return " ".join(str(error).split()).removesuffix(".") or type(error).__name__


def _tls_fault(error: BaseException | None) -> ssl.SSLError | None:
    """Return the error of TLS that an error hides."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    return error
