"""The faults of services, loops and workers that failed and were started again."""

import socket

from backend.faults.model import NewFault, cause_of
from backend.faults.reporter import FaultReporter
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
