"""The pool of connections to PostgreSQL, and the translation of its errors."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from backend.database.connect import CONNECT_TIMEOUT_SECONDS, connect
from backend.database.json_reader import read_json
from backend.database.open_connections import OpenConnections
from backend.database.unavailability import is_unavailable, unavailable_error
from backend.database_url import DatabaseUrl
from backend.seconds_histogram import SecondsHistogram
from shared.errors import DatabaseUnavailableError, StartupError

_DRIVER = "postgresql+asyncpg://"
"""The dialect; `connect` opens the connections, because SQLAlchemy does not read libpq's parameters."""
POOL_TIMEOUT_SECONDS = 5
"""How long a request waits for a free connection before it is answered with 503."""
STATEMENT_TIMEOUT = timedelta(seconds=30)
"""Far above the slowest statement of this code: it stops what would hold locks or the pool without end."""
COMMAND_TIMEOUT_MARGIN = timedelta(seconds=5)
"""The client waits this much longer than the server, whose error names the cause."""
IDLE_IN_TRANSACTION = timedelta(seconds=10)
"""How long a process that was stopped or partitioned in a transaction can keep its row locks."""
POOL_WAIT_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0)
_PAUSE_BETWEEN_ATTEMPTS_SECONDS = 0.5

_SHARED_PREPARED_STATEMENTS = ("42P05", "26000")
"""SQLSTATE of a prepared statement that exists twice or not at all: a pooler shares the connection with others."""

log = structlog.get_logger()


def transaction_pooler(address: str) -> str:
    """Return the message about a pooler that gives a connection to another client after each transaction."""
    return (
        f"A pooler in transaction mode is in front of {address}, which breaks the lock of the dispatcher. Set "
        "TASKDECK_DATABASE_URL to the address of PostgreSQL itself or of a pool in session mode."
    )


def _milliseconds(time: timedelta) -> str:
    return str(round(time.total_seconds() * 1000))


@asynccontextmanager
async def translated_errors(address: str) -> AsyncIterator[None]:
    """Raise `DatabaseUnavailableError` in place of errors that are `is_unavailable`; other errors are not changed."""
    try:
        yield
    except (OSError, TimeoutError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if not is_unavailable(error):
            raise
        told = unavailable_error(error)
        cause = str(getattr(error, "orig", None) or error).split("\n", 1)[0] or type(error).__name__
        log.warning(f"{told.title}.", address=address, cause=cause)
        raise told from error


@dataclass(frozen=True, slots=True)
class PoolUse:
    """The connections of a pool: in use, idle, and how many there may be."""

    in_use: int
    idle: int
    most: int


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str, *, pool_size: int, application_name: str) -> None:
        """Raises `ValueError` for a URL that is not supported. Connections are opened when they are first needed.

        An application name in the URL replaces `application_name`.
        """
        self._url = DatabaseUrl.parse(url)
        self._application_name = self._url.application_name or application_name
        self._pool_size = pool_size
        self._engine = self._make_engine(pool_size)
        self.pool_waits = SecondsHistogram(POOL_WAIT_BUCKETS)
        """How long transactions waited for a connection of the pool, or for a new one."""
        self._open = OpenConnections(self._engine.execution_options(isolation_level="AUTOCOMMIT"))

    def _make_engine(self, pool_size: int) -> AsyncEngine:
        return create_async_engine(
            _DRIVER,
            async_creator=self._connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_pre_ping=False,
            pool_use_lifo=True,
            json_deserializer=read_json,
            hide_parameters=True,  # an error is logged, and its parameters may be passwords and environments
        )

    async def _connect(self, *_arguments: Any, **_named: Any) -> "asyncpg.Connection[asyncpg.Record]":
        return await connect(
            self._url,
            command_timeout=(STATEMENT_TIMEOUT + COMMAND_TIMEOUT_MARGIN).total_seconds(),
            server_settings={
                "application_name": self._application_name,
                "statement_timeout": _milliseconds(STATEMENT_TIMEOUT),
                "idle_in_transaction_session_timeout": _milliseconds(IDLE_IN_TRANSACTION),
                # PostgreSQL drops a client that is unreachable within eleven seconds.
                "tcp_keepalives_idle": "5",
                "tcp_keepalives_interval": "2",
                "tcp_keepalives_count": "3",
                "tcp_user_timeout": _milliseconds(IDLE_IN_TRANSACTION),
                # The statements are short: compiling one takes longer than executing it.
                "jit": "off",
            },
        )

    @property
    def address(self) -> str:
        """Host, port and database, without the password."""
        return self._url.address

    @property
    def pool_use(self) -> PoolUse:
        """The connections of the pool now."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        kept = self._open.count
        return PoolUse(in_use=pool.checkedout() - kept, idle=pool.checkedin() + kept, most=self._pool_size)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction, committed at the end of the block.

        Raises `DatabaseUnavailableError` if the server cannot be used.
        """
        began = perf_counter()
        async with translated_errors(self.address), self._pooled(self._engine.begin()) as connection:
            self.pool_waits.observe(perf_counter() - began)
            yield connection

    @asynccontextmanager
    async def trial(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction that is rolled back at the end of the block; raises as `transaction`."""
        async with translated_errors(self.address), self._pooled(self._engine.connect()) as connection:
            yield connection

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in autocommit mode; raises as `transaction` does.

        A single statement saves the two round trips of a transaction.
        """
        began = perf_counter()
        async with translated_errors(self.address):
            connection = await self._open.take()
            try:
                self.pool_waits.observe(perf_counter() - began)
                yield connection
            finally:
                if not self._open.keep(connection):
                    await connection.__aexit__(None, None, None)  # also when cancelled

    @asynccontextmanager
    async def _pooled(self, opening: AbstractAsyncContextManager[AsyncConnection]) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            async with self._open.others_needed():
                connection = await stack.enter_async_context(opening)
            yield connection

    async def open_session(self) -> AsyncConnection:
        """Return a new connection outside the pool; the caller closes it."""
        engine = create_async_engine(
            _DRIVER,
            async_creator=self._connect,
            poolclass=NullPool,
            json_deserializer=read_json,
            hide_parameters=True,
        )
        async with translated_errors(self.address):
            return await engine.connect()

    async def listen(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Return an asyncpg connection for LISTEN; the caller closes it."""
        async with translated_errors(self.address):
            return await connect(self._url, server_settings={"application_name": f"{self._application_name} listener"})

    async def ping(self) -> timedelta:
        """Return the duration of one round trip, including the wait for a connection of the pool."""
        clock = asyncio.get_running_loop().time
        begin = clock()
        async with self.transaction() as connection:
            await connection.execute(text("select 1"))
        return timedelta(seconds=clock() - begin)

    async def version(self) -> str:
        """Return the version of the server, such as `15.4`."""
        async with self.transaction() as connection:
            return str((await connection.execute(text("show server_version"))).scalar_one()).split(" ")[0]

    async def now(self) -> datetime:
        """Return the time of the database, which is the only clock that decisions use."""
        async with self.transaction() as connection:
            instant: datetime = (await connection.execute(text("select now()"))).scalar_one()
            return instant

    async def wait_until_reachable(self, timeout: timedelta) -> None:
        """Wait until the database answers.

        Raises `DatabaseUnavailableError` after `timeout`, and `StartupError` at once if the server rejects the
        database's name, the user or the password, or cannot prove who it is, because waiting does not help.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout.total_seconds()
        while True:
            try:
                await self.ping()
            except DatabaseUnavailableError as error:
                if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                    raise StartupError(
                        f"The certificate of PostgreSQL at {self.address} cannot be verified: "
                        f"{error.__cause__.verify_message.rstrip('.')}. Correct the host or sslrootcert in "
                        "TASKDECK_DATABASE_URL."
                    ) from error
                if clock() >= deadline:
                    raise
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) in _SHARED_PREPARED_STATEMENTS:
                    raise StartupError(transaction_pooler(self.address)) from error
                raise StartupError(
                    f"PostgreSQL at {self.address} rejected the connection: {error.orig}. Correct "
                    "TASKDECK_DATABASE_URL, or create the database and the user that it names."
                ) from error
            else:
                return
            await asyncio.sleep(_PAUSE_BETWEEN_ATTEMPTS_SECONDS)

    async def until_reachable(self) -> None:
        """Wait without a time limit until the database answers."""
        while True:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    await self.ping()
            except (DatabaseUnavailableError, TimeoutError):
                await asyncio.sleep(_PAUSE_BETWEEN_ATTEMPTS_SECONDS)
            else:
                return

    async def close(self) -> None:
        """Close all connections of the pool."""
        with suppress(OSError):
            await self._open.give_back()
            await self._engine.dispose()
