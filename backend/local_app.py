"""Composition of a local backend: every role in one process, with an embedded database."""

import asyncio
import os
import secrets
from contextlib import AsyncExitStack
from datetime import timedelta

from backend.accounts.setup import ensure_local_user
from backend.api.server import free_port
from backend.app import Backend, open_backend, open_broker, open_database, open_worker
from backend.broker.in_process import InProcessBroker
from backend.database.embedded_postgres import EmbeddedPostgres
from backend.database.embedded_watch import EmbeddedWatch
from backend.desktop import Desktop
from backend.encryption.local_key import local_key_ring
from backend.encryption_rotation import use_local_key
from backend.local_directory import LocalDirectory
from backend.new_installation import prepare_database
from backend.service_manager import ServiceManager
from backend.settings import Settings, asyncpg_url
from backend.supervisor import Supervisor
from backend.tasks.examples import add_examples
from backend.tracing.tracer import Tracer
from shared.enums import BackendRole
from shared.local_backend import LocalBackend
from shared.own_program import lasting_path
from shared.version import VERSION

_LOOPBACK = "127.0.0.1"


async def serve_local(
    settings: Settings,
    postgres: EmbeddedPostgres,
    directory: LocalDirectory,
    *,
    port: int,
    desktop: Desktop,
    manager: ServiceManager,
    stop: asyncio.Event,
    tracer: Tracer,
) -> None:
    """Serve on a started database until `stop` is set."""
    async with AsyncExitStack() as stack:
        watch = Supervisor()
        watch.start(EmbeddedWatch(postgres), name="embedded database")
        stack.push_async_callback(watch.stop)
        url = asyncpg_url(postgres.url)
        database = await stack.enter_async_context(open_database(settings, url))
        await prepare_database(database)
        broker = await stack.enter_async_context(open_broker(settings, InProcessBroker()))
        if settings.secrets_key is None:
            ring = await local_key_ring(directory.path, in_keyring=settings.secrets_keyring)
            settings.secrets_key = ring.text()
        local_secret = secrets.token_bytes(32)
        backend = Backend(
            settings, database, broker, roles=frozenset(BackendRole), local_secret=local_secret, tracer=tracer
        )
        await use_local_key(backend.context)
        chosen = port or free_port(_LOOPBACK, directory.last_port())
        await stack.enter_async_context(open_backend(backend, host=_LOOPBACK, port=chosen, is_local=True))
        await stack.enter_async_context(
            open_worker(
                settings,
                broker,
                folder=directory.path / "workers",
                linger=timedelta(),
                local_secret=local_secret,
                tracer=tracer,
            )
        )
        token = await ensure_local_user(backend.context)
        await add_examples(
            backend.context,
            placeholders={
                "url": backend.url,
                "data_dir": str(directory.path),
                "database_url": postgres.url,
                "pg_bin": str(lasting_path(postgres.bin_dir)),
            },
            done=directory.path / "examples-added",
        )
        directory.publish(LocalBackend(url=backend.url, token=token, pid=os.getpid(), version=VERSION))
        desktop.print_ready(backend.url)
        async with manager.announced():
            await stop.wait()
        directory.withdraw()
