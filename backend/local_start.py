"""The start of a local backend: the database starts while the backend's code is loaded, which takes longer.

It is itself loaded before that code, and must not import it.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.desktop import Desktop
from backend.local_directory import LocalDirectory
from backend.stop_signal import stop_signal
from backend.store.embedded_postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from backend.settings import Settings


async def run_local(settings: "Settings", *, data_dir: Path, port: int, desktop: Desktop) -> int:
    """Run everything on this machine until a signal or until the console is closed; return the exit code."""
    stop = stop_signal()
    directory = LocalDirectory(data_dir)
    async with AsyncExitStack() as stack:
        running = directory.take()
        if running is not None:
            return await desktop.join(running, stop)
        stack.callback(directory.release)
        await stack.enter_async_context(desktop.watched(stop))
        postgres = EmbeddedPostgres(data_dir / "postgres")
        loading = asyncio.create_task(asyncio.to_thread(_load), name="load the code")
        try:
            await postgres.start()
        finally:
            serve_local = await loading
        stack.push_async_callback(postgres.stop)
        await serve_local(settings, postgres, directory, port=port, desktop=desktop, stop=stop)
    return 0


def _load() -> Any:
    from backend.local_app import serve_local

    return serve_local
