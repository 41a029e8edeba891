"""Composition of a backend on servers: any of the roles in one process, with PostgreSQL and RabbitMQ."""

import asyncio
import os
import socket
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import structlog

from backend import audit
from backend.accounts.oidc.configuration import oidc_configuration
from backend.accounts.setup import ensure_admin, new_setup_token
from backend.app import Backend, open_backend, open_broker, open_database, open_worker
from backend.broker.keys import WorkerKey
from backend.broker.rabbitmq import RabbitBroker
from backend.context import SYSTEM
from backend.database import migration
from backend.database.connection import Database
from backend.encryption.stored_values import StoredValues
from backend.encryption_rotation import count_in_clear
from backend.exposure import api_exposure, exposures
from backend.first_administrator import read_password, setup_link
from backend.local_directory import LocalDirectory
from backend.new_installation import prepare_database
from backend.service_manager import ServiceManager
from backend.settings import Settings
from backend.stop_signal import on_hangup, stop_signal
from backend.tracing.tracer import NO_TRACER, Tracer
from backend.worker.worker import Worker
from backend.workers.enroll import enroll_own_worker
from shared.enums import BackendRole
from shared.errors import StartupError

log = structlog.get_logger()


async def migrate(settings: Settings) -> None:
    """Migrate the schema to the revision that this version needs."""
    if settings.database_url is None:
        raise StartupError("Set TASKDECK_DATABASE_URL, such as postgresql://user:password@host:5432/taskdeck.")
    async with open_database(settings, settings.database_url) as database:
        await prepare_database(database)
        log.info("The schema is up to date.", revision=await migration.current_revision(database))


async def replace_lost_key(settings: Settings) -> str:
    """Use the newest key of secrets in place of one that is lost; return its id."""
    key = settings.secret_keys.newest
    if settings.database_url is None or key is None:
        raise StartupError(
            "Set TASKDECK_DATABASE_URL, and TASKDECK_SECRETS_KEY_FILE to a file of: taskdeck secret-key create FILE"
        )
    async with (
        open_database(settings, settings.database_url) as database,
        database.transaction() as connection,
    ):
        await StoredValues(settings.secret_keys).use(connection, key)
        await audit.record(
            connection, actor=SYSTEM, action="secret_key.replace_lost", object_type="secret_key", object_id=key.id
        )
    return key.id


async def run_servers(
    settings: Settings, *, roles: frozenset[BackendRole], host: str, port: int, tracer: Tracer = NO_TRACER
) -> int:
    """Serve with PostgreSQL and RabbitMQ until a signal; return the exit code."""
    if settings.database_url is None or settings.broker_url is None:
        raise StartupError(
            "Set TASKDECK_DATABASE_URL and TASKDECK_BROKER_URL. To run on one machine without them, use: taskdeck up"
        )
    if settings.signing_key is None and not settings.insecure_broker:
        raise StartupError(
            "Set TASKDECK_SIGNING_KEY_FILE to the file with the secret of the backends, the same for all of them. "
            "Create it with: taskdeck create-signing-key FILE. To let every client of the broker run commands on the "
            "workers instead, start with --insecure-broker."
        )
    if BackendRole.API in roles:
        oidc_configuration(settings)  # wrong settings end the start before anything is waited for
    stop = stop_signal()
    manager = ServiceManager.of_environment()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings, settings.database_url))
        await _check_schema(database)
        broker = await stack.enter_async_context(open_broker(settings, RabbitBroker(settings.broker_url)))
        backend = Backend(settings, database, broker, roles=roles, tracer=tracer)
        if BackendRole.API in roles:
            await _ensure_admin(settings, backend)
        await stack.enter_async_context(open_backend(backend, host=host, port=port, is_local=False))
        _warn_of_exposures(settings, backend, host=host)
        await _warn_of_clear_values(backend)
        if backend.certificate is not None:
            on_hangup(backend.certificate.request_reload)
        if BackendRole.API in roles:
            await _log_setup_link(settings, backend)
            log.info("The API is ready.", url=backend.url, docs=f"{backend.url}/docs")
        if BackendRole.WORKER in roles:
            folder = (settings.data_dir or LocalDirectory.default()) / "workers"
            await stack.enter_async_context(_own_worker(settings, backend, folder))
        async with manager.announced():
            await stop.wait()
        log.info("Stopping.")
    return 0


def _warn_of_exposures(settings: Settings, backend: Backend, *, host: str) -> None:
    found = exposures(settings, default_ssl_mode=os.environ.get("PGSSLMODE"))
    if BackendRole.API in backend.roles:
        of_api = api_exposure(host=host, uses_tls=backend.certificate is not None)
        found += [of_api] if of_api is not None else []
    for one in found:
        log.warning("A connection is not protected.", setting=one.setting, detail=one.detail)


async def _warn_of_clear_values(backend: Backend) -> None:
    if count := await count_in_clear(backend.context):
        log.warning(
            "Signing keys or credentials of alert channels are not encrypted in the database. Run, once all backends "
            "have this version: taskdeck secret-key rotate",
            values=count,
        )


def _own_worker(settings: Settings, backend: Backend, folder: Path) -> AbstractAsyncContextManager[Worker]:
    async def find_key(worker_id: str) -> WorkerKey | None:
        return await enroll_own_worker(backend.context, backend.keys, worker_id)

    return open_worker(settings, backend.broker, folder=folder, find_key=find_key, tracer=backend.context.tracer)


async def _check_schema(database: Database) -> None:
    """Create the schema in an empty database. Raises `StartupError` for an old one, which the operator must migrate."""
    found, needed = await migration.current_revision(database), migration.newest_revision()
    if found is None:
        await prepare_database(database)
    elif found < needed:
        raise StartupError(
            f"The schema of {database.address} is at revision {found}, but this version needs {needed}. "
            "Run: taskdeck migrate"
        )


async def _ensure_admin(settings: Settings, backend: Backend) -> None:
    """Create the first administrator before the API answers, so that a client of a ready API can sign in."""
    if settings.admin_password_file is None:
        return
    password = await asyncio.to_thread(read_password, settings.admin_password_file)
    await ensure_admin(backend.context, password)


async def _log_setup_link(settings: Settings, backend: Backend) -> None:
    token = await new_setup_token(backend.context)
    if token is not None:
        log.info(
            "There is no administrator yet. Open this link within an hour to create one.",
            url=setup_link(
                token, listens_on=backend.url, public_url=settings.public_url, hostname=socket.gethostname()
            ),
        )
