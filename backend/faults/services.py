"""The faults of services, loops and workers that failed and were started again."""

import os
import socket
from collections.abc import Callable

from backend.faults.model import NewFault, cause_of
from backend.faults.reporter import FaultReporter
from backend.loop_watchdog import BlockedLoop
from backend.supervisor import ServiceFailed
from shared.enums import FaultKind
from shared.errors import StartupError


def service_failed(faults: FaultReporter) -> ServiceFailed:
    """Return what reports a failed service of this process."""
    host = socket.gethostname()

    def report(name: str, error: Exception) -> None:
        faults.report(
            NewFault(
                kind=FaultKind.RESTARTED,
                object_type="service",
                object_id=f"{name} on {host}",
                cause=_cause(error),
                next_step="Correct the cause; the service is restarted by itself."
                if isinstance(error, StartupError)
                else f"Read the log of {host} at this time, and report the error if it repeats.",
            )
        )

    return report


def loop_blocked(faults: FaultReporter) -> Callable[[BlockedLoop], None]:
    """Return what reports a blocked event loop of this process."""
    host = socket.gethostname()

    def report(blocked: BlockedLoop) -> None:
        faults.report(
            NewFault(
                kind=FaultKind.BLOCKED,
                object_type="event loop",
                object_id=f"of process {os.getpid()} on {host}",
                cause=f"held for {blocked.seconds:.2f} s in {blocked.place}",
                next_step=f"Read the stack in the log of {host}, and report it.",
            )
        )

    return report


def worker_loop_blocked(worker_id: str, *, hostname: str, seconds: float) -> NewFault:
    """Return the fault of a worker's event loop, which its heartbeat reports."""
    return NewFault(
        kind=FaultKind.BLOCKED,
        object_type="event loop",
        object_id=f"of worker {worker_id}",
        cause=f"held for {seconds:.2f} s",
        next_step=f"Read the stack in the log of the worker on {hostname}, and report it.",
    )


def worker_restarted(worker_id: str, *, hostname: str) -> NewFault:
    """Return the fault of a worker that ended without stopping, soon after its start, and started again."""
    return NewFault(
        kind=FaultKind.RESTARTED,
        object_type="worker",
        object_id=worker_id,
        cause="it ended within ten minutes of its start without stopping, and started again",
        next_step=f"Read the log of the worker on {hostname}, and look for a kill by the kernel (out of memory).",
    )


def _cause(error: Exception) -> str:
    found: BaseException = error
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return cause_of(found)
