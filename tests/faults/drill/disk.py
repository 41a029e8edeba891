"""A full disk for a worker's spool: commands continue, no file is torn, and it recovers when there is space."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.drill.drill import Drill

RESUME_SECONDS = 5
SPOOL_SIZE = "256k"


async def fill_spool(drill: Drill) -> None:
    """Fill the file system of a worker's spool, kill the worker while it is full, and free the space."""
    worker = drill.crew.workers[0]
    place = drill.folder / worker.name
    async with drill.row("disk full for a worker's spool") as incident:
        if not await asyncio.to_thread(mount, place, SPOOL_SIZE):
            incident.notes = "SKIPPED: it takes root to mount a small file system"
            return
        try:
            await worker.end(signal.SIGTERM)
            drill.crew.start(worker)
            await drill.until("select status = 'online' from workers where id = $1", worker.name)
            filler = place / "filler"
            await asyncio.to_thread(fill, filler)
            incident.injected += 1
            await drill.probe()
            await asyncio.sleep(3)
            await worker.end(signal.SIGKILL)
            drill.crew.start(worker)
            await asyncio.sleep(2)
            filler.unlink()
            freed_at = time.time()
            if not worker.is_up:
                drill.crew.start(worker)
            await drill.until("select status = 'online' from workers where id = $1", worker.name)
            await drill.probe()
            incident.took(time.time() - freed_at, limit=RESUME_SECONDS)
            said = (drill.folder / f"{worker.name}.log").read_text()
            incident.expect("the spool cannot be written; free some space" in said, "the worker did not say why")
            await worker.end(signal.SIGTERM)
        finally:
            if worker.is_up:
                await worker.end(signal.SIGKILL)
            await asyncio.to_thread(unmount, place)
            drill.crew.start(worker)


def mount(place: Path, size: str) -> bool:
    """Mount a file system in memory; return whether that is permitted."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    return made.returncode == 0


def unmount(place: Path) -> None:
    """Unmount it, even if a process has a file of it open."""
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def fill(file: Path) -> None:
    """Write to a file until its file system is full."""
    try:
        with file.open("wb", buffering=0) as stream:
            while True:
                stream.write(b"\0" * 4096)
    except OSError:
        return
