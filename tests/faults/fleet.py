"""Backends and workers as processes that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from shared.client import TaskdeckClient
from shared.client.session import LoginAuth
from shared.enums import RunStatus
from shared.errors import TaskdeckError
from shared.models.run import Run

PASSWORD = "a password for tests"
SETTINGS = {
    "TASKDECK_HEARTBEAT_INTERVAL_SECONDS": "0.5",
    "TASKDECK_HEARTBEAT_TIMEOUT_SECONDS": "3",
    "TASKDECK_ASSIGNMENT_EXPIRY_SECONDS": str(2 * float(os.environ.get("TASKDECK_DRILL_SLACK", "1"))),
    "TASKDECK_KILL_GRACE_SECONDS": "1",
    "TASKDECK_LOG_LEVEL": "warning",
}
_NO_KEYS = {"TASKDECK_INSECURE_BROKER": "true"}
_READY_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process runs: `prefix` is a command that runs it somewhere else, `code` a folder of another version."""

    prefix: tuple[str, ...] = ()
    code: Path | None = None


HERE = Place()


@dataclass
class Fleet:
    """Processes over one database and one broker; what still lives at the end is killed."""

    folder: Path
    database_url: str
    broker_url: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    log_to_files: bool = False
    """What processes say goes to files of the folder: a pipe that nobody reads would fill and hold them up."""
    signing_key: str | None = None
    """With it messages are sealed, and each worker is enrolled before its first start."""
    _keys: dict[str, str] = field(default_factory=dict)
    _urls: list[str] = field(default_factory=list)
    _token: str | None = None

    def _start(self, name: str, *arguments: str, place: Place = HERE, **variables: str) -> subprocess.Popen[str]:
        with (self.folder / f"{name}.log").open("a") if self.log_to_files else nullcontext(subprocess.PIPE) as said:
            process = subprocess.Popen(
                [*place.prefix, sys.executable, "-m", "backend", *arguments],
                env={**os.environ, **SETTINGS, **({} if self.signing_key else _NO_KEYS), **variables},
                cwd=place.code,
                stdout=subprocess.DEVNULL,
                stderr=said,
                text=True,
            )
        self.started.append(process)
        return process

    def backend(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        place: Place = HERE,
        **variables: str,
    ) -> subprocess.Popen[str]:
        """Start `taskdeck serve`."""
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        self._urls.append(f"http://{host}:{port}")
        return self._start(
            f"backend-{port}",
            "serve",
            "--host",
            host,
            "--port",
            str(port),
            place=place,
            **{
                "TASKDECK_DATABASE_URL": self.database_url,
                "TASKDECK_BROKER_URL": self.broker_url,
                "TASKDECK_ADMIN_PASSWORD_FILE": str(password),
                **({"TASKDECK_SIGNING_KEY": self.signing_key} if self.signing_key else {}),
                **variables,
            },
        )

    def worker(self, name: str, *, slots: int = 4, place: Place = HERE, **variables: str) -> subprocess.Popen[str]:
        """Start `taskdeck worker`; where messages are sealed it is enrolled first, unless `variables` has its key."""
        if self.signing_key and "TASKDECK_WORKER_KEY" not in variables:
            variables["TASKDECK_WORKER_KEY"] = self._keys.get(name) or self._enrolled(name)
        return self._start(
            name, "worker", "--id", name, "--slots", str(slots), "--spool-dir", str(self.folder / name),
            place=place, **{"TASKDECK_BROKER_URL": self.broker_url, **variables},
        )  # fmt: skip

    def _enrolled(self, name: str) -> str:
        """Return the key that a backend of this fleet gives a worker, the same at each start of the worker."""
        key = self._keys[name] = self._asked(name)
        return key

    def _asked(self, name: str) -> str:
        """Enroll a worker at the first backend that is ready: before, its administrator may not exist yet."""
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            for url in self._urls:
                with suppress(httpx.HTTPError), httpx.Client(base_url=url, timeout=10) as http:
                    if not http.get("/ready").is_success:
                        continue
                    headers = {"Authorization": f"Bearer {self._token or self._signed_in(http)}"}
                    made = http.post(f"/api/workers/{name}/key", headers=headers)
                    if made.is_success:
                        return str(made.json()["data"]["key"])
            time.sleep(0.1)
        raise TimeoutError(f"no backend gave worker {name} a key")

    def _signed_in(self, http: httpx.Client) -> str:
        """Sign in once for all workers: sign-ins are limited."""
        signed_in = http.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
        self._token = str(signed_in.raise_for_status().json()["data"]["access_token"])
        return self._token

    async def client(self, port: int, *, seconds: float = 90) -> TaskdeckClient:
        """Return a signed-in client once the backend answers and is ready."""
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(seconds):
            while True:
                try:
                    async with TaskdeckClient(url) as first:
                        if (await first.ready()).ready:
                            return TaskdeckClient(url, auth=LoginAuth(await first.login("admin", PASSWORD)))
                except TaskdeckError:
                    pass
                await asyncio.sleep(0.05)

    def kill_all(self) -> None:
        """Kill what this fleet started."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


def kill(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    process.wait(30)


async def until(client: TaskdeckClient, run_id: int, *statuses: RunStatus, seconds: float = 30) -> Run:
    """Return the run once it has one of the statuses, asked again and again: streams break in these tests."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                run = await client.get_run(run_id)
                if run.status in statuses:
                    return run
            except TaskdeckError:
                pass
            await asyncio.sleep(0.05)


async def until_ended(client: TaskdeckClient, run_id: int, *, seconds: float = 30) -> Run:
    """Return the run once it is final."""
    return await until(client, run_id, *(status for status in RunStatus if status.is_final), seconds=seconds)


async def until_workers(client: TaskdeckClient, count: int) -> None:
    """Return when so many workers are online."""
    async with asyncio.timeout(90):
        while (await client.stats()).workers_online != count:
            await asyncio.sleep(0.05)


async def make(client: TaskdeckClient, name: str, command: str, **fields: Any) -> int:
    """Create a shell task and return its id."""
    wanted = {"name": name, "executor": "shell", "command": command, "overlap_policy": "allow", **fields}
    return (await client.create_task(wanted)).id
