"""The connection to PostgreSQL, and what its failures mean to a person."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from shared.errors import DatabaseUnavailableError, StartupError

CONNECT_TIMEOUT_SECONDS = 5
POOL_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT = timedelta(seconds=30)
IDLE_IN_TRANSACTION = timedelta(seconds=10)
"""A process that was stopped, or cut off, in the middle of a transaction keeps the rows it locked for so long."""
RETRY_AFTER_SECONDS = 2
_SLEEP_BETWEEN_TRIES_SECONDS = 0.5

# PostgreSQL's classes of errors that say "the server, not the statement": connection failures, transactions that were
# in each other's way, insufficient resources, operator intervention, system errors; and a read-only standby.
_IN_ANOTHERS_WAY = "40"
_UNAVAILABLE_CLASSES = ("08", _IN_ANOTHERS_WAY, "53", "57", "58")
_READ_ONLY = "25006"
_SHARED_STATEMENTS = ("42P05", "26000")
"""A statement that we prepared is there twice, or not at all: others prepare theirs on the same connection."""

log = structlog.get_logger()


def pooler_before(address: str) -> str:
    """Return what to say where connections are handed from one client to another between transactions."""
    return (
        f"A pooler in transaction mode stands before {address}: the dispatcher's lock would not hold. Give "
        "TASKDECK_DATABASE_URL an address that reaches PostgreSQL directly, or a pool in session mode."
    )


def _milliseconds(time: timedelta) -> str:
    return str(round(time.total_seconds() * 1000))


def is_unavailable(error: BaseException) -> bool:
    """Whether the error says that the database cannot be used now, and may be later."""
    if isinstance(error, OSError | PoolTimeoutError | TimeoutError | InterfaceError):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        if error.connection_invalidated or state is None:
            return isinstance(error, OperationalError) or error.connection_invalidated
        return state[:2] in _UNAVAILABLE_CLASSES or state == _READ_ONLY
    return isinstance(error, asyncpg.PostgresConnectionError | asyncpg.InterfaceError)


def _is_in_anothers_way(error: BaseException) -> bool:
    state = getattr(getattr(error, "orig", None) or error, "sqlstate", None) or ""
    return state.startswith(_IN_ANOTHERS_WAY)


@asynccontextmanager
async def translated_errors(address: str) -> AsyncIterator[None]:
    """Raise `DatabaseUnavailableError` for what `is_unavailable`; let anything else through."""
    try:
        yield
    except (OSError, TimeoutError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if not is_unavailable(error):
            raise
        cause = str(getattr(error, "orig", None) or error).split("\n", 1)[0] or type(error).__name__
        if _is_in_anothers_way(error):
            log.warning("two transactions were in each other's way", cause=cause)
            raise DatabaseUnavailableError(
                "Another change was in the way of this one, and nothing was done. Try again.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
            ) from error
        log.warning("database unavailable", address=address, cause=cause)
        raise DatabaseUnavailableError(
            "The database does not answer. Try again in a moment; "
            "if it goes on, check that PostgreSQL runs and that the backend can reach it.",
            retry_after_seconds=RETRY_AFTER_SECONDS,
        ) from error


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str, *, pool_size: int, application_name: str) -> None:
        """`url` is SQLAlchemy's, with asyncpg; connections are made when they are first needed."""
        self._url = make_url(url)
        self._application_name = application_name
        self._engine = self._make_engine(pool_size)

    def _make_engine(self, pool_size: int) -> AsyncEngine:
        return create_async_engine(
            self._url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_pre_ping=False,
            pool_use_lifo=True,
            connect_args=self._connect_arguments(STATEMENT_TIMEOUT),
        )

    def _connect_arguments(self, statement_timeout: timedelta) -> dict[str, Any]:
        return {
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "command_timeout": statement_timeout.total_seconds() + 5,
            "server_settings": {
                "application_name": self._application_name,
                "statement_timeout": _milliseconds(statement_timeout),
                "idle_in_transaction_session_timeout": _milliseconds(IDLE_IN_TRANSACTION),
                # The server's side of a network that swallows: it gives a silent client up within eleven seconds.
                "tcp_keepalives_idle": "5",
                "tcp_keepalives_interval": "2",
                "tcp_keepalives_count": "3",
                "tcp_user_timeout": _milliseconds(IDLE_IN_TRANSACTION),
                # The statements are short; compiling them costs more than it saves.
                "jit": "off",
            },
        }

    @property
    def address(self) -> str:
        """Where the database is, without its password."""
        host = self._url.host or self._url.query.get("host") or "local socket"
        port = f":{self._url.port}" if self._url.port else ""
        return f"{host}{port}/{self._url.database}"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction, committed at the end.

        Raises `DatabaseUnavailableError` where the server cannot be used.
        """
        async with translated_errors(self.address), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection on which each statement stands for itself, committed as it ends.

        It saves a lone statement the two round trips of a transaction. Raises as `transaction` does.
        """
        async with translated_errors(self.address), self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    async def open_session(self) -> AsyncConnection:
        """Return a connection of its own, outside the pool, which the caller closes."""
        engine = create_async_engine(
            self._url,
            poolclass=NullPool,
            connect_args=self._connect_arguments(STATEMENT_TIMEOUT),
        )
        async with translated_errors(self.address):
            return await engine.connect()

    async def listen(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Return a bare asyncpg connection for LISTEN, which the caller closes."""
        async with translated_errors(self.address):
            return await asyncpg.connect(
                self._url.set(drivername="postgresql").render_as_string(hide_password=False),
                timeout=CONNECT_TIMEOUT_SECONDS,
                server_settings={"application_name": f"{self._application_name} listener"},
            )

    async def ping(self) -> timedelta:
        """Return the time of one round trip, a connection from the pool included."""
        clock = asyncio.get_running_loop().time
        begin = clock()
        async with self.transaction() as connection:
            await connection.execute(text("select 1"))
        return timedelta(seconds=clock() - begin)

    async def version(self) -> str:
        """Return the server's version, such as `15.4`."""
        async with self.transaction() as connection:
            return str((await connection.execute(text("show server_version"))).scalar_one()).split(" ")[0]

    async def now(self) -> datetime:
        """Return the database's time: the only clock that decides."""
        async with self.transaction() as connection:
            instant: datetime = (await connection.execute(text("select now()"))).scalar_one()
            return instant

    async def wait_until_reachable(self, timeout: timedelta) -> None:
        """Return when the database answers.

        Raises `DatabaseUnavailableError` after `timeout`, and `StartupError` at once where the server answers that
        there is no such database or user: waiting mends neither.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout.total_seconds()
        while True:
            try:
                await self.ping()
            except DatabaseUnavailableError:
                if clock() >= deadline:
                    raise
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) in _SHARED_STATEMENTS:
                    raise StartupError(pooler_before(self.address)) from error
                raise StartupError(
                    f"PostgreSQL at {self.address} refuses: {error.orig}. Correct TASKDECK_DATABASE_URL, or make what "
                    "it names."
                ) from error
            else:
                return
            await asyncio.sleep(_SLEEP_BETWEEN_TRIES_SECONDS)

    async def until_reachable(self) -> None:
        """Return when the database answers, however long that takes."""
        while True:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    await self.ping()
            except (DatabaseUnavailableError, TimeoutError):
                await asyncio.sleep(_SLEEP_BETWEEN_TRIES_SECONDS)
            else:
                return

    async def close(self) -> None:
        """Close every connection of the pool."""
        with suppress(OSError):
            await self._engine.dispose()
