"""Progress and resource use of commands, as workers send them."""

from collections.abc import Sequence

from backend.broker.messages import Telemetry
from backend.context import ServiceContext
from backend.runs import telemetry as store
from backend.runs.model import RunChange
from backend.runs.outbox import publish


class TelemetryIntake:
    """Stores what commands say of themselves and shows it on the stream."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def handle(self, batches: Sequence[Telemetry]) -> None:
        """Store a batch in one transaction."""
        progress = [one for batch in batches for one in batch.progress]
        samples = [one for batch in batches for one in batch.samples]
        changes: list[RunChange] = []
        async with self._context.database.transaction() as connection:
            if progress:
                changes = await store.set_progress(connection, progress)
            if samples:
                await store.add_samples(connection, samples)
        publish(self._context, changes)
