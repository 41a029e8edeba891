"""The lock that makes one replica the dispatcher, and the connection that holds it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database, pooler_before, translated_errors
from shared.errors import StartupError
from shared.models.system import DispatcherInfo

DISPATCHER_LOCK = 7_305_811_401
_CLOSE_TIMEOUT_SECONDS = 2
_IN_TRANSACTIONS: Final = "READ COMMITTED"

SPEAK_EVERY = timedelta(seconds=2)
"""The longest that a leader which lives says nothing on its connection."""
SILENT_AFTER = timedelta(seconds=6)
"""A leader that has said nothing for so long is stopped, or behind a network that swallows: its standby ends it."""

# A dispatcher that vanished from the network is noticed by the server within nine seconds.
_KEEPALIVES = (
    "set tcp_keepalives_idle = 3",
    "set tcp_keepalives_interval = 2",
    "set tcp_keepalives_count = 3",
)
_CONNECTION_CHECK = "set client_connection_check_interval = '2s'"

TRY_LOCK = text("select pg_try_advisory_lock(:lock)")

# A process that was stopped keeps its connection, and so the lock: the kernel answers for it. What it has not
# said is what tells. A statement that takes long is not silence.
END_SILENT = text(
    """
    select pg_terminate_backend(a.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and ((l.classid::bigint << 32) | l.objid::bigint) = :lock
        and l.database = (select oid from pg_database where datname = current_database())
        and a.state <> 'active' and a.state_change < clock_timestamp() - cast(:silent as interval)
    """
)

TAKE_OVER = text(
    """
    insert into dispatchers (id, replica_id, hostname, since) values (1, :replica_id, :hostname, now())
    on conflict (id) do update set replica_id = excluded.replica_id, hostname = excluded.hostname,
        since = excluded.since
    returning replica_id, hostname, since
    """
)

# The lock's holder is the one dispatcher there is; without a holder the row tells of the last one.
CURRENT = text(
    """
    select replica_id, hostname, since, exists (
        select from pg_locks
        where locktype = 'advisory' and granted and database = (select oid from pg_database
            where datname = current_database())
            and ((classid::bigint << 32) | objid::bigint) = :lock) as active
    from dispatchers
    """
)

log = structlog.get_logger()


class LeaderSession:
    """The connection that holds the lock. Every decision is made through it, one at a time:

    a replica that lost the lock lost the connection, and cannot decide.
    """

    def __init__(self, connection: AsyncConnection, *, address: str) -> None:
        self._connection = connection
        self._address = address
        self._one_at_a_time = asyncio.Lock()
        self._spoke_at = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long ago the last transaction ended."""
        return time.monotonic() - self._spoke_at

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection in a transaction; raises `DatabaseUnavailableError` when it is lost."""
        async with self._one_at_a_time, translated_errors(self._address), self._connection.begin():
            yield self._connection
        self._spoke_at = time.monotonic()

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncConnection]:
        """Give the connection for statements that stand each for itself, committed as they end.

        It saves what is decided in one statement the two round trips of a transaction. Raises as `transaction` does.
        """
        async with self._one_at_a_time, translated_errors(self._address):
            # By execution_options each change would be kept, to be undone when the connection is returned: never.
            dialect = self._connection.dialect
            bare = (await self._connection.get_raw_connection()).dbapi_connection
            assert bare is not None
            dialect.set_isolation_level(bare, "AUTOCOMMIT")
            try:
                async with self._connection.begin():
                    yield self._connection
            finally:
                dialect.set_isolation_level(bare, _IN_TRANSACTIONS)
        self._spoke_at = time.monotonic()

    async def close(self) -> None:
        """Give up the lock with the connection."""
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_SECONDS):
                await self._connection.close()
                await self._connection.engine.dispose()
        except (TimeoutError, OSError) as error:
            log.warning("the dispatcher's connection could not be closed", cause=str(error))


async def open_candidate(database: Database) -> LeaderSession:
    """Return a session that may ask for the lock.

    Raises `StartupError` where a pooler stands between: it would hand the lock's connection to others.
    """
    connection = await database.open_session()
    session = LeaderSession(connection, address=database.address)
    try:
        async with session.transaction() as check:
            for setting in _KEEPALIVES:
                await check.exec_driver_sql(setting)
            if (check.dialect.server_version_info or (13,)) >= (14,):
                await check.exec_driver_sql(_CONNECTION_CHECK)
        pids = set()
        for _ in range(3):
            async with session.transaction() as check:
                pids.add((await check.exec_driver_sql("select pg_backend_pid()")).scalar_one())
        async with database.transaction() as other:
            shared = (await other.exec_driver_sql("select pg_backend_pid()")).scalar_one() in pids
        if shared or len(pids) > 1:
            raise StartupError(pooler_before(database.address))
    except BaseException:
        await session.close()
        raise
    return session


async def try_lead(session: LeaderSession, *, silent: timedelta = SILENT_AFTER) -> bool:
    """Take the lock if it is free, or if its holder has fallen silent; return whether this session has it."""
    async with session.transaction() as connection:
        got = await connection.execute(TRY_LOCK, {"lock": DISPATCHER_LOCK})
        if got.scalar_one():
            return True
        holder = {"lock": DISPATCHER_LOCK, "silent": silent}
        if (await connection.execute(END_SILENT, holder)).first() is not None:
            log.warning("the dispatcher has fallen silent; its connection was ended", seconds=silent.total_seconds())
        return False


async def keep_speaking(session: LeaderSession, *, every: timedelta = SPEAK_EVERY) -> None:
    """Say something on the leader's connection where nothing else does, until cancelled: its standbys know it lives."""
    while True:
        if session.silent_seconds >= every.total_seconds():
            async with session.transaction() as connection:
                await connection.execute(text("select 1"))
        await asyncio.sleep(max(0.0, every.total_seconds() - session.silent_seconds))


async def announce(session: LeaderSession, *, replica_id: str, hostname: str) -> DispatcherInfo:
    """Write down who dispatches."""
    async with session.transaction() as connection:
        row = (await connection.execute(TAKE_OVER, {"replica_id": replica_id, "hostname": hostname})).one()
    return DispatcherInfo(replica_id=row.replica_id, hostname=row.hostname, since=row.since, active=True)


async def current_dispatcher(database: Database) -> DispatcherInfo:
    """Return which replica dispatches, or did last."""
    async with database.transaction() as connection:
        row = (await connection.execute(CURRENT, {"lock": DISPATCHER_LOCK})).mappings().one_or_none()
    return DispatcherInfo.model_validate(dict(row)) if row else DispatcherInfo()
