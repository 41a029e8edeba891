"""A full disk for a local backend: its database and its log stop growing, no data is harmed, and it recovers."""

import asyncio
import signal
import time
from pathlib import Path

from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import RunStatus
from shared.errors import TaskdeckError
from tests.faults.drill.disk import fill, mount, unmount
from tests.faults.drill.drill import Drill, Incident
from tests.faults.fleet import until_ended
from tests.local_process import LocalProcess

SIZE = "260m"
FULL_SECONDS = 20
RESUME_SECONDS = 40
"""A restart of the database may be delayed by half a minute."""
_WRITES = {"name": "writes", "executor": "shell", "command": "head -c 200000 /dev/urandom | base64"}


async def fill_local(drill: Drill) -> None:
    """Fill the file system of a data directory while its backend works, and free the space."""
    place = drill.folder / "local"
    place.mkdir(mode=0o755, exist_ok=True)
    async with drill.row("disk full below the embedded database and the logs") as incident:
        if not await asyncio.to_thread(mount, place, SIZE):
            incident.notes = "SKIPPED: it takes root to mount a small file system"
            return
        backend = LocalProcess(place / "data")
        try:
            await asyncio.to_thread(backend.start)
            async with TaskdeckClient(backend.address.url, auth=TokenAuth(backend.address.token)) as client:
                await _fill_and_free(client, place / "filler", incident)
            incident.expect(await asyncio.to_thread(backend.stop) == 0, "the backend did not end in order")
        finally:
            if backend.process.poll() is None:
                await asyncio.to_thread(backend.stop, signal.SIGKILL)
            await asyncio.to_thread(unmount, place)


async def _fill_and_free(client: TaskdeckClient, filler: Path, incident: Incident) -> None:
    task = await client.create_task({**_WRITES, "overlap_policy": "allow"})
    kept = (await client.batch([{"task_id": task.id}] * 5)).run_ids
    await asyncio.to_thread(fill, filler)
    incident.injected += 1
    refused = 0
    end = time.monotonic() + FULL_SECONDS
    while time.monotonic() < end:
        try:
            kept += (await client.batch([{"task_id": task.id}])).run_ids
        except TaskdeckError as error:
            refused += 1
            incident.expect(error.status == 503, f"a full disk was answered with {error.status} {error.detail}")
        await asyncio.sleep(0.1)
    incident.expect(refused > 0, "the disk was never full for the database")
    filler.unlink()
    freed_at = time.time()
    async with asyncio.timeout(2 * RESUME_SECONDS):
        while True:
            try:
                kept += (await client.batch([{"task_id": task.id}])).run_ids
                break
            except TaskdeckError:
                await asyncio.sleep(0.1)
    incident.took(time.time() - freed_at, limit=RESUME_SECONDS)
    for run_id in kept:
        run = await until_ended(client, run_id, seconds=60)
        incident.expect(run.status is RunStatus.SUCCEEDED, f"run {run_id} ended {run.status}: {run.error}")
    incident.notes = f"{len(kept)} runs acknowledged, {refused} refused with 503 while the disk was full"
