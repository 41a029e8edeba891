"""How long each view of the console takes to load: `python -m tests.bench.console_views URL FOLDER`, offscreen.

BENCH_TOKEN is a token of the backend; the folder gets the console's settings.

A view is loaded when the last of the background jobs that it started has ended. The count of all rows, which lists
start when nothing else is asked, is not waited for.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from console.application import Console
from console.event_loop import event_loop
from console.memory import Memory
from console.options import Options
from console.views.known_views import VIEWS
from tests.bench.report import percentile, report
from tests.bench.sizes import size

ROUNDS = size("VIEW_ROUNDS", 10)
QUIET_SECONDS = 0.4
"""Without a job for this long a view has loaded: longer than any rest between two of its loads."""
WAIT_SECONDS = 120
_COUNTING = "count of "


class _Loads:
    """When the console's background jobs ended."""

    def __init__(self, console: Console) -> None:
        self._background = console.background
        self.errors: list[Exception] = []
        self._last = time.perf_counter()
        self._background.ended.connect(self._note)
        self._background.failed.connect(self.errors.append)
        self._always: frozenset[str] = frozenset()

    def _note(self, name: str) -> None:
        if not name.startswith(_COUNTING):
            self._last = time.perf_counter()

    async def settle(self) -> None:
        """Take what runs after a while as that which always does."""
        await asyncio.sleep(2)
        self._always = self._background.running

    async def until_quiet(self) -> float:
        """Return when the last job ended, once no other has begun for a while."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                loads = {name for name in self._background.running - self._always if not name.startswith(_COUNTING)}
                if not loads and time.perf_counter() - self._last > QUIET_SECONDS:
                    return self._last
                await asyncio.sleep(0.005)


async def _measure(application: QApplication, url: str, folder: Path) -> None:
    options = Options(data_dir=folder, url=url, token=os.environ["BENCH_TOKEN"])
    console = Console(application, options, Memory.in_file(folder / "bench-settings.ini"))
    console.open()
    loads = _Loads(console)
    async with asyncio.timeout(WAIT_SECONDS):
        while not console.connection.is_online:
            await asyncio.sleep(0.01)
    await loads.settle()
    taken: dict[str, list[float]] = {spec.name: [] for spec in VIEWS}
    for number in range(ROUNDS + 1):
        for spec in VIEWS:
            await loads.until_quiet()
            began = time.perf_counter()
            console.window.show_view(spec.name)
            console.window.grab()
            shown = time.perf_counter()
            await asyncio.sleep(0)
            loaded = await loads.until_quiet()
            if number:  # the first time, modules are loaded and views are made
                taken[spec.name].append(1000 * (max(loaded, shown) - began))
    await console.close()
    if loads.errors:
        raise SystemExit(f"the console's background jobs failed: {loads.errors[0]!r}")
    for name, values in taken.items():
        report("views_p99_ms", percentile(values, 0.99), "ms", of=name)
    report("views_p99_ms", percentile([value for values in taken.values() for value in values], 0.99), "ms")


def main() -> None:
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    with event_loop(application) as loop:
        loop.run_until_complete(_measure(application, sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()
