"""The embedded PostgreSQL killed, with a stale lock, with a directory of an older version or of another backend."""

import asyncio
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil

from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import RunStatus
from shared.errors import TaskdeckError
from tests.faults.drill.drill import Drill, Incident
from tests.faults.fleet import make, until_ended
from tests.local_process import LocalProcess

RESUME_SECONDS = 15
REFUSE_SECONDS = 15
_RUNS = 5
_END_SECONDS = 10


async def kill_embedded(drill: Drill) -> None:
    """Kill PostgreSQL while its local backend runs: it is restarted, and every run finishes."""
    async with drill.row("the embedded PostgreSQL killed") as incident:
        backend = LocalProcess(drill.folder / "killed")
        await asyncio.to_thread(backend.start)
        try:
            async with _client(backend) as client:
                task = await make(client, "kept", "sleep 0.2")
                kept = await _until_acknowledged(client, task)
                for _ in range(5 if drill.is_long else 1):
                    await asyncio.sleep(random.uniform(0.0, 0.5))
                    await asyncio.to_thread(_kill_postgres, backend)
                    incident.injected += 1
                    killed_at = time.time()
                    kept += await _until_acknowledged(client, task)
                    incident.took(time.time() - killed_at, limit=RESUME_SECONDS)
                await _expect_success(client, kept, incident)
            incident.expect(await asyncio.to_thread(backend.stop) == 0, "the backend did not end in order")
        finally:
            await _end(backend)


async def leave_lock(drill: Drill) -> None:
    """Kill backend and PostgreSQL during runs, and give the process id of the lock to another process."""
    async with drill.row("a stale lock of the embedded PostgreSQL") as incident:
        backend = LocalProcess(drill.folder / "locked")
        await asyncio.to_thread(backend.start)
        kept: list[int] = []
        try:
            async with _client(backend) as client:
                task = await make(client, "kept", "sleep 0.2")
            for _ in range(5 if drill.is_long else 1):
                async with _client(backend) as client:
                    kept += await _until_acknowledged(client, task)
                backend.process.kill()
                await asyncio.to_thread(_kill_postgres, backend)
                await asyncio.to_thread(backend.process.communicate)
                stranger = await asyncio.create_subprocess_exec("sleep", "600")
                try:
                    _name_in_lock(backend, stranger.pid)
                    incident.injected += 1
                    began = time.time()
                    await asyncio.to_thread(backend.start)
                    incident.took(time.time() - began, limit=RESUME_SECONDS)
                    incident.expect(stranger.returncode is None, "the process that has the number now was ended")
                finally:
                    stranger.kill()
                    await stranger.wait()
            async with _client(backend) as client:
                await _expect_success(client, kept, incident)
            incident.expect(await asyncio.to_thread(backend.stop) == 0, "the backend did not end in order")
        finally:
            await _end(backend)


async def refuse_directory(drill: Drill) -> None:
    """Start a backend on the directory of an older PostgreSQL, and on that of another one: it reports what to do."""
    async with drill.row("a directory of an older version, and two backends on one") as incident:
        backend = LocalProcess(drill.folder / "refused")
        await asyncio.to_thread(backend.start)
        try:
            address = backend.address.url
            await _expect_refusal(backend.data_dir, (address, "--data-dir"), incident)
            incident.expect(await asyncio.to_thread(backend.stop) == 0, "the backend did not end in order")
        finally:
            await _end(backend)
        version = backend.data_dir / "postgres" / "PG_VERSION"
        now = version.read_text()
        version.write_text("13\n")
        await _expect_refusal(backend.data_dir, ("PostgreSQL 13", "taskdeck backup", "taskdeck restore"), incident)
        version.write_text(now)
        await asyncio.to_thread(backend.start)
        incident.expect(await asyncio.to_thread(backend.stop) == 0, "what was refused did it harm")
        await asyncio.to_thread(shutil.rmtree, backend.data_dir)


def _client(backend: LocalProcess) -> TaskdeckClient:
    return TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token))


async def _until_acknowledged(client: TaskdeckClient, task: int) -> list[int]:
    async with asyncio.timeout(2 * RESUME_SECONDS):
        while True:
            try:
                return list((await client.batch([{"task_id": task}] * _RUNS)).run_ids)
            except TaskdeckError:
                await asyncio.sleep(0.05)


async def _expect_success(client: TaskdeckClient, run_ids: list[int], incident: Incident) -> None:
    for run_id in run_ids:
        run = await until_ended(client, run_id, seconds=60)
        incident.expect(run.status is RunStatus.SUCCEEDED, f"run {run_id} ended {run.status}: {run.error}")
    incident.notes = f"{len(run_ids)} runs were acknowledged by the local backend"


async def _expect_refusal(data_dir: Path, words: tuple[str, ...], incident: Incident) -> None:
    began = time.time()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend", "up", "--headless", "--data-dir", str(data_dir),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(2 * REFUSE_SECONDS):
            said = (await process.communicate())[1].decode()
    finally:
        if process.returncode is None:
            process.kill()
    incident.injected += 1
    incident.took(time.time() - began, limit=REFUSE_SECONDS)
    incident.expect(process.returncode == 1, f"it ended with {process.returncode}")
    for word in words:
        incident.expect(word in said, f"it did not say {word!r}: {said[-300:]}")


def _kill_postgres(backend: LocalProcess) -> None:
    """Kill all of the server at once, as the system does when memory runs out."""
    lines = (backend.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
    family = [psutil.Process(int(lines[0]))]
    family += family[0].children()
    for process in family:
        process.kill()
    psutil.wait_procs(family, timeout=_END_SECONDS)


def _name_in_lock(backend: LocalProcess, pid: int) -> None:
    lock = backend.data_dir / "postgres" / "postmaster.pid"
    lock.write_text("\n".join([str(pid), *lock.read_text().splitlines()[1:], ""]))


async def _end(backend: LocalProcess) -> None:
    if backend.process.poll() is None:
        await asyncio.to_thread(backend.stop, signal.SIGKILL)
