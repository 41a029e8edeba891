"""The faults of runs whose processes a worker could not end, from the report of the run until they have ended."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.broker.messages import AttemptEnd, AttemptRef, SurvivingProcess, processes_in_words
from backend.faults.model import NewFault
from shared.enums import FaultKind

# From the index faults_object. A worker clears the faults of its own processes only.
CLEAR = text(
    """
    delete from faults where kind = 'survived' and object_type = 'run'
        and (object_id, object_name) in (select * from unnest(cast(:ids as text[]), cast(:names as text[])))
    """
)


def processes_survived(end: AttemptEnd) -> NewFault:
    """Return the fault of an attempt whose processes its worker could not end."""
    processes = end.surviving or [SurvivingProcess(pid=pid) for pid in end.survivors]
    them, still, their = ("it", "is", "its") if len(processes) == 1 else ("them", "are", "their")
    pids = " ".join(map(str, end.survivors))
    return NewFault(
        kind=FaultKind.SURVIVED,
        object_type="run",
        object_id=_id(end.ref),
        object_name=_name(end.ref, end.worker_id or ""),
        cause=f"its worker {end.worker_id} could not end {processes_in_words(processes)}, which {still} still running",
        next_step=f"End {them} on that machine as {their} owner or as root: kill -9 {pids}",
    )


async def clear_ended(connection: AsyncConnection, ended: Sequence[tuple[str, AttemptRef]]) -> None:
    """Remove the faults of attempts whose processes have ended since, as their workers report."""
    if ended:
        ids, names = [_id(ref) for _, ref in ended], [_name(ref, worker_id) for worker_id, ref in ended]
        await connection.execute(CLEAR, {"ids": ids, "names": names})


def _id(ref: AttemptRef) -> str:
    return str(ref.run_id) if ref.attempt == 1 else f"{ref.run_id}, attempt {ref.attempt}"


def _name(ref: AttemptRef, worker_id: str) -> str:
    return f"{_id(ref)}, on worker {worker_id}"
