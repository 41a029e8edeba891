"""Samples what this process uses, and warns before something is used up."""

import asyncio
import socket
from dataclasses import dataclass

import structlog

from backend.context import ServiceContext
from backend.faults.model import NewFault
from backend.faults.store import clear_faults
from backend.process_use import (
    RESOURCES,
    ProcessUse,
    Shortage,
    ShortageDetector,
    read_process_use,
)
from shared.enums import FaultKind
from shared.errors import DatabaseUnavailableError
from shared.models.system import ProcessResources

_PAUSE_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ResourcesSampled:
    """One sample, and what was almost used up then."""

    use: ProcessUse
    shortages: tuple[Shortage, ...]


class ResourceWatch:
    """A service of every replica. A shortage is a fault from its begin until its end."""

    def __init__(self, context: ServiceContext, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._context = context
        self._pause_seconds = pause_seconds
        self._detector = ShortageDetector()
        self._host = socket.gethostname()
        self.shortages: tuple[Shortage, ...] = ()
        """What is almost used up now."""

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            use = read_process_use(self._context.database)
            await self._note(self._detector.examine(use))
            self._context.passes.record(ResourcesSampled(use, self.shortages))
            await asyncio.sleep(self._pause_seconds)

    def resources(self) -> ProcessResources:
        """Return what is used now, for the API."""
        use = read_process_use(self._context.database)
        return ProcessResources(
            database_connections_in_use=use.pool.in_use,
            database_connections_idle=use.pool.idle,
            database_connections_max=use.pool.most,
            event_loop_tasks=use.tasks,
            open_files=use.files,
            open_files_max=use.most_files,
            shortages=[f"{one.cause[0].upper()}{one.cause[1:]}. {one.next_step}" for one in self.shortages],
        )

    async def _note(self, found: tuple[Shortage, ...]) -> None:
        before = {one.resource for one in self.shortages}
        self.shortages = found
        for one in found:
            if one.resource not in before:
                log.warning(
                    "A resource is almost used up.", resource=one.resource, cause=one.cause, next_step=one.next_step
                )
                self._context.faults.report(self._fault(one))
        ended = before - {one.resource for one in found}
        for resource in RESOURCES:
            if resource in ended:
                log.info("A resource is no longer almost used up.", resource=resource)
                await self._clear(resource)

    async def _clear(self, resource: str) -> None:
        try:
            async with self._context.database.transaction() as connection:
                await clear_faults(connection, FaultKind.SHORTAGE, resource, [self._object_id])
        except DatabaseUnavailableError as error:
            log.warning("The fault of an ended shortage remains for a day.", resource=resource, cause=error.detail)

    @property
    def _object_id(self) -> str:
        return f"of replica {self._context.replica_id} on {self._host}"

    def _fault(self, shortage: Shortage) -> NewFault:
        return NewFault(
            kind=FaultKind.SHORTAGE,
            object_type=shortage.resource,
            object_id=self._object_id,
            cause=shortage.cause,
            next_step=shortage.next_step,
        )
