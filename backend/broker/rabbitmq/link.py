"""One connection to RabbitMQ, made again in the background after a loss."""

import asyncio
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import structlog
from aio_pika import Connection
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ProbableAuthenticationError,
)
from aiormq.abc import AbstractConnection
from aiormq.channel import Channel
from aiormq.exceptions import ConnectionNotAllowed, InvalidFrameError
from yarl import URL

from backend.broker.heartbeat import HEARTBEAT_SECONDS
from backend.broker.rabbitmq.faults import LinkLostError, TlsFileError, check_tls_files, describe_fault, link_faults
from shared.errors import BrokerUnavailableError

CONNECT_TIMEOUT = timedelta(seconds=5)
PREPARE_TIMEOUT = timedelta(seconds=10)
CLOSE_TIMEOUT = timedelta(seconds=3)

# The first retry is soon, for a broker that was only restarted. Jitter spreads ten thousand workers.
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0

# Frames that a channel may have read and not processed before the connection stops reading.
_FRAME_BUFFER = 1_000

_DEFAULT_PORTS = {"amqp": 5672, "amqps": 5671}
# A retry does not help: the password, the user's rights, the virtual host, a certificate or its file are wrong.
_REFUSALS = (
    AuthenticationError,
    ProbableAuthenticationError,
    ConnectionNotAllowed,
    InvalidFrameError,
    ssl.SSLError,
    TlsFileError,
)

log = structlog.get_logger()


def address_of(url: URL) -> str:
    """Return the broker's address without user, password and options."""
    port = url.port or _DEFAULT_PORTS.get(url.scheme, 5672)
    return f"{url.scheme}://{url.host}:{port}{url.path}"


class BrokerLink:
    """A connection that is made again after a loss.

    `prepare` is awaited on each new connection before it counts as up. `on_change` is called whenever
    `is_up` changes.
    """

    def __init__(
        self,
        url: URL,
        *,
        purpose: str,
        on_change: Callable[[], None],
        prepare: Callable[[AbstractConnection], Awaitable[None]] | None = None,
    ) -> None:
        self.address = address_of(url)
        self._url = url if "heartbeat" in url.query else url.update_query(heartbeat=HEARTBEAT_SECONDS)
        self._purpose = purpose
        self._on_change = on_change
        self._prepare = prepare
        self._connection: Connection | None = None
        self._up = asyncio.Event()
        self._lost = asyncio.Event()
        self._mending: asyncio.Task[None] | None = None
        self._cause = "it does not answer"

    @property
    def is_up(self) -> bool:
        """Whether the connection is up."""
        return self._up.is_set()

    async def open(self, *, timeout: timedelta) -> None:
        """Connect, trying again until `timeout`; raises `BrokerUnavailableError`.

        A refused password or virtual host is raised at once.
        """
        # The client logs each loss several times with tracebacks; `_mend` logs it once.
        for name in ("aiormq.connection", "aiormq.channel", "aio_pika.connection"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await self._connect(is_first=True)
        except TimeoutError:
            raise self.unavailable() from None
        self._mending = asyncio.create_task(self._mend(), name=f"rabbitmq link for {self._purpose}")

    async def close(self) -> None:
        """Close the connection; may be called twice."""
        if self._mending is not None:
            self._mending.cancel()
            with suppress(asyncio.CancelledError):
                await self._mending
            self._mending = None
        self._up.clear()
        self._cause = "it was closed"
        await self._drop()

    async def connection(self) -> AbstractConnection:
        """Return the connection; waits until it is up."""
        await self._up.wait()
        assert self._connection is not None
        assert self._connection.transport is not None
        return self._connection.transport.connection

    async def channel(self, *, publisher_confirms: bool) -> Channel:
        """Open a channel; raises `LinkLostError`."""
        connection = await self.connection()
        return await open_channel(connection, publisher_confirms=publisher_confirms)

    async def unblocked(self) -> None:
        """Wait until the broker accepts messages: it blocks publishers while memory or disk is short."""
        connection = await self.connection()
        with link_faults(self.address):
            await connection.ready()

    async def is_blocked(self) -> bool:
        """Whether the broker blocks publishers."""
        if not self._up.is_set():
            return False
        try:
            async with asyncio.timeout(0):
                await self.unblocked()
        except TimeoutError:
            return True
        return False

    def unavailable(self, cause: str | None = None) -> BrokerUnavailableError:
        """Return the error with the broker's address and the cause."""
        return BrokerUnavailableError(
            f"RabbitMQ at {self.address} cannot be used: {cause or self._cause}. "
            "Check that it runs and that TASKDECK_BROKER_URL names it."
        )

    async def _mend(self) -> None:
        while True:
            await self._lost.wait()
            log.warning("connection to the broker lost", address=self.address, cause=self._cause)
            await self._drop()
            await self._connect(is_first=False)
            log.info("connection to the broker is back", address=self.address)

    async def _connect(self, *, is_first: bool) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._connect_once()
            except LinkLostError as error:
                self._cause = str(error)
                if is_first and _is_refusal(error):
                    raise self.unavailable() from None
            else:
                return
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _connect_once(self) -> None:
        check_tls_files(str(self._url))
        connection = Connection(self._url, client_properties={"connection_name": f"taskdeck {self._purpose}"})
        try:
            with link_faults(self.address):
                async with asyncio.timeout(CONNECT_TIMEOUT.total_seconds()):
                    await connection.connect()
                assert connection.transport is not None
                transport = connection.transport.connection
                if self._prepare is not None:
                    async with asyncio.timeout(PREPARE_TIMEOUT.total_seconds()):
                        await self._prepare(transport)
        except BaseException:
            await _close_quietly(connection)
            raise
        self._connection = connection
        self._lost.clear()
        self._up.set()
        transport.closing.add_done_callback(self._on_closing)
        self._on_change()

    def _on_closing(self, closing: asyncio.Future[None]) -> None:
        if not self._up.is_set():
            return
        self._up.clear()
        cause = None if closing.cancelled() else closing.exception()
        is_named = cause is not None and not isinstance(cause, asyncio.CancelledError)
        self._cause = describe_fault(cause) if cause is not None and is_named else "the connection was lost"
        self._lost.set()
        self._on_change()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await _close_quietly(connection)


def _is_refusal(error: BaseException) -> bool:
    """Whether a refusal is among the causes of an error: the client hides those of TLS behind one of its own."""
    cause = error.__cause__
    return cause is not None and (isinstance(cause, _REFUSALS) or _is_refusal(cause))


async def open_channel(connection: AbstractConnection, *, publisher_confirms: bool) -> Channel:
    """Open a channel; raises `LinkLostError`."""
    with link_faults("channel"):
        channel = await connection.channel(
            publisher_confirms=publisher_confirms,
            frame_buffer_size=_FRAME_BUFFER,
            timeout=CONNECT_TIMEOUT.total_seconds(),
        )
    assert isinstance(channel, Channel)
    return channel


async def _close_quietly(connection: Connection) -> None:
    """Close a connection that may be broken."""
    with suppress(*CONNECTION_EXCEPTIONS):
        async with asyncio.timeout(CLOSE_TIMEOUT.total_seconds()):
            await connection.close()
