"""`taskdeck doctor`: what is right, what is not, and what to do about it."""

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from backend.cli.exit_codes import ExitCode
from backend.cli.output import AsJson, print_json, print_table
from backend.cli.target import TargetOptions, current_options, open_client
from backend.settings import Settings
from shared.errors import TaskdeckError
from shared.local_backend import default_data_dir, find_local_backend
from shared.version import VERSION

_WAIT_SECONDS = 5.0
_MOST_SKEW_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `state` is ok, warning or problem, `detail` says the next step where it is not ok."""

    what: str
    state: str
    detail: str


def _python() -> Finding:
    """Older ones than the oldest that works never get here."""
    return Finding("Python", "ok", platform.python_version())


def _data_dir(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding("Data directory", "problem", f"{folder}: {error.strerror}; name another in TASKDECK_DATA_DIR")
    return Finding("Data directory", "ok", str(folder))


def _local(folder: Path) -> Finding:
    found = find_local_backend(folder)
    if found is None:
        return Finding("Local backend", "warning", "none runs; start one with: taskdeck up")
    if found.version != VERSION:
        return Finding(
            "Local backend",
            "warning",
            f"{found.url} runs {found.version}, this is {VERSION}; restart it with: taskdeck up",
        )
    return Finding("Local backend", "ok", f"{found.url}, process {found.pid}")


async def _backend(options: TargetOptions) -> AsyncIterator[Finding]:
    try:
        async with open_client(options) as client:
            readiness = await client.ready()
            for check in readiness.checks:
                state = "ok" if check.ok else "problem"
                latency = f"{check.latency_ms:.1f} ms" if check.latency_ms is not None else ""
                yield Finding(f"Backend: {check.name}", state, check.detail or latency)
            before = datetime.now(UTC)
            info = await client.info()
            skew = (info.now - (before + (datetime.now(UTC) - before) / 2)).total_seconds()
            far = abs(skew) > _MOST_SKEW_SECONDS
            yield Finding(
                "Clock",
                "warning" if far else "ok",
                f"{skew:+.3f} s from the backend's" + ("; let NTP set both machines' clocks" if far else ""),
            )
            yield Finding("Signed in", "ok", f"{(await client.me()).username} at {client.base_url}")
            stats = await client.stats()
            workers = stats.workers_online
            yield Finding(
                "Workers",
                "ok" if workers else "warning",
                f"{workers} online, {stats.slots_total} slots" if workers else "none is online; no run can start",
            )
    except TaskdeckError as error:
        yield Finding("Backend", "problem", error.detail)


async def _database(url: str) -> Finding:
    import asyncpg

    try:
        connection = await asyncpg.connect(
            url.replace("postgresql+asyncpg://", "postgresql://", 1), timeout=_WAIT_SECONDS
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return Finding(
            "TASKDECK_DATABASE_URL", "problem", f"{error or 'no answer'}; check that it runs, and user and password"
        )
    version = connection.get_server_version()
    await connection.close()
    return Finding("TASKDECK_DATABASE_URL", "ok", f"PostgreSQL {version.major}.{version.minor}")


async def _broker(url: str) -> Finding:
    import aio_pika

    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            connection = await aio_pika.connect(url)
            await connection.close()
    except (OSError, TimeoutError, aio_pika.exceptions.AMQPError) as error:
        return Finding(
            "TASKDECK_BROKER_URL", "problem", f"{error or 'no answer'}; check that it runs, and user and password"
        )
    return Finding("TASKDECK_BROKER_URL", "ok", "RabbitMQ answers")


async def examine(options: TargetOptions, settings: Settings) -> list[Finding]:
    """Look at everything, one after the other."""
    folder = options.data_dir or default_data_dir()
    found = [_python(), _data_dir(folder), _local(folder)]
    found += [finding async for finding in _backend(options)]
    if settings.database_url:
        found.append(await _database(settings.database_url))
    if settings.broker_url:
        found.append(await _broker(settings.broker_url))
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux")
    found.append(
        Finding("Display", "ok", "there is one")
        if has_display
        else Finding("Display", "warning", "there is none; the console cannot open here, all else works")
    )
    return found


def doctor(as_json: AsJson = False) -> None:
    """Look at this machine and its backend, and say what to do where something is wrong."""
    found = asyncio.run(examine(current_options(), Settings()))
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        print_table(
            ("", "WHAT", "DETAIL"), ((one.state, one.what, one.detail) for one in found), empty="Nothing to look at."
        )
    if any(finding.state == "problem" for finding in found):
        raise typer.Exit(ExitCode.FAILED)
