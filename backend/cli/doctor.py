"""`taskdeck doctor`: checks this machine and its backend, and names the next step for each problem."""

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer

from backend.api.certificate import CertificateFiles
from backend.cli import findings
from backend.cli.connection import open_client
from backend.cli.connection_options import ConnectionOptions, current_options
from backend.cli.exit_codes import ExitCode
from backend.cli.findings import Finding
from backend.cli.output import AsJson, print_json, print_table
from backend.cli.say import say
from backend.database_url import DatabaseUrl
from backend.exposure import api_exposure, exposures
from backend.settings import Settings
from shared.client import TaskdeckClient
from shared.enums import RunStatus
from shared.errors import (
    BackendUnreachableError,
    ForbiddenError,
    NotFoundError,
    StartupError,
    TaskdeckError,
    UnauthorizedError,
)
from shared.local_backend import default_data_dir, find_local_backend
from shared.models.fault import Fault
from shared.models.secret import SecretKeyInfo
from shared.version import VERSION

_WAIT_SECONDS = 5.0
"""Timeout of one check of a server."""
_NOT_SIGNED_IN = (
    "the API is not checked, because nobody is signed in; what the settings reach is. To check the API too: "
    "taskdeck login URL"
)
_MOST_EXAMINED = 10
"""Tasks with the latest next occurrences, whose schedules the doctor compares."""
_TOPICS = {
    "unauthorized": "",
    "forbidden": "",
    "database_error": "database-away",
    "database_busy": "slow-answers",
    "database_full": "disk-full",
    "database_read_only": "database-away",
    "query_timeout": "slow-answers",
    "request_timeout": "slow-answers",
}
_CHECK_TOPICS = {"database": "database-away", "broker": "broker-away", "schema": "schema-behind"}


def _python() -> Finding:
    # An older Python than the oldest supported one does not get here: the installation refuses it.
    return Finding("Python", "ok", platform.python_version())


def _data_dir(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "Data directory", "problem", f"{folder}: {error.strerror}. Set TASKDECK_DATA_DIR to another folder."
        )
    return Finding("Data directory", "ok", str(folder))


def _local(folder: Path) -> Finding:
    found = find_local_backend(folder)
    if found is None:
        return Finding("Local backend", "warning", "not running. Start it with: taskdeck up")
    if found.version != VERSION:
        return Finding(
            "Local backend",
            "warning",
            f"{found.url} runs version {found.version}, this is {VERSION}. Restart it with: taskdeck up",
        )
    return Finding("Local backend", "ok", f"{found.url}, process {found.pid}")


def _can_connect(options: ConnectionOptions) -> bool:
    """Return whether a command would connect to a backend; its address need not answer."""
    try:
        open_client(options)
    except (BackendUnreachableError, UnauthorizedError):
        return False
    return True


async def _backend(options: ConnectionOptions) -> AsyncIterator[Finding]:
    try:
        async with open_client(options) as client:
            readiness = await client.ready()
            for check in readiness.checks:
                state = "ok" if check.ok else "problem"
                latency = f"{check.latency_ms:.1f} ms" if check.latency_ms is not None else ""
                topic = "" if check.ok else _CHECK_TOPICS.get(check.name, "")
                yield Finding(f"Backend: {check.name}", state, check.detail or latency, topic)
            before = datetime.now(UTC)
            info = await client.info()
            skew = info.now - (before + (datetime.now(UTC) - before) / 2)
            yield findings.clock(skew, against="the backend's")
            yield Finding("Signed in", "ok", f"{(await client.me()).username} at {client.base_url}")
            if info.resources is not None:
                for found in findings.resources(info.resources):
                    yield found
            yield findings.dispatcher(await client.dispatcher(), now=info.now)
            for found in findings.workers((await client.list_workers(limit=500)).data, version=info.version):
                yield found
            depth = await client.queues()
            dispatched = await client.list_runs(status=[RunStatus.DISPATCHED], limit=100, sort="dispatched_at")
            for found in findings.stuck(depth.unschedulable, dispatched.data, now=info.now):
                yield found
            for found in findings.next_occurrences(await _farthest_occurrences(client, now=info.now)):
                yield found
            yield await _dead_letters(client)
            for found in findings.faults(await _faults(client), now=info.now):
                yield found
            for found in await _secret_keys(client):
                yield found
    except TaskdeckError as error:
        yield Finding("Backend", "problem", error.detail, _TOPICS.get(error.code, "no-answer"))


async def _dead_letters(client: TaskdeckClient) -> Finding:
    try:
        answer = await client.request("GET", "/api/system/dead-letters", params={"limit": 1})
    except ForbiddenError:
        return Finding("Dead letters", "ok", "not checked: this requires the role operator")
    return findings.dead_letters(answer["data"]["total"])


async def _secret_keys(client: TaskdeckClient) -> list[Finding]:
    try:
        answer = await client.request("GET", "/api/secret-keys")
    except ForbiddenError:
        return [Finding("Key of secrets", "ok", "not checked: this requires the role admin")]
    except NotFoundError:  # a backend of the version before
        return []
    return findings.secret_keys([SecretKeyInfo.model_validate(one) for one in answer["data"]])


async def _farthest_occurrences(client: TaskdeckClient, *, now: datetime) -> list[tuple[str, datetime, datetime]]:
    """Return the tasks with the latest next occurrences: name, stored occurrence, and what the schedule says."""
    tasks = (await client.list_tasks(sort="-next_run_at", has_schedule=True, limit=_MOST_EXAMINED)).data
    found = []
    for task in tasks:
        if task.next_run_at is not None and task.next_run_at - now > findings.MOST_LATE:
            times = (await client.upcoming(task.id, count=1)).times
            found += [(task.name, task.next_run_at, at) for at in times]
    return found


async def _faults(client: TaskdeckClient) -> list[Fault]:
    try:
        answer = await client.request("GET", "/api/system/faults", params={"limit": 500})
    except NotFoundError:  # a backend of the version before
        return []
    return [Fault.model_validate(one) for one in answer["data"]]


async def _database(url: str) -> list[Finding]:
    import asyncpg

    from backend.database.connect import connect
    from backend.database.migration import newest_revision

    address = DatabaseUrl.parse(url)
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            first, second = [await connect(address) for _ in range(2)]
            try:
                pids = [await one.fetchval("select pg_backend_pid()") for one in (first, second)]
                before = datetime.now(UTC)
                skew = await first.fetchval("select clock_timestamp()") - before
                has_schema = await first.fetchval("select to_regclass('alembic_version') is not null")
                found = await first.fetchval("select version_num from alembic_version") if has_schema else None
                version = first.get_server_version()
            finally:
                for one in (first, second):
                    one.terminate()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, StartupError) as error:
        return [
            Finding(
                "TASKDECK_DATABASE_URL",
                "problem",
                f"{error or 'no answer'}. Check that it runs, and its user and password.",
                "database-away",
            )
        ]
    return [
        Finding("TASKDECK_DATABASE_URL", "ok", f"PostgreSQL {version.major}.{version.minor}"),
        findings.schema(found, needed=newest_revision()),
        findings.pooler(*pids),
        findings.clock(skew, against="PostgreSQL's"),
    ]


async def _broker(url: str) -> Finding:
    import aio_pika

    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            connection = await aio_pika.connect(url)
            await connection.close()
    except (OSError, TimeoutError, aio_pika.exceptions.AMQPError) as error:
        return Finding(
            "TASKDECK_BROKER_URL",
            "problem",
            f"{error or 'no answer'}. Check that it runs, and its user and password.",
            "broker-away",
        )
    return Finding("TASKDECK_BROKER_URL", "ok", "RabbitMQ answers")


async def _provider(settings: Settings) -> list[Finding]:
    """Return the finding about single sign-on, for which the provider is asked now; none where it is not set up."""
    from backend.accounts.oidc.configuration import oidc_configuration
    from backend.accounts.oidc.provider import Provider
    from backend.accounts.oidc.refused import SignInRefused

    try:
        configuration = oidc_configuration(settings)
        if configuration is None:
            return []
        await Provider(configuration).check()
    except StartupError as error:
        return [Finding("Single sign-on", "problem", error.detail, "single-sign-on")]
    except SignInRefused as refused:
        detail = f"{refused.cause} Nobody can sign in with it; everything else works."
        return [Finding("Single sign-on", "problem", detail, "single-sign-on")]
    return [
        Finding(
            "Single sign-on", "ok", f"{configuration.name} answers; its users return to {configuration.callback_url}"
        )
    ]


def _protection(settings: Settings) -> list[Finding]:
    """Return the findings about connections that others can read, and about the certificate of the API."""
    exposed = exposures(settings, default_ssl_mode=os.environ.get("PGSSLMODE"))
    of_api = api_exposure(host=settings.host, uses_tls=settings.tls_certificate is not None)
    exposed += [of_api] if of_api is not None else []
    found = [Finding(one.setting, "warning", one.detail, "encryption") for one in exposed]
    try:
        files = CertificateFiles.of(settings)
        if files is not None:
            files.context()
            found.append(findings.certificate(files.expires_at(), now=datetime.now(UTC)))
    except StartupError as error:
        found.append(Finding("TLS certificate", "problem", error.detail, "encryption"))
    return found


async def examine(options: ConnectionOptions, settings: Settings) -> list[Finding]:
    """Return the findings of all checks."""
    folder = options.data_dir or default_data_dir()
    found = [_python(), _data_dir(folder)]
    is_server = bool(settings.database_url or settings.broker_url) and not _can_connect(options)
    if is_server:
        found.append(Finding("Backend", "ok", _NOT_SIGNED_IN))
    else:
        found.append(_local(folder))
        found += [finding async for finding in _backend(options)]
    if settings.database_url:
        of_database = await _database(settings.database_url)
        found += of_database
        if is_server and not any(one.state == "problem" for one in of_database):
            from backend.cli.direct_checks import check_state

            found += await check_state(settings.database_url, settings.secret_keys)
    if settings.broker_url:
        found.append(await _broker(settings.broker_url))
    found += await _provider(settings)
    found += _protection(settings)
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux")
    found.append(
        Finding("Display", "ok", "available")
        if has_display
        else Finding("Display", "warning", "none: the console cannot open here, everything else works")
    )
    return found


def doctor(as_json: AsJson = False) -> None:
    """Check this machine and its backend, and print the next step for each problem."""
    found = asyncio.run(examine(current_options(), Settings()))
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        print_table(
            ("STATE", "CHECK", "DETAIL"),
            ((one.state, one.what, one.detail) for one in found),
            empty="Nothing to check.",
        )
        for topic in dict.fromkeys(one.topic for one in found if one.topic and one.state != "ok"):
            say(f"Details: taskdeck runbook {topic}", err=True)
    if any(finding.state == "problem" for finding in found):
        raise typer.Exit(ExitCode.FAILED)
