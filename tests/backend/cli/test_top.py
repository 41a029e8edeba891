"""`taskdeck top`: what it draws at each size, how it goes on without a connection, and its key."""

import asyncio
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO

import httpx
import pytest
from rich.cells import cell_len
from rich.console import Console

from backend.cli.top import TopView
from backend.cli.top_figures import Figures
from backend.cli.top_screen import Lost, Screen
from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import Priority, RunStatus, RunTrigger, WorkerStatus
from shared.errors import BackendUnreachableError
from shared.models.run import Run
from shared.models.system import DispatcherInfo, QueueDepth, SystemStats, UnschedulableRuns
from shared.models.worker import Worker
from tests.local_process import LocalProcess
from tests.system import System

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
_HOSTILE = "[red]备份\x1b[2J\nname"


def _run(number: int, status: RunStatus, **fields: object) -> Run:
    at = NOW - timedelta(seconds=90 + number)
    given = {"id": number, "task_id": 1, "task_name": f"task-{number}", "status": status, "trigger": RunTrigger.MANUAL}
    return Run.model_validate({**given, "queued_at": at, "started_at": at, **fields})


def _worker(name: str, status: WorkerStatus = WorkerStatus.ONLINE) -> Worker:
    given = {"id": name, "hostname": f"host-{name}", "version": "1", "task_types": ["*"], "slots": 8}
    figures = {"current_task_count": 3, "cpu_percent": 42.4, "memory_bytes": 2**30, "heartbeat_age_seconds": 1.0}
    return Worker.model_validate({**given, **figures, "status": status})


def _figures(*, workers: int = 3, running: int = 4, failures: int = 2) -> Figures:
    stats = {"tasks_total": 12, "tasks_active": 10, "runs_waiting": 7, "runs_blocked": 1, "runs_in_flight": running}
    stats |= {"workers_online": workers, "workers_draining": 0, "workers_lost": 1, "slots_total": 24, "slots_in_use": 4}
    stats |= {"succeeded_last_hour": 500, "failed_last_hour": failures, "failed_tasks_last_hour": 1}
    return Figures(
        at=NOW,
        stats=SystemStats.model_validate({**stats, "runs_per_second": 3.25, "faults": 0}),
        queue=QueueDepth(
            at=NOW,
            by_priority={Priority.CRITICAL: 2, Priority.NORMAL: 5},
            by_task_type={"default": 7},
            blocked=1,
            waiting=7,
            in_flight=running,
            oldest_waiting_seconds=75,
            unschedulable=[UnschedulableRuns(task_type="gpu", reason="no worker", runs=3)],
        ),
        dispatcher=DispatcherInfo(replica_id="r1", hostname="server-1", since=NOW, active=True),
        workers=[_worker("lost", WorkerStatus.LOST), *(_worker(f"w{number}") for number in range(workers - 1))],
        running=[_run(number, RunStatus.RUNNING, worker_id="w1", progress_percent=50) for number in range(running)],
        failures=[
            _run(100 + number, RunStatus.FAILED, completed_at=NOW, execution_time_ms=1500, error="exit code 3")
            for number in range(failures)
        ],
    )


def _console(width: int = 100, height: int = 30) -> Console:
    return Console(file=StringIO(), force_terminal=True, record=True, width=width, height=height)


def _drawn(screen: Screen, console: Console) -> list[str]:
    console.print(screen.render(now=NOW, height=console.height))
    return console.export_text().rstrip("\n").split("\n")


def test_queue_workers_runs_and_failures_are_shown() -> None:
    lines = _drawn(Screen(url="http://host:8420", figures=_figures()), _console())
    text = "\n".join(lines)
    assert re.search(r"^Taskdeck  http://host:8420  \d\d:\d\d:\d\d$", lines[0])
    for words in (
        "7 waiting (critical 2, normal 5)  no worker 3  blocked 1  oldest 1 min",
        "4 in flight  finished 3.2/s  last hour 500 succeeded  2 failed",
        "Workers    3 online  draining 0  lost 1  slots 4/24",
        "Dispatcher server-1  tasks 10 of 12 active  faults 0",
        "Workers (3)",
        "Running (4)",
        "Failures (2)",
        "exit code 3",
    ):
        assert words in text, words
    assert re.search(r"lost +lost +3/8 +42% +1,024 MiB +1 s ago +host-lost", text)
    assert lines[-1] == "q quit"


@pytest.mark.parametrize(("width", "height"), [(200, 60), (100, 30), (80, 24), (60, 20), (40, 12), (20, 6)])
@pytest.mark.parametrize("count", [0, 1, 5, 100])
def test_a_terminal_of_any_size_shows_no_line_too_many(width: int, height: int, count: int) -> None:
    screen = Screen(url="http://host", figures=_figures(workers=max(count, 1), running=count, failures=count))
    lines = _drawn(screen, _console(width, height))
    assert all(len(line.rstrip()) <= width for line in lines)
    if height >= 20:
        assert len(lines) <= height
        assert lines[-1].rstrip() == "q quit"
        assert {"Workers", "Running", "Failures"} <= {line.split(" ")[0] for line in lines}


def test_what_has_no_place_is_counted() -> None:
    text = "\n".join(_drawn(Screen(url="u", figures=_figures(workers=2, running=50, failures=40)), _console(100, 24)))
    shown = [(int(one), int(all_)) for one, all_ in re.findall(r"\((\d+) of (\d+)\)", text)]
    assert [whole for _, whole in shown] == [50, 40]
    assert all(part >= 3 for part, _ in shown)


def test_a_name_moves_no_cursor_and_is_no_markup() -> None:
    figures = _figures(running=0)
    figures.running.append(
        _run(1, RunStatus.RUNNING, worker_id="w1", task_name="x").model_copy(update={"task_name": _HOSTILE})
    )
    console = _console()
    text = "\n".join(_drawn(Screen(url="u", figures=figures), console))
    assert r"[red]备份\x1b[2J\x0aname" in text


def test_a_lost_connection_is_the_first_line() -> None:
    lost = Lost(since=NOW - timedelta(seconds=12), cause="http://host cannot be reached")
    lines = _drawn(Screen(url="u", figures=_figures(), lost=lost), _console())
    assert lines[0].startswith("No connection for 12 s; figures of ")
    assert "http://host cannot be reached" in lines[0]
    assert "Workers (3)" in "\n".join(lines)


class _Cable(httpx.AsyncHTTPTransport):
    """A transport that can be cut."""

    is_cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if _Cable.is_cut:
            raise httpx.ConnectError("cut", request=request)
        return await super().handle_async_request(request)


class _Watched:
    """A view that runs in a terminal, and the screens that it draws."""

    def __init__(self, system: System, console: Console, keys: int, **seconds: float) -> None:
        self._screens: asyncio.Queue[Screen] = asyncio.Queue()

        def connect() -> TaskdeckClient:
            return TaskdeckClient(system.backend.url, auth=TokenAuth(system.token), transport=_Cable())

        self.running: asyncio.Task[None] | None = None
        times = {"interval_seconds": 0.05} | seconds
        self.view = TopView(connect, console, **times, on_drawn=self._screens.put_nowait, keys=keys)

    async def until(self, *, lost: bool) -> Screen:
        """Return the next screen with or without a connection."""
        async with asyncio.timeout(60):
            while True:
                screen = await self._next()
                if (screen.lost is not None) is lost:
                    return screen

    async def _next(self) -> Screen:
        """Return the next screen; raises the error of a view that ended."""
        assert self.running is not None
        drawn = asyncio.ensure_future(self._screens.get())
        await asyncio.wait([drawn, self.running], return_when=asyncio.FIRST_COMPLETED)
        if not drawn.done():
            drawn.cancel()
            self.running.result()
        return await drawn


@asynccontextmanager
async def _terminal() -> AsyncIterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


async def test_the_view_survives_a_lost_connection_and_ends_with_its_key(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Cable, "is_cut", False)
    console = _console()
    await system.add_worker("w1")
    await system.run("fails", command="exit 3")
    async with _terminal() as (typed, keys):
        watched = _Watched(system, console, keys)
        watched.running = asyncio.create_task(watched.view.run())
        assert [run.task_name for run in (await watched.until(lost=False)).figures.failures] == ["fails"]
        _Cable.is_cut = True
        lost = (await watched.until(lost=True)).lost
        assert lost is not None
        assert lost.cause
        _Cable.is_cut = False
        await watched.until(lost=False)
        os.write(typed, b"xq")
        async with asyncio.timeout(60):
            await watched.running
    assert "\x1b[?1049l" in console.file.getvalue()  # type: ignore[attr-defined]  # the former screen is back


async def test_a_terminal_of_another_size_is_drawn_at_once(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Cable, "is_cut", False)
    console = _console()
    async with _terminal() as (typed, keys):
        watched = _Watched(system, console, keys, interval_seconds=3600, redraw_seconds=3600)
        watched.running = asyncio.create_task(watched.view.run())
        await watched.until(lost=False)
        console.size = (60, 20)
        os.kill(os.getpid(), signal.SIGWINCH)
        await watched.until(lost=False)
        os.write(typed, b"q")
        async with asyncio.timeout(60):
            await watched.running


def _set_size(terminal: int, *, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _wait_until_filled(terminal: int, *, columns: int, rows: int) -> None:
    """Read what a process draws until a screen has a size; one that is drawn during the change may have neither."""
    decoder, text, deadline = codecs.getincrementaldecoder("utf-8")("replace"), "", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            text += decoder.decode(os.read(terminal, 65_536))
        *whole, text = text.split("\x1b[H")
        for screen in whole:
            lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen).splitlines()
            if "Workers" in screen and len(lines) == rows and {cell_len(line) for line in lines} == {columns}:
                return
    raise AssertionError(text)


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (60, 15)])
def test_a_real_terminal_that_gets_another_size_is_filled(local_backend: LocalProcess, columns: int, rows: int) -> None:
    """The kernel sends SIGWINCH to the process in the foreground of the terminal."""
    ours, theirs = pty.openpty()
    _set_size(ours, columns=80, rows=24)
    # A test runner may say in its environment that a terminal has one size for ever.
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        [sys.executable, "-m", "backend", "--data-dir", str(local_backend.data_dir), "top", "--interval", "0.5"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm-256color"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as process:
        try:
            _wait_until_filled(ours, columns=80, rows=24)
            _set_size(ours, columns=columns, rows=rows)
            _wait_until_filled(ours, columns=columns, rows=rows)
        finally:
            os.write(ours, b"q")
            assert process.wait(60) == 0
            os.close(ours)
            os.close(theirs)


async def test_a_backend_that_does_not_answer_at_first_is_an_error(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(_Cable, "is_cut", True)
    async with _terminal() as (_, keys):
        with pytest.raises(BackendUnreachableError):
            await _Watched(system, _console(), keys).view.run()


async def test_figures_are_printed_once_for_a_file(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Cable, "is_cut", False)
    console = _console()
    async with _terminal() as (_, keys):
        await _Watched(system, console, keys).view.print_once()
    assert "Failures (0)" in console.export_text()
