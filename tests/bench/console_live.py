"""The console under load, offscreen, with a real local backend: `python -m tests.bench.console_live DATA_DIR SECONDS`.

With a third argument, `feed`, it is the process that creates runs during the measurement.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import asyncpg
import psutil
from PySide6.QtWidgets import QApplication

from backend.database.embedded_postgres import EmbeddedPostgres
from console.application import Console
from console.event_loop import event_loop
from console.memory import Memory
from console.options import Options
from console.views.known_views import VIEWS
from console.views.runs.log.canvas import LogCanvas
from console.views.tasks.view import TasksView
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import LogStream
from shared.local_backend import find_local_backend
from tests.bench.report import percentile, report
from tests.bench.rows import add_tasks

TASKS = 100_000
LINES = 1_000_000
EVENTS_PER_SECOND = 500
EVENTS_OF_A_RUN = 3
ROUNDS = 5
TICK_SECONDS = 0.005
WAIT_SECONDS = 30
KEY_SECONDS = 0.1
"""Between two keys: a hundred words a minute."""


def _client(data_dir: Path) -> TaskdeckClient:
    found = find_local_backend(data_dir)
    assert found is not None
    return TaskdeckClient(found.url, auth=TokenAuth(found.token))


async def feed(data_dir: Path, seconds: float) -> None:
    """Create runs of an empty task, so many that their events reach the rate."""
    async with _client(data_dir) as client:
        task = await client.create_task({"name": f"bench events {time.time()}", "executor": "noop"})
        end, each = time.monotonic() + seconds, 0.2
        while time.monotonic() < end:
            began = time.monotonic()
            await client.batch([{"task_id": task.id}] * int(EVENTS_PER_SECOND / EVENTS_OF_A_RUN * each))
            await asyncio.sleep(max(each - (time.monotonic() - began), 0.0))


async def _until(holds: Callable[[], bool]) -> float:
    """Return the seconds until a condition holds; it is evaluated on each iteration of the event loop."""
    began = time.perf_counter()
    async with asyncio.timeout(WAIT_SECONDS):
        while not holds():
            await asyncio.sleep(0.001)
    return time.perf_counter() - began


async def _switching(console: Console) -> None:
    for spec in VIEWS:
        console.window.show_view(spec.name)
        await asyncio.sleep(0.5)
    took = []
    for _ in range(ROUNDS):
        for spec in VIEWS:
            began = time.perf_counter()
            console.window.show_view(spec.name)
            console.window.grab()
            took.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(0.2)
    report("console_switch_view_p95_ms", percentile(took, 0.95), "ms")


async def _events(console: Console, data_dir: Path, seconds: float) -> None:
    """Measure the lag of the event loop under events, with each view that shows runs in turn."""
    lags: list[float] = []
    heard = 0

    def count(_event: object) -> None:
        nonlocal heard
        heard += 1

    console.connection.event_received.connect(count)
    feeder = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.console_live", str(data_dir), str(seconds), "feed"
    )
    await _until(lambda: heard > EVENTS_PER_SECOND)
    memory = psutil.Process()
    before, heard = memory.memory_info().rss / 2**20, 0
    began = time.monotonic()
    names = ("runs", "overview", "workers")
    while (passed := time.monotonic() - began) < seconds - 2:
        console.window.show_view(names[int(passed / seconds * len(names))])
        due = time.perf_counter() + TICK_SECONDS
        await asyncio.sleep(TICK_SECONDS)
        lags.append(1000 * (time.perf_counter() - due))
    rate = heard / (time.monotonic() - began)
    await feeder.wait()
    console.connection.event_received.disconnect(count)
    after = memory.memory_info().rss / 2**20
    report("console_events_per_s", rate, "events/s")
    report("console_loop_lag_p99_ms", percentile(lags, 0.99), "ms")
    report("console_rss_after_events_mb", after, "MiB", before)


async def _filter(console: Console, data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    await server.start()
    connection = await asyncpg.connect(server.url)
    await add_tasks(connection, "bench", TASKS, datetime(2199, 1, 1, tzinfo=UTC))
    await connection.close()
    console.window.show_view("tasks")
    await asyncio.sleep(2)
    view = console.window.current
    assert isinstance(view, TasksView)
    answers: list[float] = []
    view.loader.question_answered.connect(lambda: answers.append(time.perf_counter()))
    took = []
    for number in (77_777, 4_321, 99_999, 31_415, 8):
        name = f"bench {number}"
        for typed in range(1, len(name) + 1):
            if name[:typed].endswith(" "):
                continue
            answers.clear()
            began = time.perf_counter()
            view.filter.set_text(name[:typed])
            await _until(lambda: bool(answers))
            took.append(1000 * (answers[0] - began))
            await asyncio.sleep(KEY_SECONDS)
        assert view.model.index(0, 0).data() == name
    report("console_filter_100k_tasks_p50_ms", percentile(took, 0.5), "ms")
    report("console_filter_100k_tasks_max_ms", max(took), "ms")


def _log(console: Console) -> None:
    canvas = LogCanvas(console.context.theme)
    canvas.resize(1000, 700)
    now, size = datetime.now(UTC), 1000
    appended = []
    for first in range(0, LINES, size):
        text = "".join(f"12:00:00 \x1b[32mINFO\x1b[0m line {first + place} of a log\n" for place in range(size))
        began = time.perf_counter()
        canvas.document.append(text, LogStream.STDOUT, now)
        appended.append(1000 * (time.perf_counter() - began))
    canvas.grown()
    took = []
    for place in range(200):
        began = time.perf_counter()
        canvas.verticalScrollBar().setValue(place * (LINES // 200))
        canvas.grab()
        took.append(1000 * (time.perf_counter() - began))
    report("console_log_take_1000_lines_p99_ms", percentile(appended, 0.99), "ms")
    report("console_log_1m_lines_scroll_p99_ms", percentile(took, 0.99), "ms")
    canvas.deleteLater()


async def _measure(application: QApplication, data_dir: Path, seconds: float) -> None:
    memory = Memory.in_file(data_dir / "bench-settings.ini")
    console = Console(application, Options(data_dir=data_dir, is_local=True), memory)
    console.open()
    await _until(lambda: console.connection.is_online)
    parts: list[Callable[[], Awaitable[None]]] = [
        lambda: _switching(console),
        lambda: _events(console, data_dir, seconds),
        lambda: _filter(console, data_dir),
    ]
    for part in parts:
        await part()
    _log(console)
    await console.close()


def main() -> None:
    data_dir, seconds = Path(sys.argv[1]), float(sys.argv[2])
    if sys.argv[3:] == ["feed"]:
        asyncio.run(feed(data_dir, seconds))
        return
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    with event_loop(application) as loop:
        loop.run_until_complete(_measure(application, data_dir, seconds))


if __name__ == "__main__":
    main()
