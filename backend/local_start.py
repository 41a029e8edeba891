"""The start of a local backend: the database starts while the backend's code is imported, which takes longer.

This module is imported first and must not import that code at its top level.
"""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.database.embedded_postgres import EmbeddedPostgres
from backend.desktop import Desktop
from backend.local_directory import DirectoryBusyError, LocalDirectory
from backend.service_manager import ServiceManager
from backend.stop_signal import stop_signal
from shared.local_backend import LocalBackend

if TYPE_CHECKING:
    from backend.settings import Settings
    from backend.tracing.tracer import Tracer

_BUSY_SECONDS = 15.0
"""How long to wait for a backend of the same directory that is starting or stopping."""
_POLL_SECONDS = 0.05


async def run_local(settings: "Settings", *, data_dir: Path, port: int, desktop: Desktop, tracer: "Tracer") -> int:
    """Run everything on this machine until a signal or until the console is closed; return the exit code."""
    stop = stop_signal()
    manager = ServiceManager.of_environment()
    directory = LocalDirectory(data_dir)
    async with AsyncExitStack() as stack:
        running = await _acquire(directory, stop)
        if running is not None:
            return await desktop.join(running, stop)
        stack.callback(directory.release)
        await stack.enter_async_context(desktop.watched(stop))
        postgres = EmbeddedPostgres(data_dir / "postgres")
        loading = asyncio.create_task(asyncio.to_thread(_import_backend), name="import the backend")
        try:
            await postgres.start()
        finally:
            serve_local = await loading
        stack.push_async_callback(postgres.stop)
        await serve_local(
            settings, postgres, directory, port=port, desktop=desktop, manager=manager, stop=stop, tracer=tracer
        )
    return 0


async def _acquire(directory: LocalDirectory, stop: asyncio.Event) -> LocalBackend | None:
    """Lock the directory, or return the backend that has locked it.

    Waits for a backend that is starting or stopping, unless `stop` is set.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + _BUSY_SECONDS
    while True:
        try:
            return directory.acquire()
        except DirectoryBusyError:
            if stop.is_set() or clock() >= deadline:
                raise
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _POLL_SECONDS)


def _import_backend() -> Any:
    from backend.local_app import serve_local

    return serve_local
