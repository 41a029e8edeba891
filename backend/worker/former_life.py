"""What a worker does first: end what its former life left running, and report what it had not."""

import asyncio

import psutil
import structlog

from backend.broker.messages import AttemptEnd
from backend.worker.spool import Spool, StartedProcess

_END_SECONDS = 5.0

log = structlog.get_logger()


async def end_former_life(spool: Spool) -> tuple[AttemptEnd, ...]:
    """Kill the processes named in the spool that still run, begin the spool anew, return its results."""
    for started in spool.former_life.processes:
        await asyncio.to_thread(_end, started)
    spool.forget_former_life()
    return spool.former_life.results


def _end(started: StartedProcess) -> None:
    """Kill every process that bears the attempt's mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.create_time() >= started.start_time - _END_SECONDS and started.mark.is_in(process.environ()):
                process.kill()
                found.append(process)
        except psutil.Error:
            continue
    if found:
        psutil.wait_procs(found, timeout=_END_SECONDS)
        log.info("ended what a former life left running", run=started.ref.run_id, processes=len(found))
