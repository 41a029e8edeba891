"""What this process uses of what is limited, and what is almost used up."""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Final

from backend.database.connection import Database, PoolUse

CONNECTIONS: Final = "database connections"
FILES: Final = "open files"
TASKS: Final = "asyncio tasks"
RESOURCES = (CONNECTIONS, FILES, TASKS)

ALMOST = 0.8
"""From this share of a limit on, a resource is almost used up."""
MANY_TASKS = 20_000
"""Tasks have no limit. A busy replica with 500 streams has some thousands; more than this is a leak."""
SUSTAINED_SAMPLES = 5
"""A pool is used up for moments by every burst: only one that stays used up is short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessUse:
    """What a process uses; the numbers of files are None where the system does not say."""

    pool: PoolUse
    tasks: int
    files: int | None
    most_files: int | None


@dataclass(frozen=True, slots=True)
class Shortage:
    """A resource that is almost used up."""

    resource: str
    cause: str
    next_step: str


def read_process_use(database: Database) -> ProcessUse:
    """Return what this process uses now."""
    files, most = _open_files()
    return ProcessUse(pool=database.pool_use, tasks=len(asyncio.all_tasks()), files=files, most_files=most)


def _open_files() -> tuple[int | None, int | None]:
    if sys.platform != "linux":
        return None, None
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return len(os.listdir("/proc/self/fd")), None if most == resource.RLIM_INFINITY else most  # noqa: PTH208


class ShortageDetector:
    """Decides from samples what is almost used up."""

    def __init__(self) -> None:
        self._full_pools = 0

    def examine(self, use: ProcessUse) -> tuple[Shortage, ...]:
        """Return the shortages after one more sample."""
        pool = use.pool
        self._full_pools = self._full_pools + 1 if pool.in_use >= pool.most * ALMOST else 0
        found = []
        if self._full_pools >= SUSTAINED_SAMPLES:
            found.append(
                Shortage(
                    CONNECTIONS,
                    f"{pool.in_use} of {pool.most} connections to the database are in use all the time",
                    "Raise TASKDECK_DATABASE_POOL_SIZE, below PostgreSQL's max_connections for all replicas together, "
                    "or find what holds them: select * from pg_stat_activity.",
                )
            )
        if use.files is not None and use.most_files is not None and use.files >= use.most_files * ALMOST:
            found.append(
                Shortage(
                    FILES,
                    f"{use.files:,} of {use.most_files:,} files and sockets are open",
                    "Raise the limit of open files (LimitNOFILE of the service, or ulimit -n) and restart, or lower "
                    "TASKDECK_MAX_CONNECTIONS.",
                )
            )
        if use.tasks >= MANY_TASKS:
            found.append(
                Shortage(
                    TASKS,
                    f"{use.tasks:,} asyncio tasks run, {MANY_TASKS:,} or more are a sign of a leak",
                    "Restart this replica when another one serves, and report it.",
                )
            )
        return tuple(found)
