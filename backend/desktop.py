"""The console of a local backend, started as a separate process so that the backend needs no Qt."""

import asyncio
import importlib.util
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.errors import StartupError
from shared.local_backend import LocalBackend
from shared.own_program import console_command

_END_SECONDS = 5.0
"""How long the console may take to close its windows before it is killed."""


def _has_display() -> bool:
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _print(text: str) -> None:
    print(text, flush=True)


class Desktop:
    """Opens the console if there is a display, and explains otherwise why there is no window."""

    def __init__(self, data_dir: Path, *, headless: bool) -> None:
        self._data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._why_headless: str | None = None
        if headless:
            self._why_headless = ""
        elif not _has_display():
            self._why_headless = "there is no display"
        elif importlib.util.find_spec("PySide6") is None:
            self._why_headless = "the console is not installed (pip install 'taskdeck[console]')"

    def launch(self) -> None:
        """Start the console's process. Called before the backend imports its code, so that both start in parallel."""
        if self._why_headless is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                console_command("--beside", "--data-dir", str(self._data_dir))
            )

    @asynccontextmanager
    async def watched(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Set `stop` when the console ends, and close the console at the end of the block."""
        if self._process is None:
            yield
            return
        watching = asyncio.create_task(self._watch(self._process, stop), name="console")
        try:
            yield
        finally:
            await asyncio.to_thread(self.close)
            await watching

    async def join(self, running: LocalBackend, stop: asyncio.Event) -> int:
        """Open the console on a running backend; return the exit code. Raises `StartupError` if there is no console."""
        if self._why_headless is not None:
            raise StartupError(
                f"Another backend already uses {self._data_dir} ({running.url}, process {running.pid}). "
                "Use it, or choose another directory with --data-dir."
            )
        _print(f"Connecting to the running backend at {running.url} (process {running.pid}).")
        async with self.watched(stop):
            await stop.wait()
        return 0

    def print_ready(self, url: str) -> None:
        """Print the URL of the API, and the reason if there is no console."""
        if self._why_headless:
            _print(f"The console is not open: {self._why_headless}.")
        _print(f"Taskdeck is ready at {url} (documentation: {url}/docs). Press Ctrl-C to stop it.")

    def close(self) -> None:
        """End the console if it runs; takes at most five seconds."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @staticmethod
    async def _watch(process: subprocess.Popen[bytes], stop: asyncio.Event) -> None:
        await asyncio.to_thread(process.wait)
        stop.set()
