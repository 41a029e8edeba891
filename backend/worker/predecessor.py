"""Clean up after the worker's last incarnation, which may have been killed."""

import asyncio
import time

import psutil
import structlog

from backend.worker.spool import Spool, StartedProcess

_CLOCK_TOLERANCE_SECONDS = 5.0
"""The start time in the spool and the kernel's are from clocks that may differ a little."""
_END_SECONDS = 5.0
"""How long to wait for killed processes before the worker starts without them."""

log = structlog.get_logger()


async def end_predecessor_processes(spool: Spool) -> None:
    """End the processes that the spool names, and forget them. Unacknowledged results stay in the spool."""
    if spool.predecessor.processes:
        await asyncio.to_thread(_end, spool.predecessor.processes)
    spool.forget_predecessor_processes()


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
