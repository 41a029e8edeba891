"""Store the telemetry that workers send, and publish progress."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.broker.messages import Telemetry
from backend.context import ServiceContext
from backend.runs.model import RunChange
from backend.runs.outbox import publish
from backend.runs.telemetry import add_samples, set_progress


@dataclass(frozen=True, slots=True)
class TelemetryRecorded:
    """How many reports of progress and how many samples a batch had."""

    progress: int
    samples: int


class TelemetryIntake:
    """Handles the queue of telemetry."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def handle(self, batches: Sequence[Telemetry]) -> None:
        """Store a batch in one transaction."""
        progress = [replace(one, worker_id=batch.worker_id) for batch in batches for one in batch.progress]
        samples = [replace(one, worker_id=batch.worker_id) for batch in batches for one in batch.samples]
        changes: list[RunChange] = []
        async with self._context.database.transaction() as connection:
            if progress:
                changes = await set_progress(connection, progress)
            if samples:
                await add_samples(connection, samples)
        publish(self._context, changes)
        self._context.passes.record(TelemetryRecorded(len(progress), len(samples)))
