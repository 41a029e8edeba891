"""A backend and workers as processes, with private servers."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.broker.keys import new_secret_text, write_secret
from backend.database.embedded_postgres import EmbeddedPostgres
from shared.client import TaskdeckClient
from shared.client.session import LoginAuth
from shared.errors import BackendUnreachableError
from tests.rabbit_node import RabbitNode, find_server

START_SECONDS = 60
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Servers:
    """The URLs of PostgreSQL and RabbitMQ."""

    database_url: str
    broker_url: str


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[Servers]:
    """Start both, or use those of TASKDECK_TEST_DATABASE_URL and TASKDECK_TEST_BROKER_URL."""
    database_url = os.environ.get("TASKDECK_TEST_DATABASE_URL")
    broker_url = os.environ.get("TASKDECK_TEST_BROKER_URL")
    postgres = node = None
    if database_url is None:
        postgres = EmbeddedPostgres(folder / "postgres")
        await postgres.start()
        database_url = postgres.url
    if broker_url is None:
        server = find_server()
        if server is None:
            raise SystemExit("RabbitMQ is missing: install it, or name one in TASKDECK_TEST_BROKER_URL.")
        node = RabbitNode(server)
        await asyncio.to_thread(node.start)
        broker_url = node.url
    name = f"taskdeck_bench_{os.getpid()}"
    await _admin(database_url, f'create database "{name}"')
    try:
        yield Servers(_with_database(database_url, name), broker_url)
    finally:
        await _admin(database_url, f'drop database "{name}" with (force)')
        if node is not None:
            await asyncio.to_thread(node.remove)
        if postgres is not None:
            await postgres.stop()


async def _admin(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _with_database(url: str, name: str) -> str:
    address, _, query = url.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@dataclass
class Processes:
    """The started processes, with methods that start more."""

    servers: Servers
    folder: Path
    url: str
    backend: subprocess.Popen[bytes]
    client: TaskdeckClient

    async def access_token(self) -> str:
        """Return a token for calls that the client does not have."""
        made = await self.client.request("POST", "/api/tokens", json={"name": secrets.token_hex(4)})
        return str(made["data"]["token"])

    async def start_worker(self, name: str, *, slots: int) -> subprocess.Popen[bytes]:
        """Enroll a worker, and start it for all task types."""
        key_file = self.folder / f"{name}.key"
        key_file.unlink(missing_ok=True)
        write_secret(key_file, (await self.client.enroll_worker(name)).key)
        environment = {
            **os.environ,
            "TASKDECK_BROKER_URL": self.servers.broker_url,
            "TASKDECK_WORKER_KEY_FILE": str(key_file),
        }
        return subprocess.Popen(  # noqa: ASYNC220 - it returns in a millisecond
            [sys.executable, "-m", "backend", "worker", "--id", name, "--slots", str(slots), "--spool-dir",
             str(self.folder / name)],
            env=environment,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    async def until_online(self, count: int) -> None:
        """Return when `count` workers are online."""
        async with asyncio.timeout(START_SECONDS):
            while (await self.client.stats()).workers_online < count:
                await asyncio.sleep(0.1)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process gracefully."""
    process.send_signal(signal.SIGTERM)
    process.wait(END_SECONDS)


def _start_backend(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "backend", "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )


@asynccontextmanager
async def processes(where: Servers, folder: Path) -> AsyncIterator[Processes]:
    """Start a backend with all roles except worker, and sign in."""
    password = secrets.token_urlsafe(16)
    password_file = folder / "password"
    password_file.write_text(password)
    password_file.chmod(0o600)
    write_secret(folder / "signing-key", new_secret_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "TASKDECK_DATABASE_URL": where.database_url,
        "TASKDECK_BROKER_URL": where.broker_url,
        "TASKDECK_ADMIN_PASSWORD_FILE": str(password_file),
        "TASKDECK_SIGNING_KEY_FILE": str(folder / "signing-key"),
        "TASKDECK_LOG_LEVEL": "error",
    }
    backend = _start_backend(port, environment)
    try:
        async with TaskdeckClient(url) as first, asyncio.timeout(START_SECONDS):
            while True:
                try:
                    if (await first.ready()).ready:
                        break
                except BackendUnreachableError:
                    pass
                await asyncio.sleep(0.1)
            pair = await first.login("admin", password)
        async with TaskdeckClient(url, auth=LoginAuth(pair)) as client:
            yield Processes(where, folder, url, backend, client)
    finally:
        end(backend)
