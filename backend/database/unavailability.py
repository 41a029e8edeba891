"""Which errors of PostgreSQL mean that it cannot be used now, and what they say to a person."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.errors import (
    ConcurrentChangeError,
    DatabaseBusyError,
    DatabaseFullError,
    DatabaseReadOnlyError,
    DatabaseUnavailableError,
    QueryTimedOutError,
)

RETRY_AFTER_SECONDS = 2
"""What a 503 tells clients: a restart of PostgreSQL takes about as long."""

# SQLSTATE classes of errors that the server causes, not the statement: connection exceptions, transaction rollback
# (deadlock, serialisation), insufficient resources, operator intervention, system errors.
_TRANSACTION_ROLLBACK = "40"
_UNAVAILABLE_CLASSES = ("08", _TRANSACTION_ROLLBACK, "53", "57", "58")
_READ_ONLY = "25006"
"""SQLSTATE of a write on a read-only standby."""
_QUERY_CANCELLED = "57014"
_DISK_FULL = "53100"
_TOO_MANY_CONNECTIONS = "53300"


def is_unavailable(error: BaseException) -> bool:
    """Whether the database cannot be used now but may be later."""
    if isinstance(error, OSError | PoolTimeoutError | TimeoutError | InterfaceError):
        return True
    if isinstance(error, DBAPIError):
        state = _state_of(error)
        if error.connection_invalidated or not state:
            return isinstance(error, OperationalError) or error.connection_invalidated
        return _is_of_server(state)
    if isinstance(error, asyncpg.PostgresError):
        return _is_of_server(_state_of(error))
    return isinstance(error, asyncpg.InterfaceError)


def _is_of_server(state: str) -> bool:
    return state[:2] in _UNAVAILABLE_CLASSES or state == _READ_ONLY


def unavailable_error(error: BaseException) -> DatabaseUnavailableError:
    """Return what an error that `is_unavailable` says to a person: what happened, and the next step."""
    kind, detail = _kind_and_detail(error)
    return kind(detail, retry_after_seconds=RETRY_AFTER_SECONDS)


def _kind_and_detail(error: BaseException) -> tuple[type[DatabaseUnavailableError], str]:
    state = _state_of(error)
    if isinstance(error, PoolTimeoutError):
        return DatabaseBusyError, (
            "All connections of this replica to the database are in use. Try again in a moment. If this happens often, "
            "add replicas, or raise TASKDECK_DATABASE_POOL_SIZE."
        )
    if state == _TOO_MANY_CONNECTIONS:
        return DatabaseBusyError, (
            "PostgreSQL accepts no more connections. Try again in a moment. If this happens often, raise its "
            "max_connections, or lower TASKDECK_DATABASE_POOL_SIZE of the replicas."
        )
    if state == _QUERY_CANCELLED:
        return QueryTimedOutError, (
            "A query took too long and was cancelled; nothing was changed. Request less at once, such as a shorter "
            "time span or a smaller batch. If this happens often, check the load and the disk of PostgreSQL."
        )
    if state.startswith(_TRANSACTION_ROLLBACK):
        return ConcurrentChangeError, "The change conflicted with another one and was not made. Try again."
    if state == _DISK_FULL:
        return DatabaseFullError, (
            "The disk of PostgreSQL is full; nothing was changed. Free some space on its machine. Runs that have "
            "started continue, and their results are recorded afterwards."
        )
    if state == _READ_ONLY:
        return DatabaseReadOnlyError, (
            "PostgreSQL accepts no changes: it is a standby, or was set to read-only. After a failover, "
            "TASKDECK_DATABASE_URL must lead to the new primary."
        )
    return DatabaseUnavailableError, (
        "The database is unavailable. Try again in a moment. If the error persists, check that PostgreSQL runs "
        "and that the backend can reach it."
    )


def _state_of(error: BaseException) -> str:
    """Return the SQLSTATE, or nothing where the error does not come from the server."""
    origin = getattr(error, "orig", None) or error
    return getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or ""
