"""The advisory lock that makes one replica the leader, and the connection that holds it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.database.connection import Database, transaction_pooler, translated_errors
from backend.database.metric_counts import counting
from backend.metric_kinds import CountKind
from shared.errors import StartupError
from shared.models.system import DispatcherInfo

DISPATCHER_LOCK = 7_305_811_401
"""The key of the advisory lock: any number that no other program uses in this database."""
_CLOSE_TIMEOUT_SECONDS = 2
"""Closing over a broken network would wait for its timeout; the server ends the session anyway."""
_ISOLATION_OF_TRANSACTIONS: Final = "READ COMMITTED"

MAX_IDLE = timedelta(seconds=2)
"""Maximum idle time of a healthy leader's connection."""
_LEAST_PAUSE_SECONDS = 0.01
SILENCE_TIMEOUT = timedelta(seconds=6)
"""A leader that was idle for longer is stopped or partitioned: a standby terminates its connection. Three times
`MAX_IDLE`, so that a leader on a busy machine is not deposed, and with the election still below ten seconds."""

# PostgreSQL notices within nine seconds that the host of a leader is unreachable.
_TCP_KEEPALIVES = (
    "set tcp_keepalives_idle = 3",
    "set tcp_keepalives_interval = 2",
    "set tcp_keepalives_count = 3",
)
_CONNECTION_CHECK = "set client_connection_check_interval = '2s'"

# Takes the lock if it is free; never waits.
TRY_LOCK = text("select pg_try_advisory_lock(:lock)")

# The kernel keeps the connection of a stopped process open, and with it the lock. Such a leader is recognised by its
# idle connection; a connection with an active statement is not idle.
TERMINATE_SILENT_LEADER = text(
    """
    select pg_terminate_backend(a.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and ((l.classid::bigint << 32) | l.objid::bigint) = :lock
        and l.database = (select oid from pg_database where datname = current_database())
        and a.state <> 'active' and a.state_change < clock_timestamp() - cast(:silent as interval)
    """
)

# The one row of `dispatchers` names the current or last leader.
RECORD_LEADER = text(
    f"""
    with leader as (
        insert into dispatchers (id, replica_id, hostname, since) values (1, :replica_id, :hostname, now())
        on conflict (id) do update set replica_id = excluded.replica_id, hostname = excluded.hostname,
            since = excluded.since
        returning replica_id, hostname, since
    ) {counting(CountKind.LEADER_CHANGES, "leader")}
    select replica_id, hostname, since from leader
    """  # noqa: S608
)

# The row names the leader only while somebody holds the lock; without a holder it names the last one.
CURRENT_LEADER = text(
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
    """The connection that holds the lock.

    Every decision goes through it, one transaction at a time. A replica that lost the lock has lost the connection,
    so it cannot decide.
    """

    def __init__(self, connection: AsyncConnection, *, address: str) -> None:
        self._connection = connection
        self._address = address
        self._one_at_a_time = asyncio.Lock()
        self._used_at = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """Seconds since the last transaction ended."""
        return time.monotonic() - self._used_at

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Yield the connection in a transaction; raises `DatabaseUnavailableError` if the connection is lost."""
        async with self._one_at_a_time, translated_errors(self._address):
            self._require_connection()
            async with self._connection.begin():
                yield self._connection
        self._used_at = time.monotonic()

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[AsyncConnection]:
        """Yield the connection in autocommit mode; raises as `transaction` does.

        A decision of one statement saves the two round trips of a transaction.
        """
        async with self._one_at_a_time, translated_errors(self._address):
            self._require_connection()
            # execution_options would keep one reset for each change until the connection is returned, which is never.
            connection = self._connection.sync_connection
            assert connection is not None
            bare = connection.connection.dbapi_connection
            assert bare is not None
            connection.dialect.set_isolation_level(bare, "AUTOCOMMIT")
            try:
                # Begin and commit send nothing in this mode, so they need not be awaited.
                with connection.begin():
                    yield self._connection
            finally:
                connection.dialect.set_isolation_level(bare, _ISOLATION_OF_TRANSACTIONS)
        self._used_at = time.monotonic()

    def _require_connection(self) -> None:
        """Raise an error where the connection was lost: SQLAlchemy would open another one, which has no lock."""
        if self._connection.invalidated:
            raise ConnectionResetError("the connection that held the lock was lost")

    async def close(self) -> None:
        """Close the connection, which releases the lock."""
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_SECONDS):
                await self._connection.close()
                await self._connection.engine.dispose()
        except (TimeoutError, OSError) as error:
            log.warning("The connection of the dispatcher could not be closed.", cause=str(error))


async def open_candidate(database: Database) -> LeaderSession:
    """Return a session that can take the lock.

    Raises `StartupError` if a pooler in transaction mode would share the connection, and so the lock, with others.
    """
    connection = await database.open_session()
    session = LeaderSession(connection, address=database.address)
    try:
        async with session.transaction() as check:
            for setting in _TCP_KEEPALIVES:
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
            raise StartupError(transaction_pooler(database.address))
    except BaseException:
        await session.close()
        raise
    return session


async def try_lead(session: LeaderSession, *, silence_timeout: timedelta = SILENCE_TIMEOUT) -> bool:
    """Take the lock if it is free; return whether this session has it.

    A holder that was idle for longer than `silence_timeout` is terminated, and the next call finds the lock free.
    """
    async with session.transaction() as connection:
        got = await connection.execute(TRY_LOCK, {"lock": DISPATCHER_LOCK})
        if got.scalar_one():
            return True
        holder = {"lock": DISPATCHER_LOCK, "silent": silence_timeout}
        if (await connection.execute(TERMINATE_SILENT_LEADER, holder)).first() is not None:
            log.warning(
                "The connection of a silent dispatcher was terminated.", idle_seconds=silence_timeout.total_seconds()
            )
        return False


async def keep_alive(session: LeaderSession, *, max_idle: timedelta = MAX_IDLE) -> None:
    """Execute a statement whenever the leader's connection was idle for `max_idle`, until cancelled."""
    while True:
        if session.idle_seconds >= max_idle.total_seconds():
            async with session.transaction() as connection:
                await connection.execute(text("select 1"))
        # A pause too short for the clock would end at once, again and again.
        await asyncio.sleep(max(_LEAST_PAUSE_SECONDS, max_idle.total_seconds() - session.idle_seconds))


async def record_leader(session: LeaderSession, *, replica_id: str, hostname: str) -> DispatcherInfo:
    """Record that this replica leads since now."""
    async with session.transaction() as connection:
        row = (await connection.execute(RECORD_LEADER, {"replica_id": replica_id, "hostname": hostname})).one()
    return DispatcherInfo(replica_id=row.replica_id, hostname=row.hostname, since=row.since, active=True)


async def current_dispatcher(database: Database) -> DispatcherInfo:
    """Return which replica dispatches, or which was the last to do so."""
    async with database.statements() as connection:
        row = (await connection.execute(CURRENT_LEADER, {"lock": DISPATCHER_LOCK})).one_or_none()
    if row is None:
        return DispatcherInfo()
    return DispatcherInfo(replica_id=row.replica_id, hostname=row.hostname, since=row.since, active=row.active)
