"""Clean up after the worker's last incarnation, which may have been killed."""

import asyncio
import shutil
import time
from pathlib import Path

import psutil
import structlog

from backend.worker.spool import Spool, StartedProcess

_CLOCK_TOLERANCE_SECONDS = 5.0
"""The start time in the spool and the kernel's are from clocks that may differ a little."""
_END_SECONDS = 5.0
"""How long to wait for killed processes before the worker starts without them."""

log = structlog.get_logger()


async def clean_up_after_predecessor(spool: Spool, *, attempts_folder: Path) -> None:
    """End the processes that the spool names, and remove the private folders of attempts.

    Results that were not acknowledged stay in `spool.predecessor`, for the caller to report again.
    """
    if spool.predecessor.processes:
        await asyncio.to_thread(_end, spool.predecessor.processes)
    await asyncio.to_thread(shutil.rmtree, attempts_folder, ignore_errors=True)


def _end(started: tuple[StartedProcess, ...]) -> None:
    oldest = min(one.start_time for one in started) - _CLOCK_TOLERANCE_SECONDS
    killed = []
    for process in psutil.process_iter():
        try:
            if process.create_time() < oldest:
                continue
            if any(one.mark.is_on(process.pid) for one in started):
                process.kill()
                killed.append(process)
        except psutil.Error:
            continue
    if killed:
        began = time.monotonic()
        _, alive = psutil.wait_procs(killed, timeout=_END_SECONDS)
        log.info(
            "ended processes of the worker's last incarnation",
            count=len(killed) - len(alive),
            surviving=[process.pid for process in alive],
            seconds=round(time.monotonic() - began, 1),
        )
