"""Taskdeck: a backend and a worker on PostgreSQL and RabbitMQ."""

import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.processes import Processes, end, processes
from tests.bench.schedulers.scheduler import PARALLEL
from tests.bench.schedulers.starts import Starts
from tests.bench.servers import Servers

_WORKER = "bench"


class Taskdeck:
    """The system with its task."""

    def __init__(self, system: Processes, *, task_id: int, key_file: Path) -> None:
        self._system = system
        self._task_id = task_id
        self._key_file = key_file
        self.worker = self._start_worker()

    def _start_worker(self) -> subprocess.Popen[bytes]:
        return self._system.start_enrolled(_WORKER, self._key_file, slots=PARALLEL)

    async def trigger(self) -> None:
        await self._system.client.request("POST", f"/api/tasks/{self._task_id}/trigger", json={})

    async def drain(self, runs: int) -> None:
        end(self.worker)
        await self._system.client.batch([{"task_id": self._task_id}] * runs)
        self.worker = self._start_worker()

    def pids(self) -> Iterable[int]:
        return (self._system.backend.pid, self.worker.pid)


@asynccontextmanager
async def taskdeck(where: Servers, folder: Path, starts: Starts) -> AsyncIterator[Taskdeck]:
    """Start a backend and a worker."""
    async with processes(where, folder) as system:
        task = await system.client.create_task(
            {"name": "bench", "executor": "shell", "command": starts.command, "overlap_policy": "allow"}
        )
        running = Taskdeck(system, task_id=task.id, key_file=await system.enroll(_WORKER))
        try:
            await system.until_online(1)
            yield running
        finally:
            end(running.worker)
