"""Progress and resource use of commands, as workers send them."""

from collections.abc import Sequence

from sqlalchemy import RowMapping

from backend.broker.messages import Telemetry
from backend.context import ServiceContext
from backend.runs import telemetry as store
from shared.enums import EventType


class TelemetryIntake:
    """Stores what commands say of themselves and shows it on the stream."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def handle(self, batches: Sequence[Telemetry]) -> None:
        """Store a batch in one transaction."""
        progress = [one for batch in batches for one in batch.progress]
        samples = [one for batch in batches for one in batch.samples]
        rows: Sequence[RowMapping] = []
        async with self._context.database.transaction() as connection:
            if progress:
                rows = await store.set_progress(connection, progress)
            if samples:
                await store.add_samples(connection, samples)
        self._context.events.publish_runs(EventType.RUN_PROGRESS, rows)
