"""What a backend process reports about itself."""

import platform
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.broker.protocol import MessageQueue
from backend.context import ServiceContext
from backend.database import leadership
from backend.readiness import check_readiness
from backend.resource_watch import ResourceWatch
from shared.enums import BackendRole
from shared.models.system import DispatcherInfo, Readiness, SystemInfo
from shared.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInfo:
    """Facts of this process that do not change while it runs."""

    roles: frozenset[BackendRole]
    started_at: datetime
    is_local: bool


async def system_info(
    context: ServiceContext, broker: MessageQueue, process: ProcessInfo, resources: ResourceWatch
) -> SystemInfo:
    """Return versions, roles and uptime of this process, and the database's time."""
    return SystemInfo(
        version=VERSION,
        python_version=platform.python_version(),
        database_version=await context.database.version(),
        broker=broker.address,
        roles=sorted(process.roles),
        replica_id=context.replica_id,
        started_at=process.started_at,
        uptime_seconds=(datetime.now(UTC) - process.started_at).total_seconds(),
        local=process.is_local,
        now=await context.database.now(),
        resources=resources.resources(),
    )


async def readiness(context: ServiceContext, broker: MessageQueue) -> Readiness:
    """Check database, broker and schema."""
    return await check_readiness(context.database, broker)


async def current_dispatcher(context: ServiceContext) -> DispatcherInfo:
    """Return the replica that dispatches, or the one that dispatched last."""
    return await leadership.current_dispatcher(context.database)
