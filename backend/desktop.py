"""The console beside a local backend: opened as a process of its own, so that the backend needs no Qt."""

import asyncio
import contextlib
import importlib.util
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.errors import StartupError
from shared.local_backend import LocalBackend

_END_SECONDS = 5.0


def _has_display() -> bool:
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _say(text: str) -> None:
    print(text, flush=True)


class Desktop:
    """Opens the console where there is a display; says why where it does not."""

    def __init__(self, data_dir: Path, *, headless: bool) -> None:
        self._data_dir = data_dir
        self._why_headless: str | None = None
        if headless:
            self._why_headless = ""
        elif not _has_display():
            self._why_headless = "there is no display"
        elif importlib.util.find_spec("PySide6") is None:
            self._why_headless = "the console is not installed (pip install 'taskdeck[console]')"

    @asynccontextmanager
    async def open(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Open the console at once, beside the backend's start; its end sets `stop`."""
        if self._why_headless is not None:
            yield
            return
        process = await self._start()
        watching = asyncio.create_task(self._watch(process, stop), name="console")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._end(process)

    async def join(self, running: LocalBackend, stop: asyncio.Event) -> int:
        """Open the console on a backend that runs already; headless there is nothing to do but to say so."""
        if self._why_headless is not None:
            raise StartupError(
                f"A backend runs on {self._data_dir} already: {running.url}, process {running.pid}. "
                "Use it, or name another directory with --data-dir."
            )
        _say(f"Joining the backend that runs at {running.url} (process {running.pid}).")
        async with self.open(stop):
            await stop.wait()
        return 0

    def say_ready(self, url: str) -> None:
        """Tell where the API is, and why there is no window where there is none."""
        if self._why_headless:
            _say(f"Running without the console: {self._why_headless}.")
        _say(f"Taskdeck is ready at {url} (documentation: {url}/docs). Ctrl-C ends it.")

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "console", "--beside", "--data-dir", str(self._data_dir)
        )

    async def _watch(self, process: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
        await process.wait()
        stop.set()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
