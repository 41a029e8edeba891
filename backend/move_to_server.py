"""Moves a local installation to the database of servers: tasks, history and settings, all or nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.alerts.channel_secrets import count_channels, encrypt_channels_in
from backend.context import SYSTEM
from backend.database import migration
from backend.database.connect import connect
from backend.database.connection import Database
from backend.database.copying import (
    Connection,
    Copied,
    continue_sequences,
    copy_rows,
    count_rows,
    has_rows,
    tables_in_order,
)
from backend.database.embedded_postgres import EmbeddedPostgres
from backend.database_url import DatabaseUrl
from backend.encryption.key_ring import KeyRing
from backend.encryption.local_key import KEY_FILE, local_key_ring
from backend.encryption.stored_values import StoredValues
from backend.local_directory import LocalDirectory
from backend.secret_store.encrypt_again import count_secrets, encrypt_secrets_in
from shared.errors import ConflictError, StartupError

LEFT_BEHIND = frozenset(
    {
        "alembic_version", "dispatchers", "idempotency_keys", "oidc_codes", "oidc_sign_ins", "refresh_tokens",
        "secret_key_in_use", "sessions", "setup_tokens", "signing_keys", "worker_keys",
    }
)  # fmt: skip
"""Whom the local backend trusts, and what is of no use to another: sign-ins, keys, what a process is about to do."""
_DERIVED = frozenset({"task_search"})
"""Written by a trigger."""
_OF_NEW_INSTALLATION = ("alert_rules", "alert_channels")
"""What a migration gives an empty database; the local ones replace it."""
_LOCAL_USER = "username = 'local' and password_hash is null and issuer is null"
_OF_OTHERS = f"user_id not in (select id from users where {_LOCAL_USER})"  # noqa: S608
_ROWS = {"users": f"not ({_LOCAL_USER})", "api_tokens": _OF_OTHERS, "grants": _OF_OTHERS}
"""The user of the local backend stays: a server's first administrator is made by its link."""

# By the index of unfinished runs.
UNFINISHED = "select count(*) from runs where status in ('blocked', 'pending', 'dispatched', 'running')"
# The time of a statement and of a pause is that of the whole copy.
WITHOUT_LIMITS = text(
    """
    select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
    """
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved, or would be: rows by table, unfinished runs among them, values that were encrypted again."""

    tables: tuple[Copied, ...]
    unfinished_runs: int
    encrypted: int
    unreadable: tuple[str, ...] = ()


async def move_to_server(
    data_dir: Path,
    target: Database,
    *,
    server_keys: KeyRing,
    in_keyring: bool,
    dry_run: bool,
    report: Callable[[Copied], None],
) -> Moved:
    """Copy what a local backend has stored into an empty database, in one transaction of it; the source stays as it is.

    Values are encrypted with the newest of `server_keys`. Raises `StartupError` where the local backend runs, where a
    revision is another one, where the target has rows, or where a key is missing.
    """
    if not (data_dir / "postgres" / "PG_VERSION").exists():
        raise StartupError(f"{data_dir} contains no local database. Choose its directory with --data-dir.")
    directory = LocalDirectory(data_dir)
    running = directory.acquire()
    if running is not None:
        raise StartupError(
            f"A backend uses {data_dir}: {running.url}, process {running.pid}. Stop it, so that nothing changes while "
            "its database is moved."
        )
    postgres = EmbeddedPostgres(data_dir / "postgres")
    try:
        await postgres.start()
        try:
            source = await connect(DatabaseUrl.parse(postgres.url))
            try:
                ring = await _local_ring(data_dir, in_keyring=in_keyring)
                return await _move(source, target, server_keys, ring, dry_run=dry_run, report=report)
            finally:
                await source.close()
        finally:
            await postgres.stop()
    finally:
        directory.release()


async def _local_ring(data_dir: Path, *, in_keyring: bool) -> KeyRing:
    """Return the local keys, without making any."""
    if not in_keyring and not (data_dir / KEY_FILE).exists():
        return KeyRing()
    return await local_key_ring(data_dir, in_keyring=in_keyring)


async def _move(
    source: Connection,
    target: Database,
    server_keys: KeyRing,
    local_keys: KeyRing,
    *,
    dry_run: bool,
    report: Callable[[Copied], None],
) -> Moved:
    await _check_source(source)
    tables = [one for one in await tables_in_order(source) if one not in LEFT_BEHIND | _DERIVED]
    unfinished = int(await source.fetchval(UNFINISHED))
    await _check_target(target, tables)
    ring = KeyRing((*server_keys.keys, *(key for key in local_keys.keys if server_keys.find(key.id) is None)))
    await _check_keys(source, target, server_keys)
    if dry_run:
        counted = [Copied(one, await count_rows(source, one, where=_ROWS.get(one, "true"))) for one in tables]
        return Moved(tuple(counted), unfinished, 0)
    await migration.upgrade(target)
    async with target.transaction() as connection:
        await connection.execute(WITHOUT_LIMITS)
        driver = cast("Connection", (await connection.get_raw_connection()).driver_connection)
        for name in _OF_NEW_INSTALLATION:
            await driver.execute(f'delete from "{name}"')  # noqa: S608
        copied = []
        for table in tables:
            try:
                done = await copy_rows(source, driver, table, where=_ROWS.get(table, "true"))
            except* asyncpg.PostgresError as failed:
                raise StartupError(
                    f"The table {table} cannot be copied: {failed.exceptions[0]}. Nothing was moved."
                ) from failed
            copied.append(done)
            report(done)
        await continue_sequences(source, driver, tables)
        encrypted, unreadable = await _encrypt(connection, ring, server_keys)
        await _compare(source, driver, copied)
        await audit.record(
            connection, actor=SYSTEM, action="database.move", object_type="database", object_id=target.address
        )
    return Moved(tuple(copied), unfinished, encrypted, unreadable)


async def _check_source(source: Connection) -> None:
    revision = None
    with suppress(asyncpg.UndefinedTableError):
        revision = await source.fetchval("select version_num from alembic_version")
    if revision != migration.newest_revision():
        raise StartupError(
            f"The local database has the revision {revision or 'none'}, and this version of Taskdeck needs "
            f"{migration.newest_revision()}. Start it once with this version: taskdeck up, then stop it and move it."
        )


async def _check_target(target: Database, tables: list[str]) -> None:
    """Raise `StartupError` unless the target has no schema, or that of this version with no rows of anybody."""
    revision = await migration.current_revision(target)
    if revision is None:
        return
    if revision != migration.newest_revision():
        raise StartupError(
            f"The database at {target.address} has the revision {revision}, and this version of Taskdeck needs "
            f"{migration.newest_revision()}. Name an empty database; nothing was changed."
        )
    async with target.transaction() as connection:
        driver = cast("Connection", (await connection.get_raw_connection()).driver_connection)
        for table in tables:
            if table not in _OF_NEW_INSTALLATION and await has_rows(driver, table):
                raise StartupError(
                    f"The database at {target.address} is not empty: its table {table} has rows. Name an empty "
                    "database; nothing was changed."
                )


async def _check_keys(source: Connection, target: Database, server_keys: KeyRing) -> None:
    has_values = await has_rows(source, "secrets") or await has_rows(
        source, "alert_channels", where="config ? 'sealed'"
    )
    if has_values and server_keys.newest is None:
        raise StartupError(
            "The local database has secrets, which servers encrypt with a key of their own. Create one with: taskdeck "
            "secret-key create FILE, and name it with --secrets-key-file FILE. Nothing was changed."
        )
    if server_keys.newest is not None and await migration.current_revision(target) is not None:
        async with target.transaction() as connection:
            try:
                await StoredValues(server_keys).key_in_use(connection)
            except ConflictError as error:
                raise StartupError(error.detail) from error


async def _encrypt(connection: AsyncConnection, ring: KeyRing, server_keys: KeyRing) -> tuple[int, tuple[str, ...]]:
    """Encrypt what was copied with the servers' key; return how many values, and which ones could not be read."""
    if server_keys.newest is None:
        return 0, ()
    values = StoredValues(ring)
    key_id = await values.start(connection)
    assert key_id is not None
    secrets = await encrypt_secrets_in(connection, ring, key_id)
    channels = await encrypt_channels_in(connection, values, key_id)
    left = (await count_secrets(connection) + await count_channels(connection)).keys() - {key_id}
    assert len(left) <= len(secrets.unreadable) + len(channels.unreadable), left
    return secrets.count + channels.count, (*secrets.unreadable, *channels.unreadable)


async def _compare(source: Connection, target: Connection, copied: list[Copied]) -> None:
    """Raise `StartupError`, which undoes the move, unless each table has as many rows as the source."""
    for one in copied:
        wanted = await count_rows(source, one.table, where=_ROWS.get(one.table, "true"))
        found = await count_rows(target, one.table)
        if not wanted == found == one.rows:
            raise StartupError(
                f"The table {one.table} has {wanted:,} rows here and {found:,} in the target, of {one.rows:,} that "
                "were copied. Nothing was moved: is another backend connected to the target? Stop it and try again."
            )
