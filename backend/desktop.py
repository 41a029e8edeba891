"""The console beside a local backend: opened as a process of its own, so that the backend needs no Qt."""

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
        self._process: subprocess.Popen[bytes] | None = None
        self._why_headless: str | None = None
        if headless:
            self._why_headless = ""
        elif not _has_display():
            self._why_headless = "there is no display"
        elif importlib.util.find_spec("PySide6") is None:
            self._why_headless = "the console is not installed (pip install 'taskdeck[console]')"

    def launch(self) -> None:
        """Start the console's process before the backend so much as loads its code: they start side by side."""
        if self._why_headless is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "console", "--beside", "--data-dir", str(self._data_dir)]
            )

    @asynccontextmanager
    async def watched(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """End with the console: its end sets `stop`."""
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
        """Open the console on a backend that runs already; headless there is nothing to do but to say so."""
        if self._why_headless is not None:
            raise StartupError(
                f"A backend runs on {self._data_dir} already: {running.url}, process {running.pid}. "
                "Use it, or name another directory with --data-dir."
            )
        _say(f"Joining the backend that runs at {running.url} (process {running.pid}).")
        async with self.watched(stop):
            await stop.wait()
        return 0

    def say_ready(self, url: str) -> None:
        """Tell where the API is, and why there is no window where there is none."""
        if self._why_headless:
            _say(f"Running without the console: {self._why_headless}.")
        _say(f"Taskdeck is ready at {url} (documentation: {url}/docs). Ctrl-C ends it.")

    def close(self) -> None:
        """End the console, if it was launched and still runs; takes five seconds at most."""
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
