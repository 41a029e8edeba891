"""A system of a measure: backends and workers as processes."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.broker.keys import new_secret_text, write_secret
from shared.client import TaskdeckClient
from shared.client.session import LoginAuth
from shared.errors import BackendUnreachableError
from tests.bench.servers import Servers

START_SECONDS = 180
"""On a busy machine; a process that ends is noticed at once."""
END_SECONDS = 30
_POLL_SECONDS = 0.01


@dataclass
class Processes:
    """The started processes, with methods that start more."""

    servers: Servers
    folder: Path
    url: str
    backend: subprocess.Popen[bytes]
    client: TaskdeckClient
    environment: Mapping[str, str] = field(repr=False)
    """That of the backends."""

    async def access_token(self) -> str:
        """Return a token for calls that the client does not have."""
        made = await self.client.request("POST", "/api/tokens", json={"name": secrets.token_hex(4)})
        return str(made["data"]["token"])

    async def start_worker(self, name: str, *, slots: int, options: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Enroll a worker, and start it; for all task types unless the options say otherwise."""
        return self.start_enrolled(name, await self.enroll(name), slots=slots, options=options)

    async def enroll(self, name: str) -> Path:
        """Return a file with a new key for a worker."""
        key_file = self.folder / f"{name}.key"
        key_file.unlink(missing_ok=True)
        write_secret(key_file, (await self.client.enroll_worker(name)).key)
        return key_file

    def start_enrolled(
        self, name: str, key_file: Path, *, slots: int, options: tuple[str, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a worker that has a key."""
        environment = {
            **os.environ,
            "TASKDECK_BROKER_URL": self.servers.broker_url,
            "TASKDECK_WORKER_KEY_FILE": str(key_file),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "backend", "worker", "--id", name, "--slots", str(slots), "--spool-dir",
             str(self.folder / name), *options],
            env=environment,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    async def until_online(self, count: int) -> None:
        """Return when `count` workers are online."""
        async with asyncio.timeout(START_SECONDS):
            while (await self.client.stats()).workers_online < count:
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def another_backend(self) -> AsyncIterator[str]:
        """Start one more replica; yield its URL when it is ready."""
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        with _ended(_start_backend(port, self.environment)) as backend:
            await _until_ready(url, backend)
            yield url

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """Stop the backend for the time of a block, and start it again on the same port."""
        end(self.backend)
        try:
            yield
        finally:
            self.backend = _start_backend(int(self.url.rpartition(":")[2]), self.environment)
            await _until_ready(self.url, self.backend)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process gracefully."""
    process.send_signal(signal.SIGTERM)
    process.wait(END_SECONDS)


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        end(process)


async def _until_ready(url: str, backend: subprocess.Popen[bytes]) -> None:
    """Return when a backend answers that it is ready."""
    async with TaskdeckClient(url) as client, asyncio.timeout(START_SECONDS):
        while True:
            if backend.poll() is not None:
                raise SystemExit(f"the backend ended with exit code {backend.returncode} at its start")
            if _accepts(url):
                with contextlib.suppress(BackendUnreachableError):
                    if (await client.ready()).ready:
                        return
            await asyncio.sleep(_POLL_SECONDS)


def _accepts(url: str) -> bool:
    """Whether something listens; requests of the client, many times a second, would delay what is starting."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _start_backend(port: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a backend, whose errors go to standard error."""
    return subprocess.Popen([sys.executable, "-m", "backend", "serve", "--port", str(port)], env=environment)


@asynccontextmanager
async def processes(where: Servers, folder: Path) -> AsyncIterator[Processes]:
    """Start a backend with all roles except worker, and sign in; its files are in the folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(16)
    password_file = folder / "password"
    password_file.write_text(password)
    password_file.chmod(0o600)
    write_secret(folder / "signing-key", new_secret_text())
    port = _free_port()
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
    system: Processes | None = None
    try:
        await _until_ready(url, backend)
        async with TaskdeckClient(url) as first:
            pair = await first.login("admin", password)
        async with TaskdeckClient(url, auth=LoginAuth(pair)) as client:
            system = Processes(where, folder, url, backend, client, environment)
            yield system
    finally:
        end(system.backend if system is not None else backend)
